"""The one box against the raw SQL of the same searches, line by line in one run (M2)."""

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callcenter.accounts.models import Organization
from callcenter.desk.search import find
from callcenter.properties.access import principal_for
from callcenter.properties.principals import Principal

from .bare import counted
from .databases import Database
from .endpoints import owner
from .report import Figure

LINES = Path(__file__).resolve().parents[1] / "desk" / "queries.txt"
EACH = 5  # every so-many-th line of the written set
OF_RAW = 2.0
GROWTH = 1.3
TURNS = 5
SET_SIMILARITY = "SELECT set_config('pg_trgm.word_similarity_threshold', '0.5', true)"


def searching(database: Database) -> Figure:
    """All chosen lines together: what the search costs by what its SQL alone costs."""
    principal = _owner_of(database)
    with psycopg.connect(database.url("DATABASE_URL"), autocommit=True) as raw:
        times = [in_turn(line, principal, raw) for line in typed_lines()]
    ours, bare = (sum(side) for side in zip(*times, strict=True))
    return Figure(
        f"one box, {len(times)} lines at {database.label}, by the raw SQL of the same lines",
        f"{ours / bare:.2f} ({ours / len(times) * 1000:.0f} ms a line)",
        f"at most {OF_RAW:g}",
        ours / bare <= OF_RAW,
    )


def measured(small: Database, large: Database) -> list[Figure]:
    """What it costs by its SQL, and how it grows with the calls of as many units."""
    few = Database(small.logs, units=large.logs // 10)
    few.prepare()
    return [searching(large), growing(few, large)]


def growing(small: Database, large: Database) -> Figure:
    """All chosen lines over both databases in turn: what the larger one costs by the smaller."""
    passes = [(_all_lines(small), _all_lines(large)) for _ in range(TURNS)]
    growth = median(more / less for less, more in passes)
    return Figure(
        f"one box, the same lines at {large.label} calls by {small.label}, of as many units",
        f"{growth:.2f}",
        f"at most {GROWTH:g}",
        growth <= GROWTH,
    )


def _all_lines(database: Database) -> float:
    """Seconds of all chosen lines, the second time that each is asked."""
    principal = _owner_of(database)
    lines = typed_lines()
    for line in lines:
        find(line, principal)
    return sum(_seconds(partial(find, line, principal)) for line in lines)


def _owner_of(database: Database) -> Principal:
    """Who asks, over this database from now on."""
    database.use()
    principal = principal_for(
        user_id=owner().pk,
        organization_id=Organization.objects.get(slug="demo").pk,
        request_id="bench",
    )
    if principal is None:
        raise RuntimeError("the demo's owner has no membership")
    return principal


def typed_lines() -> list[str]:
    """Some lines of every group of the written set."""
    _remarks, _, groups = LINES.read_text().partition("\n[")
    lines = [line for line in groups.splitlines() if " -> " in line]
    return [line.partition(" -> ")[0].strip('"') for line in lines[::EACH]]


def in_turn(line: str, principal: Principal, raw: psycopg.Connection) -> tuple[float, float]:
    """Seconds of the search and of its statements alone, in turn: the medians."""
    find(line, principal)
    with CaptureQueriesContext(connection) as captured:
        find(line, principal)
    statements = [sql for sql in counted(q["sql"] for q in captured) if "SELECT" in sql[:9]]

    def alone() -> None:
        with raw.transaction():
            for statement in (SET_SIMILARITY, *statements):
                json.dumps(raw.execute(statement.encode()).fetchall(), default=str)

    rounds = [(_seconds(lambda: find(line, principal)), _seconds(alone)) for _ in range(TURNS)]
    ours, bare = zip(*rounds, strict=True)
    return median(ours), median(bare)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
