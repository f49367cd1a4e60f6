"""From a request to an answer: the checks in the order of wire/voipnow.md 8.

Path, method, token and rate are judged here; user, extension and parameters by the operation.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from structlog.contextvars import get_contextvars

from callcenter.api.answering import answered, count_unknown
from callcenter.api.call import Call
from callcenter.properties.credentials import find_caller_by_token

from . import params, reads
from .refusals import RefusalError, bad_method, not_found, shown, too_many

PREFIXES = ("/uapi", "/unifiedapi")
METHODS = ("GET", "HEAD")
TOKEN = re.compile(r"bearer +([A-Za-z0-9_.-]{43,200}) *", re.IGNORECASE | re.ASCII)
# each list with how many parts of the path may follow its name
LISTS: dict[str, tuple[Callable[..., HttpResponse], int]] = {
    "phoneCalls": (reads.list_phone_calls, 3),
    "cdr": (reads.list_history, 1),
}


def is_ours(path: str) -> bool:
    """Whether a path, in lower case, belongs to the dialect."""
    return path in PREFIXES or path.startswith(tuple(f"{prefix}/" for prefix in PREFIXES))


def answer(request: HttpRequest) -> HttpResponseBase:
    """The answer to a request below one of the prefixes; it never raises."""
    return answered(Call(request, request.path_info), _judged, shown, _dress)


def _judged(call: Call) -> HttpResponseBase:
    request = call.request
    _, prefix, *parts = call.path.removesuffix("/").split("/")
    name = parts.pop(0) if parts else ""
    if f"/{prefix}" not in PREFIXES or name not in LISTS or len(parts) > LISTS[name][1]:
        raise not_found()
    if request.method not in METHODS:
        raise bad_method(", ".join(METHODS))
    request.get_host()  # DisallowedHost is answered in the dialect, too
    _know(call)
    return LISTS[name][0](call, *parts)


def _know(call: Call) -> None:
    """Who asks. 401 without a good token, 429 for who asks too often."""
    found = TOKEN.fullmatch(_said(call.request))
    if found is None:
        raise _bad_token()
    request_id = str(get_contextvars().get("request_id", ""))
    call.caller = find_caller_by_token(found[1], request_id=request_id)
    if call.caller is None:
        count_unknown(call.request)
        raise _bad_token()
    if call.caller.requests > settings.API_REQUESTS_PER_MINUTE:
        raise too_many(call.caller.window_left.total_seconds())


def _said(request: HttpRequest) -> str:
    """The token with its scheme; from the query only where a setting allows that."""
    said = request.headers.get("Authorization", "")
    if said or not settings.VOIPNOW_TOKEN_IN_QUERY:
        return str(said)
    query = params.parameters_of(str(request.META.get("QUERY_STRING", "")))
    return query.get("accessRequestToken", "")


def _bad_token() -> RefusalError:
    said = "The access token is missing, invalid or expired."
    return RefusalError(
        HTTPStatus.UNAUTHORIZED, "access_token_invalid", said, WWW_Authenticate="Bearer"
    )


def _dress(_request: HttpRequest, _response: HttpResponseBase) -> None:
    """Nothing of its own."""
