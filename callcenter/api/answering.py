"""What every dialect does around an answer: one funnel, the key, the headers, the line kept."""

import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from structlog.contextvars import get_contextvars

from callcenter.accounts.throttle import client_address, count_try, of_key_address
from callcenter.properties.credentials import Caller, find_caller

from . import request_log
from .call import Call


def answered(
    call: Call,
    judged: Callable[[Call], HttpResponseBase],
    shown: Callable[[Exception], HttpResponse],
    dress: Callable[[HttpRequest, HttpResponseBase], None],
) -> HttpResponseBase:
    """What `judged` answers, or what `shown` makes of its error; it never raises.

    `dress` adds what the dialect says in the headers of each answer.
    """
    response: HttpResponseBase
    try:
        response = judged(call)
    except Exception as error:  # the one funnel: no error may show as anything else
        response = shown(error)
    dress(call.request, response)
    _dress(response)
    if call.caller is not None:
        _remember(call, response.status_code)
    return _without_body(response) if call.request.method == "HEAD" else response


def caller_of(request: HttpRequest, secret: str) -> Caller | None:
    """Whose secret it is, None for nobody's. Those are counted by network address."""
    request_id = str(get_contextvars().get("request_id", ""))
    caller = find_caller(secret, request_id=request_id)
    if caller is None:
        count_unknown(request)
    return caller


def count_unknown(request: HttpRequest) -> None:
    """Count a secret that is nobody's; TooManyTriesError when this address sent too many."""
    subject = of_key_address(client_address(request))
    count_try({subject: settings.API_KEY_TRIES_PER_ADDRESS})


def _dress(response: HttpResponseBase) -> None:
    """The headers of every answer."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
    if isinstance(response, HttpResponse):
        if response.status_code != HTTPStatus.NO_CONTENT:  # which never has one (RFC 9110 8.6)
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
