"""Queries as the libraries of clients spell them (wire/connect.md 5 and 10)."""

import json
from typing import Any

import pytest

from callcenter.calls.models import CallLog
from tests.factories import make_call_log

from .house import RANG, House, code_of

UNIT = "/api/units/340/calllogs"


@pytest.fixture
def house(house: House) -> House:
    """With one call more at the unit, in the status 5."""
    done = {"status_id": 5, "closed_at": RANG}
    make_call_log(house.organization, id=4716, property_id=12, unit_id=340, contacted_at=RANG)
    CallLog.objects.filter(pk=4716).update(status_kind="closed", **done)
    return house


def ids(answer: Any) -> list[int]:
    """The calls of a list, in its order."""
    assert answer.status_code == 200, answer.content
    return [log["LogId"] for log in json.loads(answer.content)["Elements"]]


SPELLINGS = [
    "status[0]=3&status[1]=5",  # curl -g
    "status%5B0%5D=3&status%5B1%5D=5",  # requests, qs, http_build_query
    "status%5b0%5d=3&status%5b7%5d=5",
    "status=3&status=5",  # requests with a list
    "status[]=3&status[]=5",  # axios, jQuery
    "status%5B%5D=3&status%5B%5D=5",
    "status[9]=5&status[0]=3",
    "status[1]=5&status=3",
    "status[]=3&status[4]=5&status=5",
    "STATUS[0]=3&Status[1]=5",
    "status[0]=3&status[0]=5",
    "status[0]=3&status[1]=5&status[2]=999999&status[3]=99999999999999999999",
    "status[0]=3&status[1]=5&status[2]=&status[3]=-1&status[4]=0",
    "%73tatus[0]=3&st%61tus[1]=%35&sort=createdon",
    "status[00000000000000000000007]=3&status[1]=5",
    "&&status[0]=3&&status[1]=5&x=y&=&z",
]


def test_every_spelling_of_an_array_is_the_same_set(house: House) -> None:
    for query in SPELLINGS:
        assert ids(house.get(f"{UNIT}?{query}")) == [4716, 4711], query
        assert ids(house.get(f"{UNIT}/?{query}")) == [4716, 4711], query
    reasons = {query: ids(house.get(f"/api/calllogs?{query}")) for query in
               ("reason[0]=9&reason[1]=2", "reason=9", "reason[]=2&reason=77")}  # fmt: skip
    assert set(map(tuple, reasons.values())) == {(4711,)}
    some = json.loads(house.get("/api/properties?ids[]=12&ids[7]=13&ids=90").content)
    assert [home["PropertyId"] for home in some["Elements"]] == [12, 13]


def test_no_value_is_no_filter_and_unknown_ids_match_nothing(house: House) -> None:
    everything = ids(house.get(UNIT))
    assert everything == [4712, 4716, 4711]
    for query in ("status=", "status[0]=", "status[]=&status=", "page=&sort=&pageSize=", "x=1"):
        assert ids(house.get(f"{UNIT}?{query}")) == everything, query
    for value in ("999999", "0", "-3", "93", "9" * 30, "%2B99"):
        assert ids(house.get(f"{UNIT}?status[0]={value}")) == [], value


UNUSABLE: list[tuple[str, str | None]] = [
    *((f"status[0]={value}", "status") for value in ("abc", "1e3", "3.0", "3,5", "+3", "٣", "0x3")),
    *((f"status[{index}]=3", "status") for index in ("x", "-1", "1]", "0][1", " 0", "٣", "0.5")),
    *(("status[=3", "status"), ("status[0=3", "status"), ("status[x]=", "status")),
    *(("status[0]=3&status[1]=%00", "status"), ("status=3&status[a]=5", "status")),
    *((f"page={value}", "page") for value in ("-1", "1.5", "x", "1e1", "%2B1", " 1", "٣", "%00")),
    *((f"pageSize={value}", "pageSize") for value in ("-1", "5001", "9" * 40, "20.0")),
    *((f"sort={value}", "sort") for value in ("-createdon", "subject", "createdon up", "asc")),
    *((f"sort={value}", "sort") for value in ("createdon,asc", "createdon asc desc", "%00")),
    *(("after=x", "after"), ("after=&page=1", "after"), ("after=%00", "after")),
    *(("page=1&page=x", "page"), ("PAGE=-1", "page"), ("&".join(["x=1"] * 6_001), None)),
]


def test_what_cannot_be_used_is_told_by_name(house: House) -> None:
    for query, field in UNUSABLE:
        answer = house.get(f"{UNIT}?{query}")
        said = json.loads(answer.content)
        told = (answer.status_code, said["Code"], said.get("Field"))
        assert told == (400, 1003, field), query[:80]


def test_sort_is_read_in_any_case_with_any_blanks(house: House) -> None:
    down, up = [4712, 4716, 4711], [4711, 4716, 4712]
    for said in ("", "createdon", "CreatedOn DESC", "  createdon%20%20desc%20", "createdon+desc"):
        assert ids(house.get(f"{UNIT}?sort={said}")) == down, said
    for said in ("createdon asc", "CREATEDON+ASC", "%09createdon%09asc"):
        assert ids(house.get(f"{UNIT}?sort={said}")) == up, said
    assert ids(house.get(f"{UNIT}?sort=x&sort=createdon%20asc")) == up  # the last one counts


def test_pages(house: House) -> None:
    everything = ids(house.get(UNIT))
    for query in (
        "page=0&pageSize=20",
        "page=1&pageSize=0",
        "page=7",
        "pageSize=1",
        "pageSize=5000",
    ):
        assert ids(house.get(f"{UNIT}?{query}")) == everything, query
    for size in (1, 2, 3, 5_000):
        walked = []
        for page in range(1, 6):
            answer = house.get(f"{UNIT}?page={page}&pageSize={size}")
            walked += ids(answer)
            assert json.loads(answer.content)["Total"] == 3
        assert walked == everything
    for far in ("99999999999999999999", "4611686018427387904", "4"):
        answer = house.get(f"{UNIT}?page={far}&pageSize=5000")
        assert json.loads(answer.content) == {"Total": 3, "Elements": []}


def test_filters_of_all_calls(house: House) -> None:
    CallLog.objects.filter(pk=4713).update(
        phone_raw="(212) 555-0101", phone_e164="+12125550101", phone_digits_reversed="1010555212"
    )
    for query, wanted in (
        ("createdfrom=2026-11-21", [4712]),
        ("createdto=2026-11-20&status=3", [4711]),
        ("createdfrom=2026-11-20&createdto=2026-11-20&status=5", [4716]),
        ("createdfrom=2026-11-21T14:03:11Z", [4712]),
        ("createdfrom=2026-11-21T14:03:11.000001Z", []),
        ("createdfrom=2026-11-21T09:03:11.0000000-05:00", [4712]),
        ("createdfrom=2026-11-21T15:03:11+01:00", [4712]),  # a plus that nobody encoded
        ("createdfrom=2026-11-21 09:03:11", [4712]),
        ("phone=2125550101", [4713]),
        ("phone=%2B1 212-555-0101", [4713]),
        ("phone=5550101", []),
        ("q=sink", [4711]),
        ("q=PLUMBER", [4711]),
        ("q=Subject changed", []),
        ("q=%25", []),
        ("q=_____", []),
        ("q=Ana&reason=2", [4711]),
        ("q=Canary", []),
    ):
        assert ids(house.get(f"/api/calllogs?{query}")) == wanted, query


def test_filters_that_cannot_be_used(house: House) -> None:
    days = ("yesterday", "2026-13-01", "2026-11-31", "2026-11-20T25:00:00", "20261120", "%00")
    times = ("2026-11-20T09:00:00+99:00", "0000-01-01", "2026-11-20T09:00:00 ", "2026-11-20T09")
    for name in ("createdfrom", "createdto"):
        for value in (*days, *times[:2], times[3]):
            answer = house.get(f"/api/calllogs?{name}={value}")
            assert code_of(answer) == 1003, value
            assert json.loads(answer.content)["Field"] == name
    for value in (
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ):
        assert house.get(f"/api/calllogs?createdfrom={value}").status_code in (200, 400), value
    for value in ("x", "---", "+", "%00", "٣"):
        answer = house.get(f"/api/calllogs?phone={value}")
        assert answer.status_code in (200, 400), value
    for query in ("", "email=&mobile=", "mobile=x", "email=%00", "PropertyStatus=maybe"):
        path = "/api/properties" if "Property" in query else "/api/units/carecenterunits"
        assert code_of(house.get(f"{path}?{query}")) == 1003, query


def test_both_forms_of_an_address_without_a_redirect(house: House) -> None:
    for path in (UNIT, "/api/calllogs", "/api/calllogs/4711", "/api/Properties", "/API/UNITS/340"):
        assert house.get(path).content == house.get(f"{path}/").content
        assert house.get(f"{path}/").status_code == 200
    for path in (
        "/api",
        "/api/",
        "/API",
        "/api/units",
        "/api/units/340/calllogs/1",
        "/api/units/340/calllogs//",
        "/api//units/340/calllogs",
        "/api/units//340",
        "/api/units/ 340",
    ):
        assert code_of(house.get(path)) == 106, path
    for pk in (
        "0",
        "-1",
        "1.0",
        "2147483648",
        "99999999999999999999",
        "x",
        "+340",
        "%EF%BC%93%EF%BC%94",
        "340%00",
    ):
        assert code_of(house.get(f"/api/units/{pk}/calllogs")) == 106, pk


def test_head_is_get_without_the_body_and_options_is_no_method(house: House) -> None:
    for path in (UNIT, "/api/calllogs/4711", "/api/units/350", "/api/units/990", "/api/nothing"):
        for who in ("owner", "reader"):
            got, head = house.get(path, who), house.ask(who, "HEAD", path)
            assert (head.status_code, head.content) == (got.status_code, b"")
            for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
                assert head.headers.get(name) == got.headers.get(name), (path, name)
        assert code_of(house.ask("owner", "OPTIONS", path)) == (106 if "nothing" in path else 1002)


def test_accept_decides_on_the_name_of_the_type_alone(house: House) -> None:
    for accept, kind in (
        ("text/json", "text/json"),
        ("TEXT/JSON; q=0.9", "text/json"),
        ("text/html, text/json", "text/json"),
        ("application/json, text/json", "application/json"),
        ("application/xml", "application/json"),
        ("text/html", "application/json"),
        ("", "application/json"),
    ):
        for path in ("/api/calllogs/4711", "/api/nothing"):
            answer = house.get(path, accept=accept)
            assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
            assert answer.content == house.get(path).content
