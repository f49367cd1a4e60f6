from django.db import migrations

from callcenter.core.database import hint_people

OF_PARTIES = """
    changed.organization_id, extension.user_id FROM changed
    JOIN telephony_extension extension ON extension.id = changed.extension_id
"""
OF_CALLS = """
    changed.organization_id, extension.user_id FROM changed
    JOIN telephony_phonecallparty party ON party.phone_call_id = changed.id
    JOIN telephony_extension extension ON extension.id = party.extension_id
"""
OF_LOGS = """
    organization_id, taken_by_id AS user_id FROM changed WHERE phone_call_id IS NOT NULL
"""


class Migration(migrations.Migration):
    """Whose telephone rings is told to that person's browsers alone (desk/_pop.html)."""

    dependencies = [
        ("stream", "0002_missed_calls_and_events_hint"),
        ("telephony", "0003_find_what_was_missed_or_answered"),
    ]
    operations = [
        hint_people("telephony_phonecallparty", "my_calls", OF_PARTIES, "INSERT", "UPDATE"),
        hint_people("telephony_phonecall", "my_calls", OF_CALLS, "UPDATE"),
        hint_people("calls_calllog", "my_calls", OF_LOGS, "INSERT", "UPDATE"),
    ]
