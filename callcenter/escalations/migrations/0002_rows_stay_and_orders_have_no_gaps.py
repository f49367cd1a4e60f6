from django.db import migrations

from callcenter.core.database import composite_key, refuse, without_rights

ORGANIZATION = ("organization_id", "id")
RESPONDER, LINE = "escalations_responder", "escalations_responderline"
SCHEDULE, TURN = "escalations_schedule", "escalations_scheduleturn"
OVERRIDE = "escalations_scheduleoverride"
POLICY, RULE = "escalations_policy", "escalations_rule"
ESCALATION, ITEM = "escalations_escalation", "escalations_escalationitem"
PLACE, CALL = "properties_property", "calls_calllog"
KEPT = (RESPONDER, LINE, SCHEDULE, OVERRIDE, POLICY, RULE, ESCALATION, ITEM)
EVENTS = tuple(f"{table}auditevent" for table in (*KEPT, TURN))

KEYS = (
    (LINE, "responder_id", RESPONDER),
    (TURN, "schedule_id", SCHEDULE),
    (TURN, "responder_id", RESPONDER),
    (OVERRIDE, "schedule_id", SCHEDULE),
    (OVERRIDE, "responder_id", RESPONDER),
    (POLICY, "property_id", PLACE),
    (POLICY, "created_by_id", RESPONDER),
    (RULE, "policy_id", POLICY),
    (RULE, "responder_id", RESPONDER),
    (RULE, "schedule_id", SCHEDULE),
    (RULE, "created_by_id", RESPONDER),
    (ESCALATION, "policy_id", POLICY),
    (ESCALATION, "property_id", PLACE),
    (ESCALATION, "call_log_id", CALL),
    (ESCALATION, "answered_by_id", RESPONDER),
    (ITEM, "escalation_id", ESCALATION),
    (ITEM, "property_id", PLACE),
    (ITEM, "rule_id", RULE),
    (ITEM, "responder_id", RESPONDER),
)

# At the end of a transaction the orders of a policy are 1, 2, 3 and so on. The policy's row is
# locked before they are counted: of two writers the second counts when the first has committed,
# and each statement of a trigger sees what is committed then (READ COMMITTED, as everywhere).
GAPLESS = migrations.RunSQL(
    sql="""
    CREATE FUNCTION escalations_rule_gapless() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        many bigint;
        last integer;
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.policy_id <> NEW.policy_id THEN
            RAISE EXCEPTION 'rule %: a rule stays in its policy', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_stays_in_its_policy';
        END IF;
        PERFORM FROM escalations_policy WHERE id = NEW.policy_id FOR NO KEY UPDATE;
        SELECT count(*), max("order") INTO many, last FROM escalations_rule
            WHERE policy_id = NEW.policy_id AND "order" IS NOT NULL;
        IF many <> coalesce(last, 0) THEN
            RAISE EXCEPTION 'policy %: % rules, the last of order %', NEW.policy_id, many, last
                USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_orders_gapless';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER escalations_rule_gapless
        AFTER INSERT OR UPDATE OF "order", policy_id ON escalations_rule
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION escalations_rule_gapless();
    """,
    reverse_sql="""
    DROP TRIGGER escalations_rule_gapless ON escalations_rule;
    DROP FUNCTION escalations_rule_gapless();
    """,
)

# A ring is at the property of its escalation, whoever writes either: members' lists need not ask
# the other table for each ring.
PLACE_OF_RING = migrations.RunSQL(
    sql="""
    CREATE FUNCTION escalations_item_place() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        SELECT property_id INTO NEW.property_id FROM escalations_escalation
            WHERE id = NEW.escalation_id;
        RETURN NEW;
    END $$;
    CREATE TRIGGER escalations_item_place
        BEFORE INSERT OR UPDATE OF escalation_id, property_id ON escalations_escalationitem
        FOR EACH ROW EXECUTE FUNCTION escalations_item_place();

    CREATE FUNCTION escalations_escalation_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE escalations_escalationitem SET property_id = NEW.property_id
            WHERE escalation_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER escalations_escalation_moves
        AFTER UPDATE OF property_id ON escalations_escalation
        FOR EACH ROW WHEN (OLD.property_id IS DISTINCT FROM NEW.property_id)
        EXECUTE FUNCTION escalations_escalation_moves();
    """,
    reverse_sql="""
    DROP TRIGGER escalations_escalation_moves ON escalations_escalation;
    DROP FUNCTION escalations_escalation_moves();
    DROP TRIGGER escalations_item_place ON escalations_escalationitem;
    DROP FUNCTION escalations_item_place();
    """,
)


class Migration(migrations.Migration):
    """Tie all to one organisation, keep what was rung, and let the orders of a chain have no gap."""

    dependencies = [
        ("escalations", "0001_initial"),
        ("calls", "0003_history_only_grows"),
        ("properties", "0002_rows_stay_within_their_organization"),
    ]
    operations = [
        *[
            composite_key(table, ("organization_id", column), target, ORGANIZATION)
            for table, column, target in KEYS
        ],
        composite_key(
            RESPONDER, ("organization_id", "user_id"),
            "accounts_membership", ("organization_id", "user_id"),
        ),
        GAPLESS,
        PLACE_OF_RING,
        *[refuse(table, "DELETE", "TRUNCATE") for table in KEPT],
        *[without_rights(table, "DELETE, TRUNCATE") for table in KEPT],
        *[without_rights(table) for table in EVENTS],
        *[refuse(table, "UPDATE", "DELETE", "TRUNCATE") for table in EVENTS],
    ]
