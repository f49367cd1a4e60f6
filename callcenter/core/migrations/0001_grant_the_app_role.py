from django.conf import settings
from django.db import migrations


def app_role(schema_editor):
    """The role the app signs in as, or None when it owns the tables itself."""
    name = settings.APP_DATABASE_ROLE
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return None if cursor.fetchone()[0] == name else schema_editor.quote_name(name)


def grant(apps, schema_editor):
    role = app_role(schema_editor)
    if role is None:
        return
    rights = "SELECT, INSERT, UPDATE, DELETE"
    for sql in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    ):
        schema_editor.execute(sql)


def revoke(apps, schema_editor):
    role = app_role(schema_editor)
    if role is None:
        return
    for sql in (
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    ):
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    """Let the app's role read and write rows of every table, and alter none."""

    run_before = [("contenttypes", "0001_initial")]
    dependencies = []
    operations = [migrations.RunPython(grant, revoke)]
