from django.db import migrations


class Migration(migrations.Migration):
    """Let the status that organisations began with for callbacks be the one that goes with them."""

    dependencies = [("calls", "0012_callbacks_go_with_a_status")]
    operations = [
        migrations.RunSQL(
            sql="""
            UPDATE calls_status SET is_callback = true
            WHERE name = 'Callback due' AND kind = 'waiting' AND is_enabled
            """,
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
