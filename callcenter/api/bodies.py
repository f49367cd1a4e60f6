"""Bodies of API requests: limits first, then their form (B-18, B-20)."""

import re
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest

from callcenter.core.strict_json import NotJsonError, read_json

MOST_FIELDS = 1_000
_BLANKS = b" \t\r\n"


class BodyError(ValueError):
    """The body cannot be read."""


class TooLargeError(BodyError):
    """The body is above the limit."""


class WrongTypeError(BodyError):
    """The body is of a type, charset or encoding that is not taken here."""


class EmptyBodyError(BodyError):
    """There is no body."""


def read_body(request: HttpRequest) -> bytes | None:
    """The bytes of the body; None when they are more than API_MAX_BYTES.

    A body without a length is read where the server knows its end (many clients send chunks).
    """
    limit: int = settings.API_MAX_BYTES
    length = request.META.get("CONTENT_LENGTH")
    if not length and request.META.get("wsgi.input_terminated"):
        return _read_chunks(request.META["wsgi.input"], limit)
    length = length or "0"
    if not re.fullmatch(r"[0-9]+", length, re.ASCII) or int(length[:18]) > limit:
        return None
    data = request.read(limit + 1)
    return data if len(data) <= limit else None


def _read_chunks(stream: BinaryIO, limit: int) -> bytes | None:
    """A body that came in chunks, whose length nobody knows before its end."""
    data = b""
    while len(data) <= limit and (chunk := stream.read(limit + 1 - len(data))):
        data += chunk
    return data if len(data) <= limit else None


def members_of(
    request: HttpRequest, body: bytes | None, *, lists: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The members of a JSON object or of a form, their names in lower case.

    A form's values are texts; those named in `lists` are lists of texts, as `x=1&x=2`, `x[]=1` or
    `x[0]=1`. TooLargeError, WrongTypeError, EmptyBodyError; BodyError when the body is no such
    thing, holds what no database keeps, or has a member twice.
    """
    if body is None:
        raise TooLargeError
    kind = _media_type(request)
    if not body.strip(_BLANKS):
        raise EmptyBodyError
    pairs = _of_form(body, lists) if kind.endswith("urlencoded") else _of_json(body)
    members = {name.lower(): value for name, value in pairs}
    if len(members) < len(pairs):
        raise BodyError("a member stands twice")
    return members


def _media_type(request: HttpRequest) -> str:
    """The type of the body; without one it is JSON. WrongTypeError when it is not taken."""
    said = request.META.get("CONTENT_TYPE") or "application/json"
    kind, *parameters = (part.strip() for part in said.lower().split(";"))
    if kind not in ("application/json", "text/json", "application/x-www-form-urlencoded"):
        raise WrongTypeError
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            raise WrongTypeError
    if request.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise WrongTypeError
    return kind


def _of_json(body: bytes) -> list[tuple[str, Any]]:
    try:
        value = read_json(body, max_depth=settings.API_MAX_DEPTH)
    except NotJsonError as error:
        raise BodyError(str(error)) from None
    if not isinstance(value, dict):
        raise BodyError("not an object")
    return list(value.items())


def _of_form(body: bytes, lists: frozenset[str]) -> list[tuple[str, Any]]:
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:  # UnicodeDecodeError is one
        raise BodyError("not a form") from None
    if any("\x00" in part for pair in pairs for part in pair):
        raise BodyError("a character cannot be kept")
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        stem, bracket, _ = name.lower().partition("[")
        if stem in lists or not bracket:  # parts of members that nobody reads are left out
            found.setdefault(stem if stem in lists else name.lower(), []).append(value)
    # what comes twice is a list of texts, which is no value for a member that is one text
    return [
        (name, values if name in lists or len(values) > 1 else values[0])
        for name, values in found.items()
    ]
