from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Count and list what is open and what has no place without reading what was closed since."""

    atomic = False
    dependencies = [("calls", "0023_snippets_stay_within_their_organization")]
    operations = [
        AddIndexConcurrently(
            model_name="calllog",
            index=models.Index(
                models.F("organization"),
                models.OrderBy(models.F("contacted_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                models.F("property"),
                models.F("status_kind"),
                models.F("taken_by"),
                condition=models.Q(("closed_at", None), ("withdrawn_at", None)),
                name="calllog_open",
            ),
        ),
        AddIndexConcurrently(
            model_name="calllog",
            index=models.Index(
                models.F("organization"),
                models.OrderBy(models.F("contacted_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("property", None), ("withdrawn_at", None)),
                name="calllog_unplaced",
            ),
        ),
    ]
