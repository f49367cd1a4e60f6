"""Every operator of wire/oneuptime.md 9 against plain Python, on random rows."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.api.oneuptime.query import Narrowing, check_columns, compare, read_query
from callcenter.api.oneuptime.ring_tables import ITEMS as TABLE
from callcenter.api.oneuptime.values import moment
from callcenter.escalations.models import Escalation, EscalationItem
from tests.factories import make_escalation, make_organization, make_ring

from . import house as ids
from .house import House

TEXTS = st.text("aAbB%_\\' \u00e9\u00c9\u4e16", max_size=5) | st.sampled_from(["%", "_", "\\", ""])
NUMBERS = st.integers(-3, 3) | st.sampled_from([2**31 - 1, -(2**31)])
EDGES = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 0, 0, 1000, tzinfo=UTC),
]
DATES = st.sampled_from(EDGES) | st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 (as hypothesis wants it)
    datetime(2026, 1, 2),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, fold=0))
KINDS = {  # column: path, values
    "statusMessage": ("status_message", TEXTS),
    "dialDurationInSeconds": ("dial_seconds", NUMBERS),
    "startedAt": ("started_at", DATES),
    "isAnswered": ("is_answered", st.booleans()),
}


def said(value: Any) -> Any:
    """A value in the documented form."""
    return moment(value) if isinstance(value, datetime) else value


def text_of(value: Any) -> str:
    """What PostgreSQL writes."""
    if isinstance(value, datetime):
        rest = f".{value.microsecond:06d}".rstrip("0").rstrip(".")
        return f"{value:%Y}".rjust(4, "0") + f"{value:-%m-%d %H:%M:%S}{rest}+00"
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_like(value: Any, sought: Any, *, before: bool, after: bool) -> bool:
    """Whether a text has the pattern, in any case."""
    signs = {"%": ".*", "_": "."}
    pattern = "".join(signs.get(sign, re.escape(sign)) for sign in text_of(sought))
    pattern = (".*" if before else "") + pattern + (".*" if after else "")
    return bool(re.fullmatch(pattern.lower(), text_of(value).lower(), re.DOTALL))


type Oracle = Callable[[Any, Any], bool]
ORACLES: dict[str, Oracle] = {
    "EqualTo": lambda row, v: row is not None and row == v,
    "NotEqual": lambda row, v: row is not None and row != v,
    "EqualToOrNull": lambda row, v: row is None or row == v,
    "GreaterThan": lambda row, v: row is not None and row > v,
    "GreaterThanOrEqual": lambda row, v: row is not None and row >= v,
    "LessThan": lambda row, v: row is not None and row < v,
    "LessThanOrEqual": lambda row, v: row is not None and row <= v,
    "GreaterThanOrNull": lambda row, v: row is None or row > v,
    "LessThanOrNull": lambda row, v: row is None or row < v,
    "IsNull": lambda row, v: row is None,
    "NotNull": lambda row, v: row is not None,
    "Search": lambda row, v: row is not None and is_like(row, v, before=True, after=True),
    "StartsWith": lambda row, v: row is not None and is_like(row, v, before=False, after=True),
    "EndsWith": lambda row, v: row is not None and is_like(row, v, before=True, after=False),
    "NotContains": lambda row, v: row is None or not is_like(row, v, before=True, after=True),
    "": lambda row, v: row is not None and row == v,
    "Nonsense": lambda row, v: False,
}
PATTERNS = ("Search", "StartsWith", "EndsWith", "NotContains")
MANY: dict[str, Callable[[Any, list[Any]], bool]] = {
    "Includes": lambda row, v: row is not None and row in v,
    "IncludesAll": lambda row, v: row is not None and row in v,
    "IncludesNone": lambda row, v: not v or (row is not None and row not in v),
    "": lambda row, v: row is not None and row in v,
}
often = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def chain(db: None) -> Escalation:
    return make_escalation(make_organization())


def matching(chain: Escalation, name: str, asked: Any) -> list[Any]:
    """The values of the rows that a query finds."""
    path = KINDS[name][0]
    query = {name: asked}
    check_columns(query, TABLE)
    found = read_query(query, TABLE)
    rows = EscalationItem.objects.filter(escalation=chain).alias(**found.aliases)
    return sorted(map(repr, rows.filter(found.condition).values_list(path, flat=True)))


def check(chain: Escalation, name: str, rows: list[Any], cases: list[tuple[Any, Any]]) -> None:
    """Each question with the rows that must be found."""
    path = KINDS[name][0]
    with transaction.atomic():
        for row in rows:
            make_ring(chain, **{path: row})
        for asked, expected in cases:
            assert matching(chain, name, asked) == sorted(map(repr, expected)), asked
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@often
def test_operators_find_what_python_finds(name: str, chain: Escalation, data: Any) -> None:
    values = KINDS[name][1]
    nullable = values if name == "isAnswered" else st.none() | values
    rows = data.draw(st.lists(nullable, max_size=5), "rows")
    value = data.draw(st.sampled_from([r for r in rows if r is not None] or [None]) | values)
    if value is None:
        value = data.draw(values, "value")
    many = data.draw(st.lists(values, max_size=3), "members")
    low, high = data.draw(values, "start"), data.draw(values, "end")
    cases: list[tuple[Any, Any]] = [(None, [row for row in rows if row is None])]
    for kind, oracle in ORACLES.items():
        word = (
            text_of(value) if kind in ("Search", "StartsWith", "EndsWith", "NotContains") else value
        )
        asked = {"_type": kind, "value": said(word)} if kind else said(word)
        cases.append((asked, [row for row in rows if oracle(row, word)]))
    for kind, of_many in MANY.items():
        listed: Any = [said(one) for one in many]
        asked = {"_type": kind, "value": listed} if kind else listed
        cases.append((asked, [row for row in rows if of_many(row, many)]))
    between = {"_type": "InBetween", "startValue": said(low), "endValue": said(high)}
    cases.append((between, [r for r in rows if r is not None and low <= r <= high]))
    cases.append(({"_type": "InBetween", "value": [said(low), said(high)]}, []))
    check(chain, name, rows, cases)


@given(rows=st.lists(st.tuples(TEXTS.filter(bool), st.none() | TEXTS), max_size=4), word=TEXTS)
@often
def test_multi_search(rows: list[tuple[str, str | None]], word: str, chain: Escalation) -> None:
    fields = ["status", "statusMessage"]
    query = {"any": {"_type": "MultiSearch", "value": word, "fields": fields}}
    with transaction.atomic():
        made = [make_ring(chain, status=one, status_message=two) for one, two in rows]
        found = read_query(query, TABLE)
        ids = set(EscalationItem.objects.filter(found.condition).values_list("pk", flat=True))
        expected = {
            ring.pk
            for ring, row in zip(made, rows, strict=True)
            if not word
            or any(v is not None and is_like(v, word, before=True, after=True) for v in row)
        }
        assert ids == expected
        transaction.set_rollback(True)


RELATED = [
    ({"user": None}, {"LOST"}),
    ({"user": {"_type": "NotNull"}}, {"RANG", "TOOK", "AWAY"}),
    ({"user": {"name": "Joe Tran"}}, {"RANG", "AWAY"}),
    ({"user": {"name": {"_type": "Search", "value": "jO"}}}, {"RANG", "AWAY"}),
    ({"user": {"name": {"_type": "NotEqual", "value": "Joe Tran"}}}, {"TOOK"}),
    ({"user": {"email": {"_type": "IsNull"}}}, {"LOST"}),
    ({"user": {"name": {"_type": "Name", "value": "Ana Ruiz"}}}, {"TOOK"}),
    ({"incomingCallLog": {"status": "Completed"}}, {"RANG", "TOOK"}),
    ({"incomingCallLog": {"status": "Completed"}, "isAnswered": "no"}, {"RANG"}),
    ({"project": {"name": "Canary"}}, {"RANG", "TOOK", "AWAY", "LOST"}),
    ({"_id": {"_type": "EndsWith", "value": "52"}}, {"TOOK"}),
    ({"userPhoneNumber": " +15550122222 "}, {"RANG", "TOOK", "AWAY"}),
    ({"deletedAt": None}, {"RANG", "TOOK", "AWAY", "LOST"}),
    ({"deletedAt": {"_type": "NotNull"}}, set()),
    ({"version": "1"}, {"RANG", "TOOK", "AWAY", "LOST"}),
    ({"statusMessage": {"_type": "Search", "value": "100% of"}}, {"AWAY"}),
    ({"statusMessage": {"$ne": "x"}}, set()),
    ({"createdAt": {"_type": "GreaterThan", "value": "2026-03-01T10:01:30Z"}}, {"AWAY", "LOST"}),
    (
        {"createdAt": {"_type": "LessThan", "value": {"_type": "DateTime", "value": "2026-03-01"}}},
        set(),
    ),
]  # fmt: skip


def test_filters_through_relations_and_typed_values(house: House) -> None:

    joe = str(ids.JOE)
    more = [({"user": said}, {"RANG", "AWAY"}) for said in (
        joe, joe.upper(), {"_id": joe}, {"_type": "ObjectID", "value": joe},
        {"_id": {"_type": "Includes", "value": [{"_type": "ObjectID", "value": joe}]}},
    )]  # fmt: skip
    for query, names in [*RELATED, *more]:
        assert house.ids(query) == {str(getattr(ids, name)) for name in names}, query


INJECTIONS = ("' OR 1=1 --", "\\'; DROP TABLE x; --", "%' OR '%'='", "status__isnull", "$where",
    "organization__credentials__secret_hmac", "__proto__", "constructor", "pg_sleep(9)",
    "escalation__organization__name", "x' UNION SELECT NULL--", "\u2019 OR 1=1")  # fmt: skip


def test_nothing_of_a_request_becomes_sql(house: House, django_assert_max_num_queries: Any) -> None:
    for text in INJECTIONS:
        for part in ("query", "select", "sort"):
            assert house.list({part: {text: "x"}})[0] == 400
        relation = {"user": {text: "x"}}
        assert house.list({"query": relation})[0] == 400
        for kind in (*ORACLES, *MANY):
            value: Any = [text] if kind in MANY and kind else text
            asked = {"_type": kind, "value": value} if kind else value
            status, found = house.list({"query": {"status": asked}})
            assert status == 200
            if kind in ("", "EqualTo", "Includes", "Search", "StartsWith", "EndsWith"):
                assert found["count"] == 0
        with django_assert_max_num_queries(6):
            assert house.list({"sort": {"status": text}})[1]["count"] == 4


def test_values_travel_as_parameters(chain: Escalation) -> None:
    found = Narrowing()
    condition = compare(TABLE.plain["status"], {"_type": "Search", "value": "x' OR 1=1"}, found)
    with connection.cursor():
        sql, values = EscalationItem.objects.filter(condition).query.sql_with_params()
    assert "1=1" not in sql
    assert "%x' OR 1=1%" in values
