from django.db import migrations

from callcenter.core.database import composite_key, refuse, without_rights

ORGANIZATION = ("organization_id", "id")
EVENTS = ("calls_decisioncardauditevent", "calls_cardquestionauditevent")

# As with comments: an update passes only when it erases the words of one person.
ERASE = migrations.RunSQL(
    sql="""
    CREATE FUNCTION calls_cardanswer_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        expected calls_cardanswer := OLD;
    BEGIN
        expected.answer_text := NULL;
        expected.value := NULL;
        expected.erased_at := NEW.erased_at;
        IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
           OR NEW IS DISTINCT FROM expected THEN
            RAISE EXCEPTION 'calls_cardanswer: UPDATE is refused, answers only grow'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER calls_cardanswer_only_erased BEFORE UPDATE ON calls_cardanswer
        FOR EACH ROW EXECUTE FUNCTION calls_cardanswer_only_erased();

    CREATE FUNCTION calls_erase_card_answers(organization bigint, ids bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH erased AS (
            UPDATE calls_cardanswer SET answer_text = NULL, value = NULL, erased_at = now()
            WHERE organization_id = organization AND id = ANY (ids) AND erased_at IS NULL
            RETURNING 1
        )
        SELECT count(*) FROM erased
    $$;
    """,
    reverse_sql="""
    DROP FUNCTION calls_erase_card_answers(bigint, bigint[]);
    DROP TRIGGER calls_cardanswer_only_erased ON calls_cardanswer;
    DROP FUNCTION calls_cardanswer_only_erased();
    """,
)


class Migration(migrations.Migration):
    """Tie cards and replies to one organisation; let nobody change or delete what was said."""

    dependencies = [("calls", "0008_decision_cards")]
    operations = [
        composite_key(
            "calls_decisioncard", ("organization_id", "reason_id"), "calls_reason", ORGANIZATION
        ),
        composite_key(
            "calls_decisioncard", ("organization_id", "property_id"),
            "properties_property", ORGANIZATION,
        ),
        composite_key(
            "calls_cardquestion", ("organization_id", "card_id"), "calls_decisioncard", ORGANIZATION
        ),
        composite_key(
            "calls_cardreply", ("organization_id", "call_log_id"), "calls_calllog", ORGANIZATION
        ),
        composite_key(
            "calls_cardreply", ("organization_id", "card_id"), "calls_decisioncard", ORGANIZATION
        ),
        composite_key(
            "calls_cardanswer", ("organization_id", "reply_id"), "calls_cardreply", ORGANIZATION
        ),
        composite_key(
            "calls_cardanswer", ("organization_id", "question_id"),
            "calls_cardquestion", ORGANIZATION,
        ),
        ERASE,
        refuse("calls_cardreply", "UPDATE", "DELETE", "TRUNCATE"),
        without_rights("calls_cardreply"),
        refuse("calls_cardanswer", "DELETE", "TRUNCATE"),
        without_rights("calls_cardanswer"),
        *[without_rights(table) for table in EVENTS],
        *[refuse(table, "UPDATE", "DELETE", "TRUNCATE") for table in EVENTS],
    ]
