"""From a request to an answer: the checks in the order of wire/oneuptime.md 6.

Path, key, form of the `Idempotency-Key`, right and id of the path are judged here; stored answer,
body, columns, values, references and row by the operation.
"""

import re
import uuid
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from callcenter.api.answering import answered, caller_of
from callcenter.api.call import Call
from callcenter.api.routing import trimmed

from .columns import Table, Verb
from .parts import WHOLE
from .refusals import (
    BAD_KEY,
    BAD_SECRET,
    BEARER,
    RefusalError,
    not_found,
    shown,
    too_often,
)
from .tables import TABLES
from .urls import ROUTES
from .values import as_uuid

PREFIX = "/api"
KEY = re.compile(r"[!-~]{1,255}")
SLUGS = {table.slug: table for table in TABLES}
ALLOWED = "GET, POST, PUT, DELETE, OPTIONS"
ASKED = "ApiKey, Content-Type, Idempotency-Key, If-None-Match"


def is_ours(path: str) -> bool:
    """Whether a path belongs to this dialect."""
    parts = trimmed(path).split("/")
    return parts[0] == PREFIX[1:] and len(parts) > 1 and parts[1] in SLUGS


def answer(request: HttpRequest) -> HttpResponseBase:
    """The answer to a request below one of the prefixes; it never raises."""
    call = Call(request, trimmed(request.path_info[len(PREFIX) :]))
    return answered(call, _judged, shown, _dress)


def _judged(call: Call) -> HttpResponseBase:
    request = call.request
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    found = ROUTES.find(call.path, request.method)
    if found is None:
        raise not_found(request.path_info)
    route, texts = found
    operation = route.operation(request.method or "")
    assert operation is not None  # noqa: S101 (found by it)
    table, verb = SLUGS[call.path.partition("/")[0]], Verb(operation.permission)
    is_write = verb is not Verb.READ
    is_get_write = is_write and request.method in ("GET", "HEAD")
    if is_get_write and (request.method == "HEAD" or not settings.ONEUPTIME_GET_WRITES):
        raise not_found(request.path_info)
    request.get_host()  # DisallowedHost is answered in the dialect, too
    _know(call, table, verb)
    key = request.headers.get("Idempotency-Key")
    if is_write and key is not None and not KEY.fullmatch(key):
        raise RefusalError(BAD_KEY)
    _require_right(call, table, verb)
    ids = [_id(call, text) for text in texts]
    return operation.handler(call, table, *ids)


def _know(call: Call, table: Table, verb: Verb) -> None:
    """Who asks. RefusalError without a good key, and for who asks too often."""
    headers = call.request.headers
    secret = headers.get("ApiKey")
    if secret is None:
        if headers.get("Authorization", "").lower().startswith("bearer"):
            raise RefusalError(BEARER, HTTPStatus.UNAUTHORIZED, member="message")
        raise RefusalError(
            f"Authenticated user or a valid API key is needed to {verb} record of {table.title}.",
            HTTPStatus.UNAUTHORIZED,
        )
    known = as_uuid(secret)
    call.caller = None if known is None else caller_of(call.request, str(known))
    if call.caller is None:
        raise RefusalError(BAD_SECRET)
    if call.caller.requests > settings.API_REQUESTS_PER_MINUTE:
        raise too_often(call.caller.window_left.total_seconds())
    if headers.get("is-multi-tenant-query", "").strip().lower() == "true":
        raise RefusalError(f"isMultiTenantRequest not allowed on {table.title}")


def _require_right(call: Call, table: Table, verb: Verb) -> None:
    needed = table.verbs.get(verb)
    unprocessable = HTTPStatus.UNPROCESSABLE_ENTITY
    if needed is None:
        raise RefusalError(f"{verb} on {table.title} is not allowed.", unprocessable)
    if not call.principal.may(needed):
        who = table.readers if verb is Verb.READ else WHOLE
        raise RefusalError(
            f"You do not have permissions to {verb} {table.title}. You need one of these"
            f" permissions: {', '.join(who)}",
            unprocessable,
        )


def _id(call: Call, text: str) -> uuid.UUID:
    """The id in the path, in any letter case."""
    found = as_uuid(text)
    if found is None:
        said = _as_asked(call, text)
        raise RefusalError(
            f'Invalid ID format: "{said}". Expected a valid UUID (e.g.,'
            ' "550e8400-e29b-41d4-a716-446655440000").'
        )
    return found


def _as_asked(call: Call, text: str) -> str:
    """A part of the path in the letters in which it was asked."""
    parts = call.request.path_info.split("/")
    return next((part for part in parts if part.lower() == text), text)


def _dress(request: HttpRequest, response: HttpResponseBase) -> None:
    """For browsers of the origins that a setting lists; nothing by default."""
    origin = request.headers.get("Origin", "")
    if origin and origin in settings.ONEUPTIME_ORIGINS:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
        response.headers["Access-Control-Allow-Methods"] = ALLOWED
        response.headers["Access-Control-Allow-Headers"] = ASKED
