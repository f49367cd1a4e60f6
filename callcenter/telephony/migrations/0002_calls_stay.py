from django.db import migrations

from callcenter.core.database import composite_key, refuse, without_rights

ORGANIZATION = ("organization_id", "id")
EXTENSION, UPSTREAM = "telephony_extension", "telephony_upstream"
POLL, UNREAD = "telephony_upstreampoll", "telephony_unreadrow"
CALL, PARTY, EVENT = "telephony_phonecall", "telephony_phonecallparty", "telephony_phonecallevent"
PLACE = "properties_property"
KEPT = (EXTENSION, UPSTREAM, CALL, PARTY)
HISTORIES = tuple(f"{table}auditevent" for table in KEPT)

KEYS = (
    (EXTENSION, "property_id", PLACE),
    (POLL, "upstream_id", UPSTREAM),
    (UNREAD, "upstream_id", UPSTREAM),
    (EVENT, "upstream_id", UPSTREAM),
    (CALL, "upstream_id", UPSTREAM),
    (CALL, "extension_id", EXTENSION),
    (CALL, "property_id", PLACE),
    (PARTY, "phone_call_id", CALL),
    (PARTY, "extension_id", EXTENSION),
)


class Migration(migrations.Migration):
    """Tie all to one organisation; calls are withdrawn, never deleted; events only come."""

    dependencies = [
        ("telephony", "0001_initial"),
        ("properties", "0002_rows_stay_within_their_organization"),
    ]
    operations = [
        *[
            composite_key(table, ("organization_id", column), target, ORGANIZATION)
            for table, column, target in KEYS
        ],
        composite_key(
            EXTENSION, ("organization_id", "user_id"),
            "accounts_membership", ("organization_id", "user_id"),
        ),
        *[refuse(table, "DELETE", "TRUNCATE") for table in KEPT],
        *[without_rights(table, "DELETE, TRUNCATE") for table in KEPT],
        *[without_rights(table) for table in (EVENT, *HISTORIES)],
        *[refuse(table, "UPDATE", "DELETE", "TRUNCATE") for table in (EVENT, *HISTORIES)],
    ]
