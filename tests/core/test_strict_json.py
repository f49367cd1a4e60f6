"""JSON from strangers: what readers take differently is refused, quickly (B-18)."""

import time
from typing import Any

import pytest

from callcenter.core.strict_json import NotJsonError, read_json

DEPTH = 32


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, -2.5, "x", true, false, null]}', {"a": [1, -2.5, "x", True, False, None]}),
        (' "blanks around" ', "blanks around"),
        ('"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        ('{"a": 1, "A": 2}', {"a": 1, "A": 2}),
        ("9" * 400, int("9" * 400)),
        ("1e308", 1e308),
        ('"[[[[{{{{"', "[[[[{{{{"),
        ('"a \\" [ b"', 'a " [ b'),
        ("[" * DEPTH + "]" * DEPTH, None),
    ],
)
def test_json_is_read(text: str, value: Any) -> None:
    read = read_json(text.encode(), max_depth=DEPTH)
    assert value is None or read == value


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "{",
            "[1,]",
            "{'a': 1}",
            '{"a" 1}',
            "1 2",
            "tru",
            '"',
            '"\\',
            '"\\x"',
            "01",
            "+1",
            ".5",
        ),
        *("NaN", "Infinity", "-Infinity", "[NaN]", "1e999", "-1e999", '{"a": 1e400}'),
        *("9" * 5_000, "-" + "9" * 5_000, "0." + "1" * 5_000, "1" + "0" * 4_400 + ".0"),
        *('{"a": 1, "a": 1}', '{"b": {"a": 1, "\\u0061": 2}}', '[{"a": 1, "a": 2}]'),
        *(
            '"\\ud800"',
            '"\\udfff x"',
            '{"\\ud800": 1}',
            '[["\\udc00\\ud800"]]',
            '{"a": {"b": "\\ud9ab"}}',
        ),
        *('"\\u0000"', '{"a\\u0000": 1}', '"a\x00b"', '"a\nb"', '"a\x1fb"', "\x00", "[1]\x00"),
        *("[" * 33 + "]" * 33, '{"a":' * 33 + "1" + "}" * 33, "[" * 100_000),
        *("\ufeff{}", "/* */ {}", "{} // end", "{a: 1}"),
    ],
)
def test_what_is_no_json_for_everybody_is_refused(text: str) -> None:
    with pytest.raises(NotJsonError):
        read_json(text.encode(), max_depth=DEPTH)


@pytest.mark.parametrize(
    "data",
    [b'"\xff"', b'"\xc3"', b'"\xed\xa0\x80"', b'"\xc0\xaf"', '"\u00e9"'.encode("latin-1")]
    + ['{"a": 1}'.encode(name) for name in ("utf-16", "utf-32", "utf-8-sig")],
)
def test_what_is_not_utf_8_is_refused(data: bytes) -> None:
    with pytest.raises(NotJsonError):
        read_json(data, max_depth=DEPTH)


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 500_000,
        '"' * 999_999,
        '"' + "\\" * 999_999,
        "[" * 1_000_000,
        '{"a":' * 200_000,
        '["' + "\\u0000" * 160_000 + '"]',
    ],
)
def test_a_million_hostile_signs_are_refused_at_once(text: str) -> None:
    started = time.process_time()
    with pytest.raises(NotJsonError):
        read_json(text.encode(), max_depth=DEPTH)
    assert time.process_time() - started < 2
