from django.db import migrations

FOLD = migrations.RunSQL(
    sql="""
    CREATE FUNCTION calls_calllog_fold() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        above bigint;
    BEGIN
        -- the head is held, so that two folds at once cannot make a chain of each other
        SELECT folded_into_id INTO above FROM calls_calllog
            WHERE id = NEW.folded_into_id FOR NO KEY UPDATE;
        IF above IS NOT NULL THEN
            RAISE EXCEPTION 'call % is folded itself', NEW.folded_into_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'calllog_head_is_not_folded';
        END IF;
        IF EXISTS (SELECT 1 FROM calls_calllog WHERE folded_into_id = NEW.id) THEN
            RAISE EXCEPTION 'call % is a head', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'calllog_head_is_not_folded';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER calls_calllog_fold BEFORE INSERT OR UPDATE OF folded_into_id ON calls_calllog
        FOR EACH ROW WHEN (NEW.folded_into_id IS NOT NULL) EXECUTE FUNCTION calls_calllog_fold();
    """,
    reverse_sql="""
    DROP TRIGGER calls_calllog_fold ON calls_calllog;
    DROP FUNCTION calls_calllog_fold();
    """,
)


class Migration(migrations.Migration):
    """Let no call be folded into a folded one, and no head be folded (inv 4)."""

    dependencies = [("calls", "0010_files_wait_for_their_call")]
    operations = [FOLD]
