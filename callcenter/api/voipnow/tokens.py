"""Where other systems get tokens (wire/voipnow.md 2); errors as OAuth has them (RFC 6749 5.2).

The checks in their order: path, method, size and type, grant_type, type, client, rate.
"""

import base64
import binascii
import re
import uuid
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from msgspec import json

from callcenter.accounts.tokens import issue_token
from callcenter.api.answering import answered, caller_of, count_unknown
from callcenter.api.call import Call
from callcenter.api.replies import JSON

from .forms import fields_of, sent_form
from .refusals import RefusalError, bad_method, not_found, refusal_of, too_many
from .wire import Token, TokenError

PREFIX = "/oauth"
ADDRESS = re.compile(r"/oauth/token(?:\.php)?/?")
GRANT = "client_credentials"
TYPE = "unifiedapi"
# what OAuth calls the refusals that are not its own
WORDS = {
    HTTPStatus.TOO_MANY_REQUESTS: "temporarily_unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE: "temporarily_unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
}


class GrantError(RefusalError):
    """A refusal of OAuth's own, whose code is its word."""


def is_ours(path: str) -> bool:
    """Whether a path, in lower case, is one of tokens."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def answer(request: HttpRequest) -> HttpResponseBase:
    """The answer to a request below the prefix; it never raises."""
    return answered(Call(request, request.path_info), _judged, _shown, _dress)


def _judged(call: Call) -> HttpResponseBase:
    request = call.request
    if not ADDRESS.fullmatch(call.path.lower()):
        raise not_found()
    if request.method != "POST":
        raise bad_method("POST")
    request.get_host()  # DisallowedHost is answered in the dialect, too
    form = fields_of(sent_form(call))
    _check_wish(form)
    token = _token(call, *_client(request, form))
    return HttpResponse(json.encode(token), content_type=JSON)


def _check_wish(form: dict[str, str]) -> None:
    """That what is asked for is what there is."""
    grant = form.get("grant_type", "")
    if not grant:
        raise _invalid("The grant_type is missing.")
    if grant != GRANT:
        said = f"The grant_type must be {GRANT}."
        raise GrantError(HTTPStatus.BAD_REQUEST, "unsupported_grant_type", said)
    if form.get("type", TYPE) != TYPE:
        raise _invalid(f"The type must be {TYPE}.")


def _client(request: HttpRequest, form: dict[str, str]) -> tuple[str, str]:
    """Id and secret of the client, as the form or HTTP Basic has them; "" for what is missing."""
    if "client_id" in form or "client_secret" in form:
        return form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        text = base64.b64decode(said.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    client_id, _, secret = text.partition(":")
    return client_id, secret


def _token(call: Call, client_id: str, secret: str) -> Token:
    """A new token. Unknown and wrong clients look alike, and are counted by network address."""
    client, known = _as_uuid(client_id), _as_uuid(secret)
    if client is None or known is None:
        raise _unknown(call.request)
    caller = caller_of(call.request, str(known))
    if caller is None:
        raise _unknown(call.request)
    if caller.requests > settings.API_REQUESTS_PER_MINUTE:
        raise too_many(caller.window_left.total_seconds())
    credential_id = caller.principal.credential_id
    assert credential_id is not None  # noqa: S101 (found by its secret)
    issued = issue_token(credential_id=credential_id, client_id=client)
    if issued is None:
        count_unknown(call.request)
        raise _unknown(call.request)
    call.caller = caller
    return Token(issued.token, "Bearer", issued.seconds)


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _invalid(said: str) -> GrantError:
    return GrantError(HTTPStatus.BAD_REQUEST, "invalid_request", said)


def _unknown(request: HttpRequest) -> GrantError:
    """401; to who tried HTTP Basic also its challenge (RFC 6749 5.2)."""
    is_basic = request.headers.get("Authorization", "").lower().startswith("basic")
    challenge = {"WWW_Authenticate": 'Basic realm="callcenter"'} if is_basic else {}
    said = "Unknown client or wrong secret."
    return GrantError(HTTPStatus.UNAUTHORIZED, "invalid_client", said, **challenge)


def _shown(error: Exception) -> HttpResponse:
    refusal = refusal_of(error)
    word = refusal.code
    if not isinstance(refusal, GrantError):
        word = WORDS.get(HTTPStatus(refusal.status), "invalid_request")
    return HttpResponse(
        json.encode(TokenError(word, refusal.message)),
        content_type=JSON,
        status=refusal.status,
        headers=refusal.headers,
    )


def _dress(_request: HttpRequest, response: HttpResponseBase) -> None:
    response.headers["Cache-Control"] = "no-store"
