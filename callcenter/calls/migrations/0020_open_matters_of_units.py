from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Know whether a unit has an open matter without reading its calls."""

    atomic = False
    dependencies = [("calls", "0019_saved_views_and_exports")]
    operations = [
        AddIndexConcurrently(
            model_name="calllog",
            index=models.Index(
                condition=models.Q(
                    ("closed_at", None), ("unit__isnull", False), ("withdrawn_at", None)
                ),
                fields=["unit"],
                name="calllog_open_at_unit",
            ),
        ),
    ]
