"""The list over 100k calls: cut by an index that holds all it judges, for every role."""

import re

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callcenter.accounts.models import Organization, Role
from callcenter.calls.models import CallLog, CallLogQuerySet
from callcenter.calls.rows import PAGE_SIZE
from callcenter.calls.view_counts import counts_of
from callcenter.calls.views.listing import VIEWS
from callcenter.core.paging import Cursor, keyset
from callcenter.properties.models import Property
from tests.conftest import environment_of
from tests.factories import make_organization, make_principal, make_property, status_named

pytestmark = pytest.mark.slow

FILL = """INSERT INTO calls_calllog (organization_id, property_id, call_from, direction, phone_raw,
     phone_e164, phone_digits_reversed, status_id, status_kind, subject, notes, taken_by_name,
     contacted_at, contacted_zone, contacted_text, contacted_flag, version, source, external_id,
     withdrawn_reason)
   SELECT %(organization)s, %(first)s + n %% 50, 'Caller ' || n, 'inbound', '', '', '', %(status)s,
     'open', '', 'Water through the ceiling', '', now() - n * interval '5 minutes',
     'America/New_York', '', 'exact', 1, '', '', ''
   FROM generate_series(1, 100000) n"""


@pytest.fixture
def organization(committed_db: str) -> Organization:
    """An organisation with 50 properties and 100k calls, as after a vacuum."""
    organization = make_organization()
    homes = [make_property(organization) for _ in range(50)]
    values = {
        "organization": organization.pk,
        "first": homes[0].pk,
        "status": status_named(organization).pk,
    }
    owner = environment_of(committed_db)["MIGRATE_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as loader:
        loader.execute("SET statement_timeout = 0")
        loader.execute(FILL, values)
        loader.execute("VACUUM ANALYZE calls_calllog")
    return organization


def plan_of(calls: CallLogQuerySet, place: Cursor | None) -> str:
    """How PostgreSQL cuts a page: the plan of the keys alone, run."""
    keys = keyset(calls, place, size=PAGE_SIZE, by="contacted_at", is_ascending=False).values("pk")
    sql, parameters = keys.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_a_page_reads_little_at_any_depth_for_everybody(organization: Organization) -> None:
    homes = Property.objects.filter(organization=organization).order_by("pk")
    principals = {
        "admin": make_principal(organization, Role.ADMIN),
        "member": make_principal(organization, Role.MEMBER, links=homes[:5]),
    }
    calls = CallLog.objects.filter(organization=organization).order_by("-contacted_at", "-pk")
    for name, principal in principals.items():
        for depth in (0, 50_000, 99_000):
            there = calls[depth]
            place = Cursor(at=there.contacted_at, pk=there.pk, is_backward=False)
            plan = plan_of(CallLog.objects.visible_to(principal), place if depth else None)
            assert "Seq Scan" not in plan, f"{name}\n{plan}"
            assert pages_read(plan) < 250, f"{name}\n{plan}"
            if name == "admin":
                assert "Index Only Scan using calllog_list" in plan, plan
                assert "Sort" not in plan, plan


HISTORY = """INSERT INTO calls_calllog (organization_id, property_id, call_from, direction,
     phone_raw, phone_e164, phone_digits_reversed, status_id, status_kind, closed_at, subject,
     notes, taken_by_id, taken_by_name, contacted_at, contacted_zone, contacted_text,
     contacted_flag, version, source, external_id, withdrawn_reason)
   SELECT %(organization)s, CASE WHEN n %% 9000 = 0 THEN NULL ELSE %(first)s + n %% 50 END,
     'Caller ' || n, 'inbound', '', '', '',
     CASE WHEN n %% 3000 = 1 THEN %(open)s WHEN n %% 5000 = 2 THEN %(waiting)s ELSE %(closed)s END,
     CASE WHEN n %% 3000 = 1 THEN 'open' WHEN n %% 5000 = 2 THEN 'waiting' ELSE 'closed' END,
     CASE WHEN n %% 3000 = 1 OR n %% 5000 = 2 THEN NULL ELSE now() END, '',
     'Water through the ceiling', %(agent)s, 'Kim', now() - n * interval '2 minutes',
     'America/New_York', '', 'exact', 1, '', '', ''
   FROM generate_series(1, %(n)s) n"""


def test_counts_of_views_read_what_is_open_and_not_what_was_closed(committed_db: str) -> None:
    organization = make_organization(members_see_unplaced=False)
    homes = [make_property(organization) for _ in range(50)]
    principals = {
        "admin": make_principal(organization, Role.ADMIN),
        "member": make_principal(organization, Role.MEMBER, links=homes[:5]),
    }
    names = {"open": "New", "waiting": "Waiting for resident", "closed": "Closed"}
    values = {
        "organization": organization.pk,
        "first": homes[0].pk,
        "agent": principals["admin"].user_id,
        "n": 300_000,
    } | {kind: status_named(organization, name).pk for kind, name in names.items()}
    owner = environment_of(committed_db)["MIGRATE_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as loader:
        loader.execute("SET statement_timeout = 0")
        loader.execute(HISTORY, values)
        loader.execute("VACUUM ANALYZE calls_calllog")
    queries = [query for query, _label, _icon in VIEWS]
    for name, principal in principals.items():
        with CaptureQueriesContext(connection) as captured:
            counts = [str(one) for one in counts_of(queries, [], principal)]
        statement = next(one["sql"] for one in captured if "AS list_0" in one["sql"])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert pages_read(plan) < 700, f"{name}\n{plan}"
        if name == "admin":
            for index in ("calllog_open", "calllog_unplaced"):
                assert f"Index Only Scan using {index}" in plan, plan
            assert counts == ["200+", "160", "60", "160", "33"]


def pages_read(plan: str) -> int:
    """How many pages of 8 kB the whole plan looked at."""
    found = re.search(r"Buffers: shared([^\n]*)", plan)
    assert found, plan
    return sum(map(int, re.findall(r"(?:hit|read)=(\d+)", found[1])))
