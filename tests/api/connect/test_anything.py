"""Whatever is sent: an answer of the dialect, never an error of ours (B-18, B-20)."""

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.api.connect.refusals import CODES

from .house import House, body_of

COMMON = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
MEMBERS = (
    *("LogId", "PropertyId", "UnitId", "ResidentId", "CallFrom", "ModuleStatusId", "Subject"),
    *("Notes", "LogReasons", "Takenby", "OldComments", "NewComments", "CreatedOn"),
)
KNOWN = st.sampled_from([12, 13, 90, 340, 350, 990, 77, 78, 79, 997, 1, 3, 5, 8, 9, 2, 92, 4711])
SAID = st.sampled_from(
    ["", "x", "2026-11-20", "0001-01-01T00:00:00+14:00", "9999-12-31", "%", "\\"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | KNOWN | st.integers() | st.floats() | st.text() | SAID,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)
BODIES = st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=8)
PARAMETERS = (
    *("page", "pageSize", "sort", "status", "status[0]", "status[]", "status[x", "after", "ids[1]"),
    *("reason", "createdfrom", "createdto", "phone", "q", "email", "mobile", "unitNumber"),
    *("residentName", "PropertyStatus"),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | SAID | KNOWN.map(str)
QUERIES = st.lists(st.tuples(st.sampled_from(PARAMETERS), TEXTS), max_size=6)
PATHS = st.sampled_from(
    [
        *("calllogs", "units/340/calllogs", "properties", "properties/12/units"),
        *("units/carecenterunits", "calllogreasons", "residents/77/calllogs"),
    ]
)
KEYS = st.sampled_from(["owner", "writer", "narrowed", "narrowed writer"])


def is_ours(answer: Any) -> bool:
    """Whether this is an answer of the dialect that is no error of ours."""
    if answer.status_code in (200, 201):
        return True
    said = json.loads(body_of(answer))
    code = CODES[said["Code"]]
    named = (said["Name"], said["Message"], answer.status_code)
    return named == (code.name, code.message, code.status) and answer.status_code < 500


@COMMON
@given(body=BODIES, who=KEYS, log=st.sampled_from([4711, 4712, 4713, 4714]))
def test_any_members_of_a_body(house: House, body: Any, who: str, log: int) -> None:
    assert is_ours(house.put(body, who, log))
    assert is_ours(house.post(body, who))


@COMMON
@given(body=st.binary(max_size=60) | TEXTS, kind=st.sampled_from(["json", "x-www-form-urlencoded"]))
def test_any_body(house: House, body: str | bytes, kind: str) -> None:
    sent = body.encode() if isinstance(body, str) else body
    assert is_ours(house.put(sent, content_type=f"application/{kind}"))
    assert is_ours(house.post(sent, content_type=f"application/{kind}"))


@COMMON
@given(path=PATHS, query=QUERIES, who=KEYS)
def test_any_query(house: House, path: str, query: list[tuple[str, str]], who: str) -> None:
    answer = house.get(f"/api/{path}?{urlencode(query)}", who)
    assert is_ours(answer)


HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)


@COMMON
@given(tag=HEADER | st.none(), key=HEADER | st.none(), word=HEADER | st.none(), accept=HEADER)
def test_any_header(
    house: House, tag: str | None, key: str | None, word: str | None, accept: str
) -> None:
    headers = {"if_match": tag, "idempotency_key": key, "authorization": word, "accept": accept}
    given = {name: value for name, value in headers.items() if value is not None}
    assert is_ours(house.put({"NewComments": "x"}, **given))  # type: ignore[arg-type]
