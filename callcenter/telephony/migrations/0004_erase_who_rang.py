from django.db import migrations, models

TABLE = "telephony_phonecallevent"

# As with comments: an update passes only when it erases, and the app's role has no right to one.
# What stays says which of our extensions rang when, and what came of it; numbers and names go.
ERASE = migrations.RunSQL(
    sql=f"""
    CREATE FUNCTION telephony_event_of_nobody(raw jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
        SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(raw)
        WHERE lower(key) IN
            ('callid', 'callflow', 'callstatus', 'calledextension', 'callerextension')
    $$;

    CREATE FUNCTION {TABLE}_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        expected {TABLE} := OLD;
    BEGIN
        expected.raw := telephony_event_of_nobody(OLD.raw);
        expected.erased_at := NEW.erased_at;
        IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
           OR NEW IS DISTINCT FROM expected THEN
            RAISE EXCEPTION '{TABLE}: UPDATE is refused, rows here are kept'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER {TABLE}_only_erased BEFORE UPDATE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION {TABLE}_only_erased();
    DROP TRIGGER {TABLE}_refuse ON {TABLE};
    CREATE TRIGGER {TABLE}_refuse BEFORE DELETE OR TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse();

    CREATE FUNCTION telephony_erase_events(organization bigint, ids bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH erased AS (
            UPDATE {TABLE} SET raw = telephony_event_of_nobody(raw), erased_at = now()
            WHERE organization_id = organization AND id = ANY (ids) AND erased_at IS NULL
            RETURNING 1
        )
        SELECT count(*) FROM erased
    $$;
    """,
    reverse_sql=f"""
    DROP FUNCTION telephony_erase_events(bigint, bigint[]);
    DROP TRIGGER {TABLE}_refuse ON {TABLE};
    CREATE TRIGGER {TABLE}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse();
    DROP TRIGGER {TABLE}_only_erased ON {TABLE};
    DROP FUNCTION {TABLE}_only_erased();
    DROP FUNCTION telephony_event_of_nobody(jsonb);
    """,
)


class Migration(migrations.Migration):
    """Let one function take the numbers and names out of what was pushed; all else stays."""

    dependencies = [("telephony", "0003_find_what_was_missed_or_answered")]
    operations = [
        migrations.AddField(
            model_name="phonecallevent",
            name="erased_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        ERASE,
    ]
