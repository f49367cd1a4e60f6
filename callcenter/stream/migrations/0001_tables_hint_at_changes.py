from django.db import migrations

from callcenter.core.database import hint_changes

TOPICS = {
    "telephony_phonecall": "phone_calls",
    "telephony_phonecallparty": "phone_calls",
    "calls_calllog": "call_logs",
    "calls_callback": "callbacks",
    "accounts_membership": "agents",
    "escalations_escalation": "escalations",
    "escalations_escalationitem": "escalations",
}


class Migration(migrations.Migration):
    """What is shown live tells the stream process when it changes; topics as pages name them."""

    dependencies = [
        ("core", "0003_changes_are_hinted"),
        ("accounts", "0010_availability"),
        ("telephony", "0002_calls_stay"),
        ("calls", "0028_logs_of_a_phone_call_are_found"),
        ("escalations", "0004_findings_stay_within_their_organization"),
    ]
    operations = [hint_changes(table, topic) for table, topic in TOPICS.items()]
