"""Parameters of live calls: what is taken, what it means, what is refused (wire/voipnow.md 5)."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest

from callcenter.api.voipnow.params import FIELDS, MESSAGES

from .house import FAR, LIVE, LOCAL, OTHER, RINGS, TALKS, House

EVERY = [LOCAL, OTHER, FAR, TALKS, RINGS]
ALL = f"{LIVE}/@organization"
FORMS = ("owner", "deployed")


def asked(**parameters: Any) -> str:
    return f"{ALL}?{urlencode(parameters)}"


@pytest.mark.parametrize("who", FORMS)
def test_what_is_refused_and_in_which_order(house: House, who: str) -> None:
    wrong = {
        "fields": (*("", "x", "ID", "id,,nonce", "id,", "id;nonce"),),
        "count": ("", "0", "5000", "abc", "-1", "1.0", "+1", " 1", "1e3", "٣", "9" * 30),
        "filterBy": ("", "answered", "extension", "ID", "id,published"),
        "filterOp": ("", "like", "Contains", "greaterthan"),
        "filterValue": ("", "\x00"),
        "sortOrder": ("", "asc", "Ascending", "ascending,descending"),
        "startIndex": ("", "-1", "5000", "abc", "99999"),
    }
    good = {"fields": "id", "count": "5", "filterBy": "id", "filterOp": "contains"}
    good |= {"filterValue": "a", "sortOrder": "ascending", "startIndex": "1"}
    for name, values in wrong.items():
        code = f"{name.lower()}_invalid"
        for value in values:
            status, body = house.said(asked(**(good | {name: value})), who)
            assert (status, body) == (400, {"error": {"code": code, "message": MESSAGES[code]}})
    names = list(wrong)
    for first, name in enumerate(names):
        worst = good | {later: wrong[later][0] for later in names[first:]}
        assert house.code(asked(**worst), who) == (400, f"{name.lower()}_invalid")


def test_a_filter_needs_its_name_and_its_value(house: House) -> None:
    for query in ("filterOp=contains", "filterValue=x", "filterOp=present&filterValue="):
        assert house.code(f"{ALL}?{query}") == (400, "filterby_invalid")
    assert house.code(f"{ALL}?filterBy=id") == (400, "filtervalue_invalid")
    assert house.code(f"{ALL}?filterBy=id&filterOp=equals") == (400, "filtervalue_invalid")
    for by in ("id", "published"):
        assert house.ids(f"{ALL}?filterBy={by}&filterOp=present") == EVERY
        assert house.ids(f"{ALL}?filterBy={by}&filterOp=present&filterValue=") == EVERY


def test_names_are_case_sensitive_and_the_last_value_counts(house: House) -> None:
    assert house.ids(f"{ALL}?Count=0&COUNT=x&fields[]=x") == EVERY
    assert house.ids(f"{ALL}?count=x&count=2") == EVERY[:2]
    assert house.code(f"{ALL}?count=2&count=x") == (400, "count_invalid")
    assert house.ids(f"{ALL}?count=0002&startIndex=00") == EVERY[:2]


def test_fields_are_sent_in_the_order_of_the_document(house: House) -> None:
    usual = house.said(f"{ALL}/@self/{TALKS}")[1]["entry"][0]
    assert list(usual) == list(FIELDS)
    for said in ("nonce,id", "nonce%2Cid", "%20nonce%20%2C+id", "id,nonce,id"):
        entry = house.said(f"{ALL}/@self/{TALKS}?fields={said}")[1]["entry"][0]
        assert list(entry.items()) == [("id", TALKS), ("nonce", "n-1")]
    for name in FIELDS:
        for entry in house.said(f"{ALL}?fields={name}")[1]["entry"]:
            assert set(entry) <= {name}


@pytest.mark.parametrize("count", [1, 2, 20, 4999])
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_pages_follow_each_other_and_end(house: House, count: int, order: str) -> None:
    url: str | None = f"{ALL}?format=x&count={count}&sortOrder={order}&fields=id%2Cnonce"
    seen: list[str] = []
    starts = []
    while url:
        status, body = house.said(url)
        assert (status, body["totalResults"], body["itemsPerPage"]) == (200, 5, count)
        seen += [entry["id"] for entry in body["entry"]]
        starts.append(body["startIndex"])
        url = body["paging"].get("next", "").removeprefix("http://testserver")
        if url:
            kept = f"?format=x&count={count}&sortOrder={order}&fields=id%2Cnonce&startIndex="
            assert url == f"{ALL}{kept}{starts[-1] + count}"
    assert seen == (EVERY if order == "descending" else EVERY[::-1])
    assert starts == list(range(0, 5, count))


def test_prev_leads_back_and_nothing_starts_at_5000(house: House) -> None:
    def paging(query: str) -> Any:
        return house.said(f"{ALL}?{query}", "deployed")[1]["paging"]

    start = f"http://testserver{ALL}?count=2&startIndex="
    assert paging("count=2&startIndex=3") == {"prev": f"{start}1"}
    assert paging("startIndex=1&count=2") == {"prev": f"{start}0", "next": f"{start}3"}
    assert paging("count=2&startIndex=4999") == {"prev": f"{start}3"}
    assert paging("filterBy=id&filterValue=zz&startIndex=9") == {}


def test_past_the_end_is_nothing_in_the_form_of_the_credential(house: House) -> None:
    assert house.said(f"{ALL}?startIndex=5") == (204, None)
    status, body = house.said(f"{ALL}?startIndex=5", "deployed")
    assert (status, body["entry"], body["totalResults"]) == (200, [], 5)
    assert list(body) == [
        *("entry", "startIndex", "totalResults", "itemsPerPage", "filtered", "sorted", "paging")
    ]


def test_operators_on_ids(house: House) -> None:
    for operator, value, found in (
        ("contains", "C60002", [TALKS]),
        ("contains", "%", []),
        ("contains", "_", []),
        ("contains", "\\", []),
        ("startsWith", "9F3C", EVERY),
        ("startsWith", "0002", []),
        ("equals", TALKS, [TALKS]),
        ("equals", TALKS.upper(), []),
    ):
        for who in FORMS:
            query = urlencode({"filterBy": "id", "filterOp": operator, "filterValue": value})
            assert house.ids(f"{ALL}?{query}", who) == found, (operator, value)
    assert house.ids(f"{ALL}?filterBy=id&filterValue=0002") == [TALKS]


def test_operators_on_the_time_as_it_is_told(house: House) -> None:
    for operator, value, found in (
        ("contains", "14:05", [TALKS]),
        ("contains", "t14:05:11z", [TALKS]),
        ("contains", ".532", []),
        ("startsWith", "2026-11-20", EVERY),
        ("startsWith", "14", []),
        ("equals", "2026-11-20T14:05:11Z", [TALKS]),  # it is stored with a part of a second
        ("equals", "2026-11-20T09:05:11", [TALKS]),  # the organisation's zone
        ("equals", "2026-11-20T15:05:11+01:00", [TALKS]),
        ("equals", "2026-11-20T15:05:11 01:00", [TALKS]),
        ("equals", "2026-11-20T14:05:11.000Z", [TALKS]),
        ("equals", "2026-11-20T14:05:11.532Z", []),
    ):
        for who in FORMS:
            query = urlencode({"filterBy": "published", "filterOp": operator, "filterValue": value})
            assert house.ids(f"{ALL}?{query}", who) == found, (operator, value)


def test_three_operators_are_those_of_servers_in_use(house: House) -> None:
    at = "2026-11-20T14:05:11Z"
    for by, operator, value, found in (
        ("published", "greaterThan", at, [LOCAL, OTHER, FAR]),
        ("published", "greaterThan", "2026-11-20T14:05:10.9Z", [LOCAL, OTHER, FAR, TALKS]),
        ("published", "lessThan", at, [RINGS]),
        ("published", "lessThan", "2026-11-20T14:05:11.1Z", [TALKS, RINGS]),
        ("published", "inArray", f"{at},2026-11-20T09:04:11", [TALKS, RINGS]),
        ("id", "greaterThan", OTHER, [LOCAL]),
        ("id", "lessThan", TALKS, [RINGS]),
        ("id", "inArray", f"{TALKS},x,{FAR}", [FAR, TALKS]),
        ("published", "lessThan", "9999-12-31T23:59:59-14:00", EVERY),
        ("published", "greaterThan", "0001-01-01T00:00:00+14:00", EVERY),
    ):
        query = urlencode({"filterBy": by, "filterOp": operator, "filterValue": value})
        assert house.ids(f"{ALL}?{query}", "deployed") == found, (operator, value)
        assert house.code(f"{ALL}?{query}") == (400, "filterop_invalid")


@pytest.mark.parametrize("operator", ["equals", "greaterThan", "lessThan", "inArray"])
@pytest.mark.parametrize(
    "value",
    [
        *("", "x", "2026-11-20", "2026-13-01T00:00:00Z", "2026-11-20T24:61:00"),
        *("2026-11-20T14:05:11+9", "2026-11-20T14:05:11+25:00", "0000-01-01T00:00:00Z"),
        "2026-11-20T14:05:11Z,",
    ],
)
def test_what_is_no_date(house: House, operator: str, value: str) -> None:
    said = f"filterBy=published&filterOp={operator}&filterValue={quote(value)}"
    assert house.code(f"{ALL}?{said}", "deployed") == (400, "filtervalue_invalid")


def test_clients_encode_the_comma_and_get_the_same(house: House) -> None:
    plain = house.said(f"{ALL}?fields=id,extension&count=20")[1]["entry"]
    assert house.said(f"{ALL}?fields=id%2Cextension&count=20")[1]["entry"] == plain
