"""Pieces of migrations that models cannot say: composite keys and tables that only grow.

Each returns a reversible RunSQL. Triggers here are plain SQL on purpose: pgtrigger's can be
switched off by a session variable, and what keeps the evidence must not be.
"""

from django.conf import settings
from django.db.migrations import RunSQL

HINT = "core_hint_of_changes"  # the trigger function, made by core's third migration


def composite_key(
    table: str, columns: tuple[str, ...], target: str, keys: tuple[str, ...]
) -> RunSQL:
    """A foreign key over several columns, beside Django's own over one (design.md 9)."""
    name = f"{table}_{columns[-1]}_within_{columns[0]}"
    return RunSQL(
        sql=(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)})"
            f" REFERENCES {target} ({', '.join(keys)}) DEFERRABLE INITIALLY IMMEDIATE"
        ),
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def _if_role_is_apart(statement: str) -> str:
    """Run `statement` only where the app signs in as another role than the tables' owner."""
    role = settings.APP_DATABASE_ROLE
    return f"""DO $do$ BEGIN
        IF current_user <> '{role}' THEN {statement} TO_OR_FROM "{role}"; END IF;
    END $do$"""


def without_rights(table: str, rights: str = "UPDATE, DELETE, TRUNCATE") -> RunSQL:
    """Take rights on a table from the app's role."""
    return RunSQL(
        sql=_if_role_is_apart(f"REVOKE {rights} ON {table}").replace("TO_OR_FROM", "FROM"),
        reverse_sql=_if_role_is_apart(
            f"GRANT {rights.replace(', TRUNCATE', '').replace('TRUNCATE', 'SELECT')} ON {table}"
        ).replace("TO_OR_FROM", "TO"),
    )


def with_right_to_set(table: str, *columns: str) -> RunSQL:
    """Give the app's role back the right to update these columns alone."""
    said = f"UPDATE ({', '.join(columns)}) ON {table}"
    return RunSQL(
        sql=_if_role_is_apart(f"GRANT {said}").replace("TO_OR_FROM", "TO"),
        reverse_sql=_if_role_is_apart(f"REVOKE {said}").replace("TO_OR_FROM", "FROM"),
    )


def refuse(table: str, *operations: str) -> RunSQL:
    """Statement triggers that refuse operations on a table, TRUNCATE too, whoever asks."""
    name = f"{table}_refuse"
    said = " OR ".join(operations)
    return RunSQL(
        sql=f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{table}: % is refused, rows here are kept', TG_OP
                    USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER {name} BEFORE {said} ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """,
        reverse_sql=f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


def hint_changes(table: str, topic: str) -> RunSQL:
    """Tell the channel `live` that rows of a table came or changed, as `organization:topic`.

    One hint for each organisation and statement, never for each row; PostgreSQL folds equal ones
    of a transaction. Commits that notify queue behind one lock, so only what a page shows live
    has these triggers (design.md 7).
    """
    sql = "".join(
        f"CREATE TRIGGER {table}_hint_{verb.lower()} AFTER {verb} ON {table}"
        f" REFERENCING NEW TABLE AS changed"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {HINT}('{topic}');"
        for verb in ("INSERT", "UPDATE")
    )
    return RunSQL(
        sql=sql,
        reverse_sql=f"DROP TRIGGER {table}_hint_insert ON {table};"
        f" DROP TRIGGER {table}_hint_update ON {table};",
    )


def hint_people(
    table: str, topic: str, people: str, *verbs: str, with_former: bool = False
) -> RunSQL:
    """Tell the channel `live` whom changed rows of a table concern, as `organization:topic:user`.

    `people` is a SELECT DISTINCT without these two words, of `organization_id` and `user_id`; the
    rows that came or changed are in it as `changed`, and with `with_former`, for UPDATE alone, as
    they were as `former`. One hint for each person and statement; only that person's browsers hear
    it. A hint names people by their ids and says nothing else.
    """
    name = f"{table}_hint_{topic}"
    former = "OLD TABLE AS former " if with_former else ""
    triggers = "".join(
        f"CREATE TRIGGER {name}_{verb.lower()} AFTER {verb} ON {table}"
        f" REFERENCING {former}NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
        for verb in verbs
    )
    return RunSQL(
        sql=f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('live', organization_id || ':{topic}:' || user_id)
                FROM (SELECT DISTINCT {people}) AS concerned WHERE user_id IS NOT NULL;
                RETURN NULL;
            END $$;
            {triggers}
        """,
        reverse_sql="".join(f"DROP TRIGGER {name}_{verb.lower()} ON {table};" for verb in verbs)
        + f"DROP FUNCTION {name}();",
    )
