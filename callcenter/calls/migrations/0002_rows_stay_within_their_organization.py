from django.db import migrations

from callcenter.core.database import composite_key

ORGANIZATION = ("organization_id", "id")

PREFIX_FREE = migrations.RunSQL(
    sql="""
    CREATE FUNCTION calls_reason_prefix_free() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- two writers of one organisation take turns, or each would miss the other's row
        PERFORM pg_advisory_xact_lock(hashtextextended('calls_reason', NEW.organization_id));
        IF EXISTS (
            SELECT 1 FROM calls_reason r
            WHERE r.organization_id = NEW.organization_id AND r.id <> NEW.id AND r.mnemonic <> ''
              AND (starts_with(r.mnemonic, NEW.mnemonic) OR starts_with(NEW.mnemonic, r.mnemonic))
        ) THEN
            RAISE EXCEPTION 'mnemonic % begins another one, or another one begins it', NEW.mnemonic
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'reason_mnemonics_prefix_free';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER calls_reason_prefix_free BEFORE INSERT OR UPDATE OF mnemonic ON calls_reason
        FOR EACH ROW WHEN (NEW.mnemonic <> '') EXECUTE FUNCTION calls_reason_prefix_free();
    """,
    reverse_sql="""
    DROP TRIGGER calls_reason_prefix_free ON calls_reason;
    DROP FUNCTION calls_reason_prefix_free();
    """,
)


class Migration(migrations.Migration):
    """Tie a call to one organisation, its unit and resident to its property, its kind to its status."""

    dependencies = [
        ("calls", "0001_initial"),
        ("properties", "0002_rows_stay_within_their_organization"),
    ]
    operations = [
        composite_key(
            "calls_calllog", ("organization_id", "property_id"), "properties_property", ORGANIZATION
        ),
        composite_key(
            "calls_calllog", ("property_id", "unit_id"), "properties_unit", ("property_id", "id")
        ),
        composite_key(
            "calls_calllog", ("property_id", "resident_id"),
            "properties_resident", ("property_id", "id"),
        ),
        composite_key(
            "calls_calllog", ("organization_id", "status_id", "status_kind"),
            "calls_status", ("organization_id", "id", "kind"),
        ),
        composite_key(
            "calls_calllog", ("organization_id", "folded_into_id"), "calls_calllog", ORGANIZATION
        ),
        composite_key(
            "calls_calllogreason", ("organization_id", "call_log_id"), "calls_calllog", ORGANIZATION
        ),
        composite_key(
            "calls_calllogreason", ("organization_id", "reason_id"), "calls_reason", ORGANIZATION
        ),
        composite_key(
            "calls_comment", ("organization_id", "call_log_id"), "calls_calllog", ORGANIZATION
        ),
        composite_key(
            "calls_comment", ("organization_id", "status_id"), "calls_status", ORGANIZATION
        ),
        composite_key(
            "calls_callback", ("organization_id", "call_log_id"), "calls_calllog", ORGANIZATION
        ),
        PREFIX_FREE,
    ]
