"""JSON from strangers, read strictly (B-18): what readers take differently is refused."""

import json
import math
import re
from typing import Any

LONGEST_NUMBER = 400
# possessive, and to the end of a text that never closes: one look at each sign, whoever sent it
_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNKEPT = re.compile("[\ud800-\udfff\x00]")


class NotJsonError(ValueError):
    """The text is no JSON, or JSON that not everybody reads alike."""


def read_json(data: bytes, *, max_depth: int, keeps_nul: bool = False) -> Any:
    """The value that `data` (UTF-8) spells.

    NotJsonError for anything else, and for: a member that stands twice in one object, NaN and
    infinities, a number of hundreds of digits, nesting beyond `max_depth`, NUL and lone
    surrogates, which PostgreSQL could not keep. `keeps_nul` is for who answers NUL in own words.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotJsonError("not UTF-8") from None
    if _depth(text) > max_depth:
        raise NotJsonError("too deep")
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise NotJsonError("too deep") from None
    except json.JSONDecodeError as error:
        raise NotJsonError(error.msg) from None
    if "\\u" in text or "\x00" in text:
        _refuse(_SURROGATES if keeps_nul else _UNKEPT, value)
    return value


def _depth(text: str) -> int:
    """How deep arrays and objects are nested, seen before anything is built."""
    depth = deepest = 0
    for sign in _STRINGS.sub("", text):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise NotJsonError("a member stands twice")
    return members


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise NotJsonError("a number is too long")
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if len(text) > LONGEST_NUMBER or not math.isfinite(value):
        raise NotJsonError("a number is out of range")
    return value


def _constant(text: str) -> Any:
    raise NotJsonError(f"{text} is no JSON")


def _refuse(unkept: re.Pattern[str], value: Any) -> None:
    """NotJsonError when a text somewhere in `value` cannot be kept."""
    if isinstance(value, str):
        if unkept.search(value):
            raise NotJsonError("a character cannot be kept")
    elif isinstance(value, list):
        for item in value:
            _refuse(unkept, item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse(unkept, name)
            _refuse(unkept, item)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_whole,
    parse_float=_decimal,
    parse_constant=_constant,
)
