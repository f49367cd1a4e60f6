from django.db import migrations

from callcenter.core.database import refuse, without_rights

EVENTS = tuple(f"calls_{name}auditevent" for name in ("status", "reason", "calllog", "callback"))

CHAIN = migrations.RunSQL(
    sql="""
    -- design.md 5, the chain: length-prefixed, no column that may ever change. One plpgsql
    -- function, because SQL functions around convert_to (which is only STABLE) are not inlined
    -- and cost five times as much.
    CREATE FUNCTION calls_comment_hash(
        previous bytea, organization bigint, log bigint, seq integer, author bigint, kind text,
        status bigint, status_name text, created timestamptz, digest bytea
    ) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        organization_said text := organization::text;
        log_said text := log::text;
        seq_said text := seq::text;
        author_said text := coalesce(author::text, '');
        status_said text := status::text;
        created_said text := ((extract(epoch FROM created) * 1000000)::bigint)::text;
    BEGIN
        RETURN sha256(
            int4send(octet_length(previous)) || previous
            || int4send(octet_length(organization_said)) || convert_to(organization_said, 'UTF8')
            || int4send(octet_length(log_said)) || convert_to(log_said, 'UTF8')
            || int4send(octet_length(seq_said)) || convert_to(seq_said, 'UTF8')
            || int4send(octet_length(author_said)) || convert_to(author_said, 'UTF8')
            || int4send(octet_length(kind)) || convert_to(kind, 'UTF8')
            || int4send(octet_length(status_said)) || convert_to(status_said, 'UTF8')
            || int4send(octet_length(status_name)) || convert_to(status_name, 'UTF8')
            || int4send(octet_length(created_said)) || convert_to(created_said, 'UTF8')
            || int4send(octet_length(digest)) || digest
        );
    END $$;

    CREATE FUNCTION calls_comment_digest(salt bytea, said text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN sha256(salt || convert_to(said, 'UTF8'));

    CREATE FUNCTION calls_comment_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        before record;
    BEGIN
        IF NEW.erased_at IS NOT NULL THEN
            RAISE EXCEPTION 'calls_comment: a row is not born erased'
                USING ERRCODE = 'restrict_violation';
        END IF;
        SELECT c.seq, c.hash INTO before FROM calls_comment c
            WHERE c.call_log_id = NEW.call_log_id ORDER BY c.seq DESC LIMIT 1;
        NEW.seq := coalesce(before.seq, 0) + 1;
        NEW.previous_hash := coalesce(before.hash, ''::bytea);
        NEW.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        NEW.text_digest := calls_comment_digest(NEW.salt, NEW.text);
        NEW.hash := calls_comment_hash(
            NEW.previous_hash, NEW.organization_id, NEW.call_log_id, NEW.seq, NEW.author_id,
            NEW.kind, NEW.status_id, NEW.status_name, NEW.created_at, NEW.text_digest
        );
        RETURN NEW;
    END $$;
    CREATE TRIGGER calls_comment_chain BEFORE INSERT ON calls_comment
        FOR EACH ROW EXECUTE FUNCTION calls_comment_chain();
    """,
    reverse_sql="""
    DROP TRIGGER calls_comment_chain ON calls_comment;
    DROP FUNCTION calls_comment_chain();
    DROP FUNCTION calls_comment_digest(bytea, text);
    DROP FUNCTION calls_comment_hash(
        bytea, bigint, bigint, integer, bigint, text, bigint, text, timestamptz, bytea
    );
    """,
)

# An update passes only when it erases: text, salt and author name to null, erased_at set, and
# nothing else touched. The app's role may not update at all; it may call the function.
ERASE = migrations.RunSQL(
    sql="""
    CREATE FUNCTION calls_comment_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        expected calls_comment := OLD;
    BEGIN
        expected.text := NULL;
        expected.salt := NULL;
        expected.author_name := NULL;
        expected.erased_at := NEW.erased_at;
        IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
           OR NEW IS DISTINCT FROM expected THEN
            RAISE EXCEPTION 'calls_comment: UPDATE is refused, history only grows'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER calls_comment_only_erased BEFORE UPDATE ON calls_comment
        FOR EACH ROW EXECUTE FUNCTION calls_comment_only_erased();

    CREATE FUNCTION calls_erase_comments(organization bigint, ids bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH erased AS (
            UPDATE calls_comment
            SET text = NULL, salt = NULL, author_name = NULL, erased_at = now()
            WHERE organization_id = organization AND id = ANY (ids) AND erased_at IS NULL
            RETURNING 1
        )
        SELECT count(*) FROM erased
    $$;
    """,
    reverse_sql="""
    DROP FUNCTION calls_erase_comments(bigint, bigint[]);
    DROP TRIGGER calls_comment_only_erased ON calls_comment;
    DROP FUNCTION calls_comment_only_erased();
    """,
)


class Migration(migrations.Migration):
    """Chain every comment to the one before, and let nobody change or delete evidence (B-43)."""

    dependencies = [("calls", "0002_rows_stay_within_their_organization")]
    operations = [
        CHAIN,
        ERASE,
        refuse("calls_comment", "DELETE", "TRUNCATE"),
        without_rights("calls_comment"),
        refuse("calls_calllog", "DELETE", "TRUNCATE"),
        without_rights("calls_calllog", "DELETE, TRUNCATE"),
        refuse("calls_commentwithdrawal", "UPDATE", "DELETE", "TRUNCATE"),
        without_rights("calls_commentwithdrawal"),
        refuse("calls_historyanchor", "UPDATE", "DELETE", "TRUNCATE"),
        without_rights("calls_historyanchor"),
        *[without_rights(table) for table in EVENTS],
        *[refuse(table, "UPDATE", "DELETE", "TRUNCATE") for table in EVENTS],
    ]
