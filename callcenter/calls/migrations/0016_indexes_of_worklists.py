import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Find what is due, unhandled and mine among a million calls, without locking them."""

    atomic = False
    dependencies = [("calls", "0015_due_clocks_and_presence")]
    operations = [
        AddIndexConcurrently(
            model_name='calllog',
            index=models.Index(models.F('taken_by'), models.OrderBy(models.F('contacted_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('assignee', None), ('closed_at', None), ('withdrawn_at', None)), name='calllog_taken_open'),
        ),
        AddIndexConcurrently(
            model_name='calllog',
            index=models.Index(models.F('organization'), django.db.models.functions.comparison.Least('first_answer_due_at', 'resolve_due_at'), models.F('id'), models.F('property'), models.F('assignee'), condition=models.Q(('clock_paused_at', None), ('closed_at', None), ('withdrawn_at', None), models.Q(('first_answer_due_at__isnull', False), ('resolve_due_at__isnull', False), _connector='OR')), name='calllog_due'),
        ),
        AddIndexConcurrently(
            model_name='calllog',
            index=models.Index(models.F('organization'), models.F('contacted_at'), models.F('id'), models.F('property'), condition=models.Q(('closed_at', None), ('withdrawn_at', None), models.Q(('property', None), models.Q(('assignee', None), ('taken_by', None)), _connector='OR')), name='calllog_unhandled'),
        ),
    ]
