"""Checking a run costs the same whatever the statistics say of its lines."""

import os

import psycopg
import pytest
from django.db import connection, transaction

from callcenter.accounts.models import Role
from callcenter.imports.merging import merge_repeated
from callcenter.imports.models import ImportLine, ImportRun, ImportSource, LineOutcome, SourceKind
from callcenter.imports.staging import mark_duplicates, mark_known
from tests.conftest import of_database
from tests.factories import make_membership, make_organization

LINES = 30_000  # a nested loop over them takes minutes


@pytest.fixture
def run(committed_db: str) -> ImportRun:
    """A run whose lines were staged after the table was analysed, when all were another run's."""
    organization = make_organization()
    user = make_membership(organization, Role.ADMIN).user
    source = ImportSource.objects.create(
        organization=organization, key="old", name="Old", kind=SourceKind.CALL_LOGS
    )

    def make_run() -> ImportRun:
        run = ImportRun.objects.create(
            organization=organization,
            source=source,
            requested_by=user,
            file_name="calls.json",
            stored_as="none",
            sha256=b"",
            byte_size=1,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO imports_importline (organization_id, run_id, number, natural_key,"
                "  row_hash, data, outcome, reason, kept_fields)"
                " SELECT %s, %s, n, (n / 2)::text, int8send(n / 2), '{}', '', '', '[]'"
                " FROM generate_series(1, %s) n",
                [organization.pk, run.pk, LINES],
            )
        return run

    make_run()
    owner = of_database(os.environ["MIGRATE_DATABASE_URL"], committed_db)
    with psycopg.connect(owner, autocommit=True) as owned:
        owned.execute("ANALYZE imports_importline, imports_sourcerow")
    return make_run()


def test_a_run_is_checked_in_time_though_the_planner_knows_nothing_of_its_lines(
    run: ImportRun,
) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20s'")
        merge_repeated(run)
        assert mark_duplicates(run) == LINES // 2 - 1
        assert mark_known(run) == 0
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",)
    ended = ImportLine.objects.filter(run=run, outcome=LineOutcome.DUPLICATE)
    assert ended.order_by("number").values_list("number", flat=True)[0] == 2
