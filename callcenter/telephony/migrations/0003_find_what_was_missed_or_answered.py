from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Find missed calls, and those answered at an extension, however long the history is."""

    atomic = False
    dependencies = [("telephony", "0002_calls_stay")]
    operations = [
        AddIndexConcurrently(
            model_name="phonecall",
            index=models.Index(
                models.F("organization"),
                models.F("published_at"),
                models.F("id"),
                condition=models.Q(
                    ("answered_at", None),
                    ("ended_at__isnull", False),
                    ("flow", 8),
                    ("withdrawn_at", None),
                ),
                name="phonecall_in_vain",
            ),
        ),
        AddIndexConcurrently(
            model_name="phonecallparty",
            index=models.Index(
                fields=["extension", "answered_at"],
                name="phonecallparty_answered",
                condition=models.Q(("answered_at__isnull", False)),
            ),
        ),
    ]
