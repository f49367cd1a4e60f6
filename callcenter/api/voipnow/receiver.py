"""Where telephone systems push their events: stored, and acknowledged (wire/voipnow.md 9).

The checks in their order: path, method, secret and address, size and type, CallID. What is
acknowledged is in the database, with the intent to work it; nothing else happens here.
"""

import re

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from callcenter.accounts.throttle import client_address
from callcenter.api.answering import answered, count_unknown
from callcenter.api.call import Call
from callcenter.api.replies import JSON
from callcenter.telephony.models import EventKind, Upstream
from callcenter.telephony.taking import take_event
from callcenter.telephony.upstreams import find_upstream, may_send

from .forms import fields_of, sent_form
from .refusals import bad_method, not_found, shown

logger = structlog.get_logger(__name__)
PREFIX = "/events/voipnow"
ADDRESS = re.compile(r"/([^/]{1,200})/([a-z-]+)/?")
METHODS = "GET, POST"


def is_ours(path: str) -> bool:
    """Whether a path, in lower case, belongs to the receiver."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def answer(request: HttpRequest) -> HttpResponseBase:
    """The answer to a request below the prefix; it never raises."""
    return answered(Call(request, ""), _judged, shown, _dress)


def _judged(call: Call) -> HttpResponseBase:
    request = call.request
    found = ADDRESS.fullmatch(request.path_info[len(PREFIX) :])
    if found is None or found[2] not in EventKind.values:
        raise not_found()
    if request.method not in ("GET", "POST"):
        raise bad_method(METHODS)
    request.get_host()  # DisallowedHost is answered in the dialect, too
    upstream = _upstream(request, found[1])
    fields = _parameters(call)
    take_event(upstream=upstream, kind=EventKind(found[2]), fields=fields)
    return HttpResponse(b"{}", content_type=JSON)


def _upstream(request: HttpRequest, secret: str) -> Upstream:
    """Whose secret it is; from an address that is not allowed it is nobody's."""
    upstream = find_upstream(secret)
    if upstream is not None and may_send(upstream, client_address(request)):
        return upstream
    if upstream is not None:
        logger.warning("event_from_elsewhere", upstream=upstream.pk)
    count_unknown(request)
    raise not_found()


def _parameters(call: Call) -> dict[str, str]:
    """The parameters of the query (GET) or the form (POST)."""
    if call.request.method == "GET":
        return fields_of(
            str(call.request.META.get("QUERY_STRING", "")).encode("latin-1", "replace")
        )
    return fields_of(sent_form(call))


def _dress(request: HttpRequest, response: HttpResponseBase) -> None:
    """Nothing of its own."""
