"""Long lists: walked by tokens while rows arrive, or streamed; what a page costs."""

import base64
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callcenter.accounts.models import ApiCredential
from callcenter.calls.models import CallLog, CallLogReason, Comment
from tests.factories import make_call_log

from .house import RANG, House, body_of, code_of

LISTS = "/api/properties/12/calllogs"
MANY = 5_003
_serial = itertools.count(1_000_000)


def make_many(house: House, count: int) -> None:
    """Calls at unit 341, some of the same moment, each with a reason."""
    rows = CallLog.objects.bulk_create(
        CallLog(
            pk=next(_serial),
            organization=house.organization,
            property_id=12,
            unit_id=341,
            call_from=f"Caller {n}",
            contacted_at=RANG - timedelta(minutes=n // 3),
            contacted_zone="America/New_York",
            status_id=1,
            status_kind="open",
        )
        for n in range(count)
    )
    CallLogReason.objects.bulk_create(
        CallLogReason(organization=house.organization, call_log=row, reason_id=2, position=0)
        for row in rows
    )


def comment_on(house: House, *logs: int) -> None:
    """A comment at each of these."""
    Comment.objects.bulk_create(
        Comment(
            organization=house.organization,
            call_log_id=log,
            text="Rung",
            author_name="Kim",
            status_id=1,
            status_name="New",
        )
        for log in logs
    )


def pages(house: House, path: str, query: str, who: str = "owner") -> Iterator[dict[str, Any]]:
    """The pages of a walk by tokens."""
    token: str | None = ""
    while token is not None:
        page = json.loads(house.get(f"{path}?{query}&after={quote(token)}", who).content)
        yield page
        token = page["Next"]


@pytest.mark.parametrize("sort", ["createdon", "createdon asc"])
def test_a_walk_meets_each_row_once_while_others_arrive(house: House, sort: str) -> None:
    make_many(house, 40)
    there = set(CallLog.objects.filter(unit_id=341).values_list("pk", flat=True))
    met: list[int] = []
    for page in pages(house, "/api/units/341/calllogs", f"sort={sort}&pageSize=7"):
        met += [log["LogId"] for log in page["Elements"]]
        assert page["Total"] >= len(there)
        make_many(house, 3)  # some before the place of the walk, some behind it
    assert len(set(met)) == len(met)
    assert there <= set(met)


def test_a_walk_equals_the_whole_list(house: House) -> None:
    make_many(house, 25)
    for path, key in (
        (LISTS, "LogId"),
        ("/api/calllogs", "LogId"),
        ("/api/calllogreasons", "CallLogReasonId"),
        ("/api/modulestatuses/calllogs", "ModuleStatusId"),
        ("/api/properties", "PropertyId"),
        ("/api/properties/12/units", "UnitId"),
    ):
        whole = [row[key] for row in json.loads(house.get(path).content)["Elements"]]
        for size in (1, 4, 5_000):
            walked = list(pages(house, path, f"pageSize={size}"))
            assert [row[key] for page in walked for row in page["Elements"]] == whole
            assert {page["Total"] for page in walked} == {len(whole)}
        assert "Next" not in json.loads(house.get(f"{path}?page=1&pageSize=1").content)
        assert "Next" not in json.loads(house.get(path).content)


def test_a_walk_without_a_size_goes_by_hundreds(house: House) -> None:
    make_many(house, 130)
    sizes = [len(page["Elements"]) for page in pages(house, "/api/units/341/calllogs", "page=0")]
    assert sizes == [100, 30]
    empty = json.loads(house.get("/api/units/341/calllogs?status=999&after=").content)
    assert empty == {"Total": 0, "Elements": [], "Next": None}


def test_a_token_is_of_one_list_alone(house: House) -> None:
    make_many(house, 5)
    query = "status[0]=1&sort=createdon&pageSize=2"
    token = next(pages(house, LISTS, query))["Next"]

    def code(path: str, said: str, token: str = token, who: str = "owner") -> int:
        answer = house.get(f"{path}?{said}&after={quote(token)}", who)
        assert answer.status_code in (200, 400)
        return code_of(answer)

    assert code(LISTS, query) == 0
    assert code(LISTS.upper() + "/", "STATUS=1&pageSize=3") == 0  # the same list, said otherwise
    assert code("/api/properties/13/calllogs", query) == 1003
    assert code("/api/units/341/calllogs", query) == 1003
    assert code("/api/calllogs", query) == 1003
    assert code(LISTS, "sort=createdon asc&status[0]=1") == 1003
    assert code(LISTS, "pageSize=2") == 1003
    assert code(LISTS, "status=1&status=3") == 1003
    assert code(LISTS, query + "&page=1") == 1003
    assert code_of(house.get(f"/api/properties/90/calllogs?after={token}", "stranger")) == 1003


def test_a_forged_token_is_refused(house: House) -> None:
    make_many(house, 5)
    token = next(pages(house, LISTS, "pageSize=2"))["Next"]
    said, _, signature = token.partition(".")
    other = base64.urlsafe_b64encode(b"[0,0]").decode()
    forged = [said, f"{said}.", f".{signature}", f"{other}.{signature}", f"{token}x", token[:-1]]
    forged += ["x", ".", "%00", "é", token.swapcase(), f"{said}.{signature[::-1]}", "a" * 5_000]
    for text in forged:
        answer = house.get(f"{LISTS}?pageSize=2&after={quote(text) if '%' not in text else text}")
        assert (code_of(answer), json.loads(answer.content)["Field"]) == (1003, "after"), text


def test_all_rows_are_streamed_with_the_total_first(committed_house: House) -> None:
    house = committed_house
    make_many(house, MANY)
    answer = house.get("/api/units/341/calllogs")
    assert answer.streaming
    chunks = list(answer.streaming_content)
    body = b"".join(chunks)
    assert body.startswith(b'{"Total":%d,"Elements":[' % MANY)
    assert max(map(len, chunks)) < len(body) / 2
    paged = []
    for page in (1, 2):
        part = json.loads(house.get(f"/api/units/341/calllogs?page={page}&pageSize=5000").content)
        assert part["Total"] == MANY
        paged += part["Elements"]
    assert json.loads(body) == {"Total": MANY, "Elements": paged}
    asked = house.get("/api/units/341/calllogs?page=0&pageSize=20")
    assert body_of(asked) == body
    head = house.ask("owner", "HEAD", "/api/units/341/calllogs")
    assert (head.content, head.headers["Content-Type"]) == (b"", answer.headers["Content-Type"])


def test_a_stream_holds_a_part_of_the_rows_and_no_connection(committed_house: House) -> None:
    house = committed_house
    make_many(house, MANY)
    answer = house.get("/api/units/341/calllogs")
    tracemalloc.start()
    peaks, sizes = [], []
    for chunk in answer.streaming_content:
        assert connection.connection is None or connection.connection.info.transaction_status == 0
        sizes.append(len(chunk))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()
    tracemalloc.stop()
    assert sum(sizes) > 1_000_000
    assert max(peaks[2:]) < 1.5 * peaks[1]  # as much for the last rows as for the first


def test_rows_that_come_during_a_stream_are_not_in_it(committed_house: House) -> None:
    house = committed_house
    make_many(house, 2_100)
    answer = house.get("/api/units/341/calllogs")
    parts = iter(answer.streaming_content)
    body = next(parts)
    make_many(house, 10)
    body += b"".join(parts)
    read = json.loads(body)
    assert read["Total"] == len(read["Elements"]) == 2_100


def test_b06_a_stream_ends_when_its_credential_is_revoked(committed_house: House) -> None:
    house = committed_house
    make_many(house, MANY)
    answer = house.get("/api/units/341/calllogs")
    parts = iter(answer.streaming_content)
    body = next(parts) + next(parts)
    ApiCredential.objects.update(revoked_at=timezone.now())
    body += b"".join(parts)
    assert body.count(b'"LogId"') < MANY
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert house.get("/api/units/341/calllogs").status_code == 401


def statements(house: House, path: str) -> int:
    """How many statements an answer costs."""
    with CaptureQueriesContext(connection) as captured:
        answer = house.get(path)
        assert answer.status_code == 200
        body_of(answer)
    return len(captured)


def test_a_page_costs_as_many_statements_with_one_row_as_with_many(house: House) -> None:
    make_many(house, 60)
    logs = list(CallLog.objects.filter(unit_id=341).values_list("pk", flat=True))
    comment_on(house, *logs, *logs)
    for path in ("/api/units/341/calllogs", LISTS, "/api/calllogs"):
        counts = {statements(house, f"{path}?page=1&pageSize={size}") for size in (1, 2, 20, 50)}
        assert len(counts) == 1, path
        assert max(counts) <= 6
    assert statements(house, "/api/calllogs/4711") <= 6


def test_the_counters_of_a_place_equal_the_totals_for_each_caller(house: House) -> None:
    make_call_log(house.organization, property_id=13, unit_id=350, contacted_at=RANG)
    for who in ("owner", "reader", "narrowed", "all"):
        for path, summary in (
            ("units/340", "unitsummary"),
            ("properties/12", "propertysummary"),
            ("units/350", "unitsummary"),
            ("properties/13", "propertysummary"),
        ):
            told = house.get(f"/api/{path}/{summary}", who)
            listed = house.get(f"/api/{path}/calllogs", who)
            assert told.status_code == listed.status_code
            if told.status_code == 200:
                counters = json.loads(told.content)
                assert counters["CallLogs"] == json.loads(listed.content)["Total"]
