from django.db import migrations

from callcenter.core.database import composite_key, refuse, without_rights

EVENTS = tuple(
    f"properties_{name}auditevent"
    for name in ("property", "unit", "resident", "residentphone", "propertylink")
)

PROPERTY_STAYS = migrations.RunSQL(
    sql="""
    CREATE FUNCTION properties_place_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% keeps its property', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_property_stays';
    END $$;
    CREATE TRIGGER properties_resident_property_stays BEFORE UPDATE ON properties_resident
        FOR EACH ROW WHEN (OLD.property_id <> NEW.property_id)
        EXECUTE FUNCTION properties_place_stays();
    CREATE TRIGGER properties_unit_property_stays BEFORE UPDATE ON properties_unit
        FOR EACH ROW WHEN (OLD.property_id <> NEW.property_id)
        EXECUTE FUNCTION properties_place_stays();
    """,
    reverse_sql="""
    DROP TRIGGER properties_unit_property_stays ON properties_unit;
    DROP TRIGGER properties_resident_property_stays ON properties_resident;
    DROP FUNCTION properties_place_stays();
    """,
)


class Migration(migrations.Migration):
    """Say in the database that a row and its place belong to one organisation and property."""

    dependencies = [("properties", "0001_initial")]
    operations = [
        composite_key(
            "properties_unit", ("organization_id", "property_id"),
            "properties_property", ("organization_id", "id"),
        ),
        composite_key(
            "properties_resident", ("organization_id", "property_id"),
            "properties_property", ("organization_id", "id"),
        ),
        composite_key(
            "properties_resident", ("property_id", "unit_id"),
            "properties_unit", ("property_id", "id"),
        ),
        composite_key(
            "properties_residentphone", ("organization_id", "resident_id"),
            "properties_resident", ("organization_id", "id"),
        ),
        composite_key(
            "properties_propertylink", ("organization_id", "membership_id"),
            "accounts_membership", ("organization_id", "id"),
        ),
        composite_key(
            "properties_propertylink", ("organization_id", "property_id"),
            "properties_property", ("organization_id", "id"),
        ),
        PROPERTY_STAYS,
        *[without_rights(table) for table in EVENTS],
        *[refuse(table, "UPDATE", "DELETE", "TRUNCATE") for table in EVENTS],
    ]
