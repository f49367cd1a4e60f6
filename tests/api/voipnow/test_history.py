"""The history and its statistics (wire/voipnow.md 7)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from callcenter.api.voipnow.history import CODES
from callcenter.api.voipnow.params import MESSAGES
from callcenter.telephony.models import PhoneCall
from tests.factories import make_phone_call

from .house import (
    ANSWERED,
    AT,
    BUSY,
    CDR,
    INNER,
    LIVE,
    MISSED,
    NOVEMBER,
    OVER,
    RINGS,
    UNTOLD,
    House,
)

ALL = f"{CDR}/@organization"
NEWEST = list(reversed(OVER))
FORMS = ("owner", "deployed")


def asked(**parameters: Any) -> str:
    said = {"startDate": "2026-11-01T00:00:00Z"} | parameters
    return f"{ALL}?{urlencode(said)}"


def test_a_call_is_live_or_history_and_never_both(house: House) -> None:
    one = f"{LIVE}/@organization/@self/{RINGS}"
    assert house.ids(one) == [RINGS]
    assert RINGS not in house.ids(asked())
    PhoneCall.objects.filter(wire_id=RINGS).update(ended_at=AT + timedelta(minutes=9))
    assert house.said(one) == (204, None)
    assert RINGS in house.ids(asked())


@pytest.mark.parametrize("who", FORMS)
def test_statistics_cover_all_matches_and_no_local_call(house: House, who: str) -> None:
    none = {"answered": 0, "unanswered": 0, "busy": 0, "failed": 0, "unknown": 0, "unallowed": 0}
    status, body = house.said(f"{ALL}?{NOVEMBER}&count=1&fields=id", who)
    assert (status, body["totalResults"], body["entry"]) == (200, 5, [{"id": UNTOLD}])
    incoming = {"type": 0, "total": 3} | none | {"answered": 1, "unanswered": 1, "unknown": 1}
    assert body["phoneCallStat"] == [incoming, {"type": 1, "total": 1} | none | {"busy": 1}]
    assert list(body) == [
        *("entry", "startIndex", "totalResults", "itemsPerPage", "filtered", "sorted"),
        *("phoneCallStat", "paging"),
    ]
    assert body["paging"]["next"].endswith("&count=1&fields=id&startIndex=1")


def test_each_view_has_a_disposition_and_no_call_has_links(house: House) -> None:
    for entry in house.said(f"{ALL}?{NOVEMBER}")[1]["entry"]:
        assert "links" not in entry
        assert [view["disposition"] for view in entry["phoneCallView"]] == [
            4 if entry["id"] == UNTOLD else {ANSWERED: 0, MISSED: 3, BUSY: 1, INNER: 0}[entry["id"]]
        ]
    assert house.said(f"{ALL}?{NOVEMBER}&fields=links")[1]["entry"] == [{}] * 5


def test_members_see_the_history_of_their_extensions(house: House) -> None:
    for path in (CDR, f"{CDR}/", f"{CDR}/@me", f"{CDR}/@owner/"):
        assert house.ids(f"{path}?{NOVEMBER}", "priya") == [INNER, MISSED, ANSWERED]
    assert house.ids(f"{CDR}/@me?{NOVEMBER}", "max") == [UNTOLD, BUSY]


def test_nothing_to_tell(house: House) -> None:
    path = asked(source="999")
    assert house.said(path) == (204, None)
    status, body = house.said(path, "deployed")
    assert (status, body["entry"], body["totalResults"]) == (200, [], 0)
    assert [stat["total"] for stat in body["phoneCallStat"]] == [0, 0]


def test_source_and_destination_are_exact_but_for_signs_that_divide(house: House) -> None:
    for number in ("+13055550142", "+1 305 555-0142", "+1(305)555.0142", " 13055550142"):
        assert house.ids(asked(source=number)) == [UNTOLD, ANSWERED]
    assert house.ids(asked(source="13055550142")) == []
    assert house.ids(asked(source="3055550142")) == []
    assert house.ids(asked(destination="0003*220")) == [UNTOLD, BUSY]
    assert house.ids(asked(destination="0003*210", source="0003*211")) == [INNER]
    for name in ("source", "destination"):
        for value in ("", " ", "Anonymous", "\x00", "%", "1" * 81):
            assert house.code(asked(**{name: value})) == (400, f"cdr_{name}_invalid"), value


def test_both_ends_of_a_window_are_included(house: House) -> None:
    first = "2026-11-20T13:03:19Z"  # ANSWERED was answered 8 seconds after it came
    last = "2026-11-20T13:43:11Z"  # UNTOLD was never answered
    assert house.ids(asked(startDate=first, endDate=last)) == NEWEST
    assert house.ids(asked(startDate="2026-11-20T13:03:20Z")) == NEWEST[:-1]
    assert house.ids(asked(startDate=first, endDate="2026-11-20T13:43:10Z")) == NEWEST[1:]
    assert house.ids(asked(startDate="2026-11-20T08:03:19", endDate="2026-11-20T08:03:19")) == [
        ANSWERED
    ]
    assert house.ids(asked(startDate="2026-11-20T14:13:11 01:00", endDate=last)) == NEWEST[:4]
    for name in ("saveStartDate", "saveEndDate"):
        at = "2026-11-20T13:23:11Z"  # BUSY was stored
        found = [UNTOLD, INNER, BUSY] if name == "saveStartDate" else [BUSY, MISSED, ANSWERED]
        assert house.ids(f"{ALL}?{name}={at}") == found
        assert house.ids(f"{ALL}?saveStartDate={at}&saveEndDate={at}") == [BUSY]


def test_dates_that_are_none_or_out_of_order(house: House) -> None:
    for name, code in CODES.items():
        for value in ("", "2026-11-20", "x", "2026-02-30T00:00:00", "2026-11-20 10:00:00"):
            status, body = house.said(f"{ALL}?{urlencode({name: value})}")
            assert (status, body["error"]) == (400, {"code": code, "message": MESSAGES[code]})
    for prefix in ("s", "saveS"):
        start, end = f"{prefix}tartDate", "endDate" if prefix == "s" else "saveEndDate"
        said = {start: "2026-11-20T10:00:01", end: "2026-11-20T15:00:00Z"}
        code = "cdr_invalid_date_parameters"
        assert house.code(f"{ALL}?{urlencode(said)}") == (400, code)
        same = dict.fromkeys((start, end), "2026-11-20T10:00:00")
        assert house.said(f"{ALL}?{urlencode(same)}")[0] == 204


def test_without_a_date_it_is_this_month(house: House) -> None:
    now = timezone.now()
    month = now.astimezone(ZoneInfo(house.organization.time_zone)).replace(
        day=1, hour=0, minute=0, second=0
    )
    for name, at in (
        ("now", now - timedelta(seconds=1)),
        ("before", month - timedelta(days=1)),
        ("later", now + timedelta(hours=1)),
    ):
        make_phone_call(
            house.organization, published_at=at, ended_at=at, nonce=name, external_id=name
        )
    body = house.said(f"{ALL}?count=4999&fields=nonce")[1]
    told = {entry["nonce"] for entry in body["entry"]}
    assert "now" in told
    assert not {"before", "later"} & told
    body = house.said(f"{ALL}?endDate=2999-01-01T00:00:00Z&fields=nonce")[1]
    assert {"now", "before", "later"} <= {entry["nonce"] for entry in body["entry"]}


def test_disposition_and_flow(house: House) -> None:
    for disposition, found in (
        (0, [INNER, ANSWERED]),
        (1, [BUSY]),
        (2, []),
        (3, [MISSED]),
        (4, [UNTOLD]),
        (5, []),
    ):
        assert house.ids(asked(disposition=disposition)) == found
    for flow, found in ((2, [INNER]), (4, [BUSY]), (8, [UNTOLD, MISSED, ANSWERED])):
        assert house.ids(asked(flow=flow)) == found
    for name, values in (("disposition", ("", "6", "-1", "x", "00")), ("flow", ("", "3", "16"))):
        for value in values:
            assert house.code(asked(**{name: value})) == (400, f"cdr_{name}_invalid")


@pytest.mark.parametrize("who", FORMS)
def test_all_seven_operators_in_both_forms(house: House, who: str) -> None:
    at = "2026-11-20T13:23:11Z"
    for by, operator, value, found in (
        ("source", "contains", "0142", [UNTOLD, ANSWERED]),
        ("source", "contains", "555-01", [UNTOLD, BUSY, MISSED, ANSWERED]),
        ("source", "startsWith", "+1305", [UNTOLD, BUSY, MISSED, ANSWERED]),
        ("source", "startsWith", "305", []),
        ("source", "equals", "+13055550142", [UNTOLD, ANSWERED]),
        ("source", "present", "", NEWEST),
        ("source", "greaterThan", "+13055550143", [INNER, BUSY]),
        ("source", "lessThan", "+13055550143", [UNTOLD, ANSWERED]),
        ("source", "inArray", "0003*211,+13055550144", [INNER, BUSY]),
        ("destination", "equals", "0003*220", [UNTOLD, BUSY]),
        ("destination", "contains", "3*21", [INNER, MISSED, ANSWERED]),
        ("published", "equals", at, [BUSY]),
        ("published", "greaterThan", at, [UNTOLD, INNER]),
        ("published", "lessThan", at, [MISSED, ANSWERED]),
        ("published", "contains", "13:23", [BUSY]),
        ("published", "startsWith", "2026-11-20T13:2", [BUSY]),
        ("published", "inArray", f"{at},2026-11-20T08:33:11", [INNER, BUSY]),
        ("answered", "present", "", [INNER, ANSWERED]),
        ("answered", "equals", "2026-11-20T13:03:19Z", [ANSWERED]),
        ("answered", "contains", "x", []),
    ):
        said = {"filterBy": by, "filterOp": operator, "filterValue": value}
        assert house.ids(asked(**said), who) == found, (by, operator, value)


def test_values_that_do_not_fit_and_the_order_of_refusals(house: House) -> None:
    for by, values in (
        ("source", ("", "x", "1,2", "\x00")),
        ("destination", ("", "%")),
        ("published", ("", "x", "2026")),
        ("answered", ("", "yesterday")),
    ):
        code = f"cdr_invalid_filter_by_{by}"
        for value in values:
            said = {"filterBy": by, "filterOp": "equals", "filterValue": value}
            status, body = house.said(asked(**said))
            assert (status, body["error"]) == (400, {"code": code, "message": MESSAGES[code]})
        assert house.code(asked(filterBy=by, filterOp="inArray", filterValue=",")) == (400, code)
    assert house.code(asked(filterBy="id", filterValue="x")) == (400, "filterby_invalid")
    assert house.code(asked(filterValue="x")) == (400, "filterby_invalid")
    wrong = {
        "fields": "fields_invalid",
        "count": "count_invalid",
        "filterBy": "filterby_invalid",
        "filterOp": "filterop_invalid",
        "sortOrder": "sortorder_invalid",
        "startIndex": "startindex_invalid",
        "source": "cdr_source_invalid",
        "destination": "cdr_destination_invalid",
        **CODES,
        "disposition": "cdr_disposition_invalid",
        "flow": "cdr_flow_invalid",
        "filterValue": "cdr_invalid_filter_by_source",
    }
    good = {"filterBy": "source", "filterOp": "equals", "filterValue": "1"}
    names = list(wrong)
    for first, name in enumerate(names):
        said = good | dict.fromkeys(names[first:], "")
        assert house.code(f"{ALL}?{urlencode(said)}") == (400, wrong[name])
