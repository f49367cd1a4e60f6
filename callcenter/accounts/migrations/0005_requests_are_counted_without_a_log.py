from django.db import migrations

from callcenter.core.database import refuse, without_rights

EVENTS = "accounts_apicredentialauditevent"


class Migration(migrations.Migration):
    """Count requests in an unlogged table, and keep the audit of credentials."""

    dependencies = [("accounts", "0004_credentials")]
    operations = [
        migrations.RunSQL(
            sql="ALTER TABLE accounts_apiuse SET UNLOGGED",
            reverse_sql="ALTER TABLE accounts_apiuse SET LOGGED",
        ),
        without_rights(EVENTS),
        refuse(EVENTS, "UPDATE", "DELETE", "TRUNCATE"),
    ]
