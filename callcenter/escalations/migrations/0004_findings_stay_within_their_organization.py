from django.db import migrations

from callcenter.core.database import composite_key, refuse, without_rights

ORGANIZATION = ("organization_id", "id")
FINDING, CHECK = "escalations_finding", "escalations_nightcheck"
EVENTS = "escalations_findingauditevent"

KEYS = (
    ("policy_id", "escalations_policy"),
    ("property_id", "properties_property"),
    ("responder_id", "escalations_responder"),
    ("found_in_id", CHECK),
    ("gone_in_id", CHECK),
)


class Migration(migrations.Migration):
    """Tie findings to one organisation, and keep them: they end, and are never deleted."""

    dependencies = [("escalations", "0003_findings_of_the_next_nights")]
    operations = [
        *[
            composite_key(FINDING, ("organization_id", column), target, ORGANIZATION)
            for column, target in KEYS
        ],
        refuse(FINDING, "DELETE", "TRUNCATE"),
        without_rights(FINDING, "DELETE, TRUNCATE"),
        refuse(EVENTS, "UPDATE", "DELETE", "TRUNCATE"),
        without_rights(EVENTS),
    ]
