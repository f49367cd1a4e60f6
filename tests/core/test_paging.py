"""Keyset pages: every row once in both directions, whatever happens meanwhile (inv 15, 16)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.accounts.models import Organization
from callcenter.calls.models import CallLog, Status
from callcenter.core.paging import Cursor, Page, capped_count, count_of, page_of
from tests.factories import make_call_log, make_organization, status_named

START = datetime(2026, 3, 8, 6, 59, 59, 999_999, tzinfo=UTC)


def insert(organization: Organization, status: Status, seconds: list[int]) -> list[int]:
    rows = CallLog.objects.bulk_create(
        CallLog(
            organization=organization,
            status=status,
            status_kind=status.kind,
            call_from="x",
            contacted_at=START + timedelta(seconds=second),
            contacted_zone="UTC",
        )
        for second in seconds
    )
    return [row.pk for row in rows]


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


def page(organization: Organization, cursor: str, size: int, *, up: bool) -> Page[CallLog]:
    rows = CallLog.objects.filter(organization=organization)
    return page_of(rows, cursor=cursor, size=size, by="contacted_at", is_ascending=up)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seconds=st.lists(st.integers(0, 4), max_size=14),
    meanwhile=st.lists(st.integers(-2, 6), max_size=12),
    size=st.integers(1, 6),
    up=st.booleans(),
)
def test_inv15_every_row_that_was_there_is_met_exactly_once_both_ways(
    organization: Organization, seconds: list[int], meanwhile: list[int], size: int, *, up: bool
) -> None:
    status = status_named(organization)
    highest = CallLog.objects.aggregate(pk=Max("pk", default=0))["pk"]
    rows = CallLog.objects.filter(organization=organization, pk__gt=highest)

    def page(cursor: str) -> Page[CallLog]:
        return page_of(rows, cursor=cursor, size=size, by="contacted_at", is_ascending=up)

    there = set(insert(organization, status, seconds))
    late = iter(meanwhile)
    forward: list[int] = []
    cursor, last = "", None
    while True:
        last = page(cursor)
        forward += [row.pk for row in last.rows]
        if not last.next:
            break
        cursor = last.next
        insert(organization, status, [s for s in [next(late, None)] if s is not None])
    met = [pk for pk in forward if pk in there]
    assert sorted(met) == sorted(there)
    assert len(forward) == len(set(forward))
    backward = [row.pk for row in reversed(last.rows)]
    while last.previous:
        last = page(last.previous)
        backward += [row.pk for row in reversed(last.rows)]
        insert(organization, status, [s for s in [next(late, None)] if s is not None])
    assert len(backward) == len(set(backward))
    assert [pk for pk in backward if pk in there] == list(reversed(met))


def test_inv16_equal_times_are_ordered_by_id(organization: Organization) -> None:
    pks = insert(organization, status_named(organization), [1, 1, 1, 0])
    assert [row.pk for row in page(organization, "", 9, up=False).rows] == [*pks[2::-1], pks[3]]
    assert [row.pk for row in page(organization, "", 9, up=True).rows] == [pks[3], *pks[:3]]


@pytest.mark.parametrize(
    "text",
    ["x", "é", "AAAA", "A" * 23, "_" * 23, "AX_____________________", "a b", "\x00", "=" * 9],
)
def test_b20_a_malformed_cursor_is_the_beginning(organization: Organization, text: str) -> None:
    log = make_call_log(organization)
    cursor = Cursor.parse(text)
    assert cursor is None or text == "A" * 23
    rows = page(organization, text, 5, up=True).rows
    assert [row.pk for row in rows] == [log.pk]


@given(st.text(max_size=40))
def test_b20_no_text_breaks_the_parser(text: str) -> None:
    parsed = Cursor.parse(text)
    assert parsed is None or Cursor.parse(str(parsed)) == parsed


@given(
    at=st.datetimes(timezones=st.just(UTC)),
    pk=st.integers(-(2**63), 2**63 - 1),
    is_backward=st.booleans(),
)
def test_a_cursor_comes_back_as_it_was_and_fits_an_address(
    at: datetime, pk: int, *, is_backward: bool
) -> None:
    cursor = Cursor(at=at, pk=pk, is_backward=is_backward)
    assert Cursor.parse(str(cursor)) == cursor
    assert str(cursor).replace("-", "").replace("_", "").isalnum()


def test_a_page_is_cut_by_comparing_whole_rows(organization: Organization) -> None:
    insert(organization, status_named(organization), [1, 2, 3])
    first = page(organization, "", 1, up=False)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(organization, first.next, 1, up=False)
    assert '("calls_calllog"."contacted_at", "calls_calllog"."id") < (' in queries[0]["sql"]


def test_counting_stops_at_the_cap(organization: Organization) -> None:
    insert(organization, status_named(organization), list(range(7)))
    rows = CallLog.objects.filter(organization=organization).for_list()
    assert str(capped_count(rows, cap=5)) == "5+"
    assert str(capped_count(rows, cap=7)) == "7"
    assert not capped_count(rows).is_capped


def test_a_list_that_fits_on_its_page_is_counted_by_it(organization: Organization) -> None:
    insert(organization, status_named(organization), list(range(3)))
    rows = CallLog.objects.filter(organization=organization)
    first = page(organization, "", 2, up=False)
    last = page(organization, first.next, 2, up=False)
    before = page(organization, last.previous, 2, up=False)
    for part in (first, last, before):
        assert str(count_of(part, rows)) == "3"
    whole = page(organization, "", 3, up=False)
    with CaptureQueriesContext(connection) as queries:
        assert str(count_of(whole, rows)) == "3"
    assert len(queries) == 0


def test_a_page_beyond_the_end_does_not_count_its_list_as_empty(organization: Organization) -> None:
    insert(organization, status_named(organization), [1])
    rows = CallLog.objects.filter(organization=organization)
    beyond = str(Cursor(at=datetime(1990, 1, 1, tzinfo=UTC), pk=1, is_backward=False))
    empty = page(organization, beyond, 5, up=False)
    assert not empty.rows
    assert str(count_of(empty, rows)) == "1"
