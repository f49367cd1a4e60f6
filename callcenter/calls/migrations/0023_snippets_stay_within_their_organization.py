from django.db import migrations

from callcenter.core.database import composite_key, refuse, without_rights

EVENTS = ("calls_snippetauditevent", "calls_reasonsetauditevent")


class Migration(migrations.Migration):
    """Tie a snippet's reason to its organisation; let nobody change who changed what."""

    dependencies = [("calls", "0022_snippets_and_reason_sets")]
    operations = [
        composite_key(
            "calls_snippet", ("organization_id", "reason_id"),
            "calls_reason", ("organization_id", "id"),
        ),
        *[without_rights(table) for table in EVENTS],
        *[refuse(table, "UPDATE", "DELETE", "TRUNCATE") for table in EVENTS],
    ]
