from django.db import migrations

from callcenter.core.database import HINT


class Migration(migrations.Migration):
    """The function of the triggers that tell listeners of changes (core.database.hint_changes)."""

    dependencies = [("core", "0002_trigram_extension")]
    operations = [
        migrations.RunSQL(
            sql=f"""
                CREATE FUNCTION {HINT}() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_notify('live', organization_id || ':' || TG_ARGV[0])
                    FROM (SELECT DISTINCT organization_id FROM changed) AS organizations;
                    RETURN NULL;
                END $$;
            """,
            reverse_sql=f"DROP FUNCTION {HINT}();",
        )
    ]
