from django.db import migrations

from callcenter.core.database import hint_changes

TOPICS = {"calls_handledmissedcall": "missed_calls", "calls_buildingevent": "building_events"}


class Migration(migrations.Migration):
    """More of what the live board shows tells the stream process when it changes."""

    dependencies = [
        ("stream", "0001_tables_hint_at_changes"),
        ("calls", "0029_missed_calls_that_were_handled"),
    ]
    operations = [hint_changes(table, topic) for table, topic in TOPICS.items()]
