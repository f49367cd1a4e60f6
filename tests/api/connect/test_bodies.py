"""Bodies that nobody should send: each has its code, none is an error of ours (B-18, B-20)."""

import io
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from pytest_django import Settings

from callcenter.api.bodies import read_body
from callcenter.calls.models import CallLog

from .house import House, code_of, state_of

FORM = "application/x-www-form-urlencoded"
NOT_READ: list[str | bytes] = [
    '{"NewComments": "x", "NewComments": "y"}',
    '{"NewComments": "x", "newcomments": "y"}',
    '{"NewComments": "x", "Other": 1, "OTHER": 2}',
    '{"NewComments": "x", "OldComments": [{"a": 1, "a": 2}]}',
    '{"NewComments": "x", "LogId": NaN}',
    '{"NewComments": "x", "a": Infinity}',
    '{"NewComments": "x", "a": -1e999}',
    '{"NewComments": "x", "ModuleStatusId": ' + "9" * 5_000 + "}",
    '{"NewComments": "\\ud800"}',
    '{"NewComments": "x", "a": ["\\udfff"]}',
    '{"NewComments": "x", "\\ud83d": 1}',
    '{"NewComments": "\\u0000"}',
    '{"NewComments": "a\x00b"}',
    '{"NewComments": "x", "a": ' + "[" * 40 + "]" * 40 + "}",
    "[" * 100_000,
    '{"a":' * 50_000,
    '"' + '\\"' * 400_000,
    b'{"NewComments": "\xff"}',
    b'{"NewComments": "\xed\xa0\x80"}',
    "\ufeff" + '{"NewComments": "x"}',
    '{"NewComments": "x"}'.encode("utf-16"),
    '{"NewComments": "x"} {"NewComments": "x"}',
    "{'NewComments': 'x'}",
    "NewComments=x",
    "<NewComments>x</NewComments>",
    "true",
    "NaN",
    "\x00",
]


def test_b18_json_that_cannot_be_read_alike_is_114(house: House) -> None:
    before, calls = state_of(), CallLog.objects.count()
    for body in NOT_READ:
        for answer in (house.put(body), house.post(body)):
            assert (answer.status_code, code_of(answer)) == (400, 114), body[:80]
            assert answer.headers["Content-Type"].startswith("application/json")
    assert (state_of(), CallLog.objects.count()) == (before, calls)


def test_b18_forms_that_cannot_be_read_alike_are_114(house: House) -> None:
    before = state_of()
    for body in (
        "NewComments=x&NewComments=y",
        "NewComments=x&newComments=y",
        "NewComments=%00",
        "NewComments=x&a%00=b",
        "NewComments=%FF",
        "NewComments=%ED%A0%80",
        b"NewComments=\xff",
        "&".join(f"a{n}=b" for n in range(1_001)),
        "ModuleStatusId=3.0&NewComments=x",
        "ModuleStatusId=%2B3&NewComments=x",
    ):
        assert code_of(house.put(body, content_type=FORM)) == 114, body[:80]
    for body in ("", "   ", "&&", "=", "a=b", "LogId=4711", '{"NewComments": "x"}'):
        assert code_of(house.put(body, content_type=FORM)) == 109, body
    assert state_of() == before


def test_b20_each_wrong_type_in_each_member_is_told(house: House) -> None:
    before, calls = state_of(), CallLog.objects.count()
    texts: tuple[Any, ...] = ([1], {}, 5, True, 1.5)
    numbers: tuple[Any, ...] = ([1], {}, "x", True, 1.5, "1e3")
    lists: tuple[Any, ...] = (5, "1", {}, ["x"], [1.5], [[2]], [None], [True], [2, 92], [10**30])
    wrong: dict[str, Any] = dict.fromkeys(("CallFrom", "Subject", "Notes", "NewComments"), texts)
    wrong["CreatedOn"] = (*texts, "x", "2026-02-30", "1989-12-31", "2999-01-01T00:00:00Z")
    wrong |= dict.fromkeys(("PropertyId", "UnitId", "ResidentId", "ModuleStatusId"), numbers)
    wrong["LogReasons"] = lists
    for name, values in wrong.items():
        for value in values:
            answer = house.post({"CallFrom": "x", name: value})
            assert code_of(answer) == 114, (name, value)
            assert json.loads(answer.content)["Field"] == name
    for name, limit in (("CallFrom", 300), ("Subject", 300), ("Notes", 50_000)):
        assert code_of(house.post({"CallFrom": "x", name: "x" * (limit + 1)})) == 114
    assert (state_of(), CallLog.objects.count()) == (before, calls)


def test_what_is_unusual_but_right_is_taken(house: House) -> None:
    for body in (
        '{"NewComments": "\\ud83d\\ude00"}',
        ' \n{"NewComments":"\\u00e9 \\t"} \r\n',
        '{"NewComments": "x", "a": 1e300, "b": -0.0, "c": [[[[]]]]}',
        '{"NewComments": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}',
        '{"NewComments": "' + "x" * 50_000 + '"}',
    ):
        assert house.put(body).status_code == 200, body[:60]
    form = f"NewComments={quote('é ü 😀')}+x%0D%0Ay&Other=1&Other[0]=2&Other[0]=3"
    assert house.put(form, content_type=f"{FORM}; charset=UTF-8").status_code == 200
    told = json.loads(house.get("/api/calllogs/4711").content)["OldComments"]
    assert told[2]["Comment"] == "😀"
    assert told[-1]["Comment"] == "é ü 😀 x\r\ny"


def test_types_charsets_and_encodings_that_are_not_taken(house: House) -> None:
    before = state_of()
    body = {"NewComments": "x"}
    for kind in (
        *("text/plain", "text/html", "application/xml", "multipart/form-data", "json", "*/*"),
        *("application/jsonp", "application/vnd.api+json", "application/json, text/json"),
        *("application/json; charset=utf-16", "text/json;charset=ISO-8859-1", f"{FORM};charset=x"),
    ):
        assert code_of(house.put(body, content_type=kind)) == 1004, kind
    for encoding in ("gzip", "br", "identity, gzip"):
        assert code_of(house.put(body, content_encoding=encoding)) == 1004, encoding
    assert state_of() == before
    for kind in ('application/json; charset="utf-8"', "TEXT/JSON ; Charset=UTF-8", "text/json;"):
        assert house.put({"Notes": None}, content_type=kind).status_code == 200, kind
    assert house.put({"Notes": None}, content_encoding="identity").status_code == 200


def test_a_body_above_the_limit_is_1006(house: House, settings: Settings) -> None:
    settings.API_MAX_BYTES = 1_000
    body = json.dumps({"Notes": "x" * 2_000})
    before = state_of()
    for kind in ("application/json", FORM, "text/plain"):
        answer = house.put(body, content_type=kind)
        assert (answer.status_code, code_of(answer)) == (413, 1006)
    assert state_of() == before
    exact = json.dumps({"Notes": "x"}).ljust(1_000)
    assert house.put(exact).status_code == 200
    assert code_of(house.put(exact + " ")) == 1006


def sized(body: bytes, length: str | None, *, ends: bool = False) -> WSGIRequest:
    """A request whose header says `length`; `ends` as the server does who knows the end."""
    request: Any = RequestFactory().generic("PUT", "/api/calllogs/1", body)
    environ = request.environ | {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": ends}
    environ.pop("CONTENT_LENGTH", None)
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    return WSGIRequest(environ)


@pytest.mark.parametrize("length", [None, "", "0", "5", "1001", "-1", "x", "1e3", "9" * 30, "10 "])
def test_no_word_about_the_length_reads_more_than_the_limit(
    length: str | None, settings: Settings
) -> None:
    settings.API_MAX_BYTES = 1_000
    for ends in (True, False):
        read = read_body(sized(b"x" * 5_000, length, ends=ends))
        assert read is None or len(read) <= 1_000


def test_a_body_in_chunks_is_read_to_its_end(settings: Settings) -> None:
    settings.API_MAX_BYTES = 1_000
    for length in (None, ""):
        for body in (b"", b"x", b"x" * 1_000):
            assert read_body(sized(body, length, ends=True)) == body
        assert read_body(sized(b"x" * 1_001, length, ends=True)) is None
        assert read_body(sized(b"x", length)) == b""  # the end is not known


def test_a_form_may_repeat_what_nobody_reads_and_not_what_is_read(house: House) -> None:
    log = "/api/calllogs/4711"
    form = "application/x-www-form-urlencoded"
    said = house.ask("owner", "PUT", log, "x=1&x=2&X=3&NewComments=Rung", content_type=form)
    assert (said.status_code, said.content) == (200, b"")
    twice = house.ask("owner", "PUT", log, "Notes=a&notes=b", content_type=form)
    assert code_of(twice) == 114
