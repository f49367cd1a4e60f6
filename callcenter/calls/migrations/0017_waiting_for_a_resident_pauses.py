from django.db import migrations


class Migration(migrations.Migration):
    """Let the clock stand still in the status that organisations began with for that."""

    dependencies = [("calls", "0016_indexes_of_worklists")]
    operations = [
        migrations.RunSQL(
            sql="""
            UPDATE calls_status SET pauses_clock = true
            WHERE name = 'Waiting for resident' AND kind = 'waiting'
            """,
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
