from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

KEY = "calls_calllog_phone_call_id_within_organization_id"


class Migration(migrations.Migration):
    """Find the logs of a telephone call; both steps let others write meanwhile."""

    atomic = False
    dependencies = [("calls", "0027_logs_of_phone_calls")]
    operations = [
        migrations.RunSQL(
            sql=f"ALTER TABLE calls_calllog VALIDATE CONSTRAINT {KEY}",
            reverse_sql=migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="calllog",
            index=models.Index(
                fields=["phone_call"],
                name="calllog_of_phone_call",
                condition=models.Q(("phone_call__isnull", False)),
            ),
        ),
    ]
