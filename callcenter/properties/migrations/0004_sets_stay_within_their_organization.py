from django.db import migrations

from callcenter.core.database import composite_key, refuse, without_rights

EVENTS = "properties_credentialpropertyauditevent"


class Migration(migrations.Migration):
    """Say in the database that a credential and its properties belong to one organisation."""

    dependencies = [("properties", "0003_credential_properties")]
    operations = [
        composite_key(
            "properties_credentialproperty", ("organization_id", "credential_id"),
            "accounts_apicredential", ("organization_id", "id"),
        ),
        composite_key(
            "properties_credentialproperty", ("organization_id", "property_id"),
            "properties_property", ("organization_id", "id"),
        ),
        without_rights(EVENTS),
        refuse(EVENTS, "UPDATE", "DELETE", "TRUNCATE"),
    ]
