from django.db import migrations

from callcenter.core.database import refuse, without_rights

EVENTS = tuple(
    f"accounts_{name}auditevent" for name in ("organization", "user", "membership")
)

LAST_OWNER = migrations.RunSQL(
    sql="""
    CREATE FUNCTION accounts_last_owner() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        touched bigint;
    BEGIN
        FOR touched IN
            SELECT o.id FROM accounts_organization o
            WHERE (TG_TABLE_NAME = 'accounts_membership'
                   AND o.id = (to_jsonb(OLD) ->> 'organization_id')::bigint)
               OR (TG_TABLE_NAME = 'accounts_user' AND o.id IN (
                   SELECT m.organization_id FROM accounts_membership m
                   WHERE m.user_id = OLD.id AND m.role = 'owner' AND m.is_active))
            ORDER BY o.id
        LOOP
            -- twins that take two owners away wait here for each other
            PERFORM 1 FROM accounts_organization WHERE id = touched FOR NO KEY UPDATE;
            IF NOT EXISTS (
                SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
                WHERE m.organization_id = touched AND m.role = 'owner'
                  AND m.is_active AND u.is_active
            ) THEN
                RAISE EXCEPTION 'organization % would lose its last active owner', touched
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_last_owner_stays';
            END IF;
        END LOOP;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER accounts_membership_last_owner
        AFTER UPDATE OF role, is_active, organization_id, user_id OR DELETE
        ON accounts_membership DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (OLD.role = 'owner' AND OLD.is_active)
        EXECUTE FUNCTION accounts_last_owner();
    CREATE CONSTRAINT TRIGGER accounts_user_last_owner
        AFTER UPDATE OF is_active ON accounts_user DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
        EXECUTE FUNCTION accounts_last_owner();
    """,
    reverse_sql="""
    DROP TRIGGER accounts_user_last_owner ON accounts_user;
    DROP TRIGGER accounts_membership_last_owner ON accounts_membership;
    DROP FUNCTION accounts_last_owner();
    """,
)


class Migration(migrations.Migration):
    """Keep an active owner in every organisation, and the audit of accounts as it was written."""

    dependencies = [("accounts", "0001_initial")]
    operations = [
        LAST_OWNER,
        *[without_rights(table) for table in EVENTS],
        *[refuse(table, "UPDATE", "DELETE", "TRUNCATE") for table in EVENTS],
        refuse("accounts_user", "DELETE", "TRUNCATE"),
        refuse("accounts_organization", "DELETE", "TRUNCATE"),
    ]
