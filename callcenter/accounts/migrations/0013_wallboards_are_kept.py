from django.db import migrations

from callcenter.core.database import refuse, without_rights

BOARD, EVENTS = "accounts_wallboard", "accounts_wallboardauditevent"


class Migration(migrations.Migration):
    """Wallboards are revoked, never deleted; what was done with them only grows."""

    dependencies = [("accounts", "0012_wallboards")]
    operations = [
        refuse(BOARD, "DELETE", "TRUNCATE"),
        without_rights(BOARD, "DELETE, TRUNCATE"),
        without_rights(EVENTS),
        refuse(EVENTS, "UPDATE", "DELETE", "TRUNCATE"),
    ]
