"""From a request to an answer: the checks in their order, one funnel for whatever goes wrong.

Path, method, header, credential, rate and right are judged here; row, stored answer, body, query
and write by the operation (wire/connect.md 3).
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from callcenter.api.answering import answered, caller_of
from callcenter.api.call import SAFE, Call
from callcenter.api.routing import trimmed
from callcenter.properties.credentials import Caller

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

    def said(error: Exception) -> HttpResponse:
        return shown(refusal_of(error, is_write=request.method not in SAFE))

    return answered(call, _judged, said, _dress)


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
    """Whose secret it is, else 1001."""
    caller = caller_of(request, secret)
    if caller is None:
        raise RefusalError(BAD_CREDENTIAL, WWW_Authenticate="Bearer")
    return caller


def _dress(request: HttpRequest, response: HttpResponseBase) -> None:
    """text/json for who asks for it."""
    said = response.headers.get("Content-Type", "")
    accept = request.headers.get("Accept", "").lower()
    accepted = [part.partition(";")[0].strip() for part in accept.split(",")]
    if "text/json" in accepted and "application/json" not in accepted:
        response.headers["Content-Type"] = said.replace("application/json", "text/json")
