"""Bodies of requests: JSON, or forms with brackets; whatever else is no body (wire 1)."""

import re
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from callcenter.api.bodies import MOST_FIELDS, TooLargeError
from callcenter.api.call import Call
from callcenter.core.strict_json import NotJsonError, read_json

from .refusals import NOT_JSON, RefusalError

KEYS = re.compile(r"\[([^\]]*)\]")


def read_members(call: Call) -> dict[str, Any]:
    """The members of the body, {} without one. An array counts as an empty object.

    TooLargeError; RefusalError for what is no JSON, or no object.
    """
    body = call.body
    if body is None:
        raise TooLargeError
    headers = call.request.headers
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        return {}
    if kind == "application/json":
        return _of_json(body)
    return _of_form(body) if kind == "application/x-www-form-urlencoded" else {}


def _of_json(body: bytes) -> dict[str, Any]:
    if not body.strip(b" \t\r\n"):
        return {}
    try:
        value = read_json(body, max_depth=settings.API_MAX_DEPTH, keeps_nul=True)
    except NotJsonError:
        raise RefusalError(NOT_JSON) from None
    if not isinstance(value, dict | list):
        raise RefusalError(NOT_JSON)
    return value if isinstance(value, dict) else {}


def _of_form(body: bytes) -> dict[str, Any]:
    """`select[status]=true` is `{"select": {"status": "true"}}`; `a[]=1` and `a[0]=1` are lists."""
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:  # UnicodeDecodeError is one
        raise RefusalError(NOT_JSON) from None
    root: dict[str, Any] = {}
    for name, value in pairs:
        stem, bracket, rest = name.partition("[")
        keys = [stem, *KEYS.findall(bracket + rest)]
        if len(keys) > settings.API_MAX_DEPTH:
            raise RefusalError(NOT_JSON)
        _put(root, keys, value)
    return {name: _with_lists(value) for name, value in root.items()}


def _put(root: dict[str, Any], keys: list[str], value: str) -> None:
    """Hang a value below its keys; an empty key is the next number."""
    at = root
    for key in keys[:-1]:
        at = at.setdefault(key or str(len(at)), {})
        if not isinstance(at, dict):  # x=1&x[y]=2
            raise RefusalError(NOT_JSON)
    last = keys[-1] or str(len(at))
    if isinstance(at.get(last), dict):
        raise RefusalError(NOT_JSON)
    at[last] = value


def _with_lists(value: Any) -> Any:
    """The value with every object whose keys are 0, 1, 2 as a list."""
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(one) for key, one in value.items()}
    if list(inner) == [str(n) for n in range(len(inner))]:
        return list(inner.values())
    return inner
