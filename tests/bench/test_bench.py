"""The benchmark itself: it replays what a page ran, and each page keeps its statements."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from callcenter.demo.loading import Size, load_demo
from tests.bench import bare, phones, report, rings
from tests.bench.databases import Database
from tests.bench.endpoints import ENDPOINTS, Endpoint
from tests.bench.measuring import Bench, Rounds
from tests.conftest import as_owner, use_database
from tests.demo.conftest import NOW

KEY = "0b6a8e5e-3c1f-4f9e-9a55-0d6f6a2f9d11"
LOGGED = [
    "SELECT set_config('pghistory.context_id', 'x', true)",
    'SELECT 1 FROM "django_session"',
    'INSERT INTO "calls_calllog" ("organization_id") VALUES (1) RETURNING "calls_calllog"."id"',
    'INSERT INTO "calls_calllogreason" ("call_log_id", "reason_id") VALUES (4711, 3)',
    "INSERT INTO accounts_idempotencyrecord VALUES ('0b6a8e5e-3c1f-4f9e-9a55-0d6f6a2f9d11')",
]


class NamedDatabase(Database):
    """The database of these tests, whatever its name."""

    name = ""


@pytest.fixture(scope="module")
def database(
    django_db_setup: None, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    """A small demo organisation that the benchmark measures."""
    mine = settings.DATABASES["default"]["NAME"]
    reached = dict(connection.settings_dict)
    NamedDatabase.name = f"{mine}_bench"
    as_owner("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", NamedDatabase.name, template)
    with django_db_blocker.unblock():
        use_database(NamedDatabase.name)
        try:
            load_demo(now=NOW, size=Size(units=200, logs=1_000, heavy=True), seed=2)
            yield NamedDatabase(1_000)
        finally:
            connection.settings_dict.update(reached)
            use_database(mine)
            as_owner("DROP DATABASE {} WITH (FORCE)", NamedDatabase.name)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_a_page_is_measured_and_keeps_its_statements(
    database: Database, endpoint: Endpoint
) -> None:
    marks, rounds = database.marks(), Rounds()
    Bench(seconds=0).round(endpoint, database, rounds)
    line = report.Line(endpoint, rounds, rounds)
    assert [miss for miss in line.misses if "statements" in miss] == [], rounds.statements
    assert rounds.ours[0] > rounds.raw[0] > 0
    if endpoint.status == 302:
        assert database.marks() != marks
    database.restore(marks)
    assert database.marks() == marks


@pytest.mark.parametrize("wire", ["documented", "deployed"])
def test_rings_are_told_byte_for_byte_as_by_psycopg(database: Database, wire: str) -> None:
    rings.fill(database.url("MIGRATE_DATABASE_URL"), 50)
    with rings.prepared(database) as sides:
        assert sides.ours(60, wire) == sides.alone(60, wire)
        assert sides.total() > 85


def test_phone_calls_are_told_byte_for_byte_as_by_psycopg(database: Database) -> None:
    phones.fill(database.url("MIGRATE_DATABASE_URL"), 50, 30)
    with phones.prepared(database) as sides:
        for size in (20, 30, 50, 4_999):
            assert sides.over(size) == sides.over_alone(size)
            assert sides.going(size) == sides.going_alone(size)
        assert b'"totalResults":50,' in sides.over(20)
        assert b'"totalResults":30,' in sides.going(20)


def test_what_labels_transactions_is_not_counted() -> None:
    said = ["BEGIN", "SAVEPOINT x", LOGGED[0], "RELEASE SAVEPOINT x", "COMMIT", LOGGED[1]]
    assert bare.counted(said) == [LOGGED[1]]
    assert bare.domain(LOGGED) == LOGGED[2:]


def test_a_replay_writes_a_new_call_under_a_new_key() -> None:
    script = bare.script_of(LOGGED, 4711)
    ran: list[str] = []

    def execute(statement: str) -> list[tuple[Any, ...]]:
        ran.append(statement)
        return [(4712,)] if "RETURNING" in statement else []

    script.run(execute)
    assert script.writes
    assert ran[1].endswith("(4712, 3)")
    assert KEY not in ran[2]
    assert uuid.UUID(ran[2].split("'")[1]).version == 4


def test_a_missed_bound_is_said() -> None:
    slow = Rounds(ours=[30.0], bare=[10.0], raw=[1.0], statements=["SELECT 1"] * 9)
    quick = Rounds(ours=[10.0], bare=[9.0], raw=[1.0], statements=["SELECT 1"])
    page = Endpoint("page", lambda: pytest.fail("not asked"), is_list=True)
    assert report.Line(page, quick, quick).misses == []
    assert report.Line(page, quick, slow).misses == [
        "3.00 x the bare view, allowed are 2",
        "grows 3.00 x, allowed are 1.3",
        "9 statements, allowed are 8",
    ]
