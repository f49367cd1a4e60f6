"""The one box does not grow with the calls, and costs little beside its SQL (issue 4, M2)."""

import statistics
import time

import psycopg
import pytest

from callcenter.calls.models import CallLog, Status
from callcenter.desk.search import find
from callcenter.properties.principals import Principal
from tests.bench.searching import OF_RAW, in_turn
from tests.conftest import environment_of
from tests.desk.test_search_scale import QUERIES, crowd

__all__ = ["crowd"]  # a fixture of the other module

FEW, MANY = 100_000, 1_000_000
CHUNK = 100_000
GROWTH = 1.3
ROUNDS = 5
LINES = (*QUERIES, "12b maple lock", "cruz leak", "crzu maple", "12b mapel cort", "ana cruzz")

CALLS = """
    INSERT INTO calls_calllog (organization_id, property_id, unit_id, call_from, direction,
      phone_raw, phone_e164, phone_digits_reversed, status_id, status_kind, subject, notes,
      taken_by_name, contacted_at, contacted_zone, contacted_text, contacted_flag, version,
      closed_at, created_at, updated_at, source, external_id, withdrawn_reason)
    SELECT %(o)s, u.property_id, u.id, 'somebody', 'inbound', '', '', '',
      CASE WHEN n %% 9 = 0 THEN %(new)s ELSE %(closed)s END,
      CASE WHEN n %% 9 = 0 THEN 'open' ELSE 'closed' END, 'tap drips', '', '',
      now() - n * interval '30 seconds', 'UTC', '', 'exact', 1,
      CASE WHEN n %% 9 = 0 THEN NULL ELSE now() END, now() - n * interval '30 seconds', now(),
      '', '', ''
    FROM generate_series(%(since)s, %(until)s - 1) n
    JOIN (SELECT id, property_id, row_number() OVER (ORDER BY id) - 1 AS at
          FROM properties_unit WHERE organization_id = %(o)s) u ON u.at = n * 7919 %% 100000
"""


def add_calls(database: str, principal: Principal, since: int, until: int) -> None:
    """So many more calls, spread over all units, a ninth of them open."""
    statuses = {s.name: s.pk for s in Status.objects.visible_to(principal)}
    values = {
        "o": principal.organization_id,
        "new": statuses["New"],
        "closed": statuses["Closed"],
    }
    owner = environment_of(database)["MIGRATE_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as loader:
        loader.execute("SET statement_timeout = 0")
        for at in range(since, until, CHUNK):
            loader.execute(CALLS, values | {"since": at, "until": min(at + CHUNK, until)})
        loader.execute("VACUUM ANALYZE calls_calllog")


def seconds(principal: Principal) -> float:
    """All lines, the median of some rounds for each."""
    total = 0.0
    for line in LINES:
        rounds = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            find(line, principal)
            rounds.append(time.perf_counter() - begun)
        total += statistics.median(rounds)
    return total


@pytest.mark.slow
def test_search_does_not_grow_with_the_calls_and_is_little_more_than_its_sql(
    crowd: Principal,
    committed_db: str,
) -> None:
    add_calls(committed_db, crowd, 0, FEW)
    seconds(crowd)  # warm
    few = seconds(crowd)
    add_calls(committed_db, crowd, FEW, MANY)
    assert CallLog.objects.visible_to(crowd).count() == MANY
    seconds(crowd)
    many = seconds(crowd)
    print(f"{len(LINES)} lines: {few:.2f} s at {FEW} calls, {many:.2f} s at {MANY}")  # noqa: T201
    assert many / few <= GROWTH
    with psycopg.connect(environment_of(committed_db)["DATABASE_URL"], autocommit=True) as raw:
        times = [in_turn(line, crowd, raw) for line in LINES]
    ours, sql = (sum(side) for side in zip(*times, strict=True))
    print(f"the box costs {ours / sql:.2f} of its SQL")  # noqa: T201
    assert ours / sql <= OF_RAW
