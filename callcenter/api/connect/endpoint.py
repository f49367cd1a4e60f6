"""From a request to an answer: the checks in their order, one funnel for whatever goes wrong.

Path, method, header, credential, rate and right are judged here; row, stored answer, body, query
and write by the operation (wire/connect.md 3).
"""

import re
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from structlog.contextvars import get_contextvars

from callcenter.accounts.throttle import client_address, count_try, of_key_address
from callcenter.api import request_log
from callcenter.api.routing import trimmed
from callcenter.properties.credentials import Caller, find_caller

from .call import SAFE, Call
from .refusals import (
    BAD_CREDENTIAL,
    BAD_METHOD,
    INVALID_HEADER,
    MISSING_HEADER,
    NO_RIGHT,
    NOT_FOUND,
    RefusalError,
    refusal_of,
    shown,
    too_many,
)
from .urls import ROUTES

PREFIX = "/api"
LARGEST_ID = 2**31
BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)
KEY = re.compile(r"[!-~]{1,255}")
ETAGS = re.compile(r'\s*(?:\*|(?:(?:W/)?"[!#-~]*"\s*(?:,\s*|$))+)\s*')


def answer(request: HttpRequest) -> HttpResponseBase:
    """The answer to a request below the prefix; it never raises."""
    call = Call(request, trimmed(request.path_info[len(PREFIX) :]))
    response: HttpResponseBase
    try:
        response = _judged(call)
    except Exception as error:  # the one funnel: no error may show as anything else
        response = shown(refusal_of(error, is_write=request.method not in SAFE))
    _dress(request, response)
    if call.caller is not None:
        _remember(call, response.status_code)
    return _without_body(response) if request.method == "HEAD" else response


def _judged(call: Call) -> HttpResponseBase:
    found = ROUTES.find(call.path)
    if found is None:
        raise RefusalError(NOT_FOUND)
    route, texts = found
    ids = [_id(text) for text in texts]
    operation = route.operation(call.request.method or "")
    if operation is None:
        raise RefusalError(BAD_METHOD, Allow=route.allowed)
    call.request.get_host()  # DisallowedHost is answered in the dialect, too
    secret = _secret(call.request)
    call.caller = _caller(call.request, secret)
    if call.caller.requests > settings.API_REQUESTS_PER_MINUTE:
        raise too_many(call.caller.window_left)
    if not call.principal.may(operation.permission):
        raise RefusalError(NO_RIGHT)
    return operation.handler(call, *ids)


def _id(text: str) -> int:
    """An id in the path; 106 when it is none."""
    if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or not 0 < int(text) < LARGEST_ID:
        raise RefusalError(NOT_FOUND)
    return int(text)


def _secret(request: HttpRequest) -> str:
    """The secret, when all headers that count here are well formed; else 100 or 118."""
    said = request.headers.get("Authorization")
    if said is None:
        raise RefusalError(MISSING_HEADER, "Authorization")
    bearer = BEARER.fullmatch(said.strip())
    if bearer is None:
        raise RefusalError(INVALID_HEADER, "Authorization")
    if request.method not in SAFE:
        key, seen = request.headers.get("Idempotency-Key"), request.headers.get("If-Match")
        if key is not None and not KEY.fullmatch(key):
            raise RefusalError(INVALID_HEADER, "Idempotency-Key")
        if seen is not None and not ETAGS.fullmatch(seen):
            raise RefusalError(INVALID_HEADER, "If-Match")
    return bearer[1]


def _caller(request: HttpRequest, secret: str) -> Caller:
    """Whose secret it is, else 1001. Unknown ones are counted by network address."""
    request_id = str(get_contextvars().get("request_id", ""))
    caller = find_caller(secret, request_id=request_id)
    if caller is None:
        subject = of_key_address(client_address(request))
        count_try({subject: settings.API_KEY_TRIES_PER_ADDRESS})
        raise RefusalError(BAD_CREDENTIAL, WWW_Authenticate="Bearer")
    return caller


def _dress(request: HttpRequest, response: HttpResponseBase) -> None:
    """The headers of every answer; text/json for who asks for it."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
    said = response.headers.get("Content-Type", "")
    accept = request.headers.get("Accept", "").lower()
    accepted = [part.partition(";")[0].strip() for part in accept.split(",")]
    if "text/json" in accepted and "application/json" not in accepted:
        response.headers["Content-Type"] = said.replace("application/json", "text/json")
    if isinstance(response, HttpResponse):
        response.headers["Content-Length"] = str(len(response.content))
        if not response.content:
            del response.headers["Content-Type"]


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """The same headers for HEAD; a stream is not even begun."""
    if not isinstance(response, HttpResponse):
        response.close()
        bare = HttpResponse(status=response.status_code, headers=dict(response.headers))
        bare.headers.pop("Content-Length", None)
        return bare
    response.content = b""
    return response


def _remember(call: Call, status: int) -> None:
    credential_id = call.principal.credential_id
    assert credential_id is not None  # noqa: S101 (found by its secret)
    request_log.remember(
        request_log.Line(
            credential_id=credential_id,
            at=timezone.now(),
            method=str(call.request.method)[:10],
            path=call.request.path[: request_log.PATH_LENGTH],
            status=status,
            milliseconds=round(1000 * (time.perf_counter() - call.started)),
        )
    )
