"""What the dialect answers instead of a result: statuses and sentences (wire/oneuptime.md 6)."""

import math
from http import HTTPStatus

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from msgspec import json

from callcenter.accounts.idempotency import ReusedKeyError
from callcenter.accounts.throttle import TooManyTriesError
from callcenter.api.bodies import TooLargeError
from callcenter.api.query import QueryError
from callcenter.api.replies import JSON
from callcenter.core.errors import RuleError
from callcenter.core.limits import is_unavailable

logger = structlog.get_logger(__name__)
RETRY_SECONDS = 5
TOO_LARGE = "Request body is too large."
TOO_OFTEN = "Too many requests."
AWAY = "Service unavailable."
UNFORESEEN = "Server Error"
REUSED = "Idempotency-Key was already used with another request."
BAD_KEY = "Invalid Idempotency-Key"
BAD_SECRET = "Invalid API Key"  # noqa: S105 (a sentence)
BEARER = "AccessToken is invalid or expired. Please refresh your token."
NOT_JSON = "Invalid JSON in request body"
NO_TARGET = "Either a User or an On-Call Schedule must be specified for the escalation rule"
TWO_TARGETS = "Only one of User or On-Call Schedule can be specified, not both"
DEEP = "You cannot query deep relations. Querying deep relations is not supported."
GROUP = "GroupBy is currently not supported"
NEGATIVE = "positiveNumber cannot be less than 0"
TOO_MANY_ROWS = "Limit should be less than 10000"
SORT_FORM = 'Invalid sort clause. It should be an object of the form { "column": "ASC" }.'
CREATE_FORM = (
    "Invalid request body. The create payload should be an object of the form"
    ' { "data": { ...fields... } }.'
)
UPDATE_FORM = (
    "Invalid request body. The update payload should be an object of the form"
    ' { "data": { ...fields to update... } }.'
)
NOTHING = (
    'No fields to update. Please include at least one field to update in the "data" object of'
    " the request body."
)
IN_TYPE = "{name} is not in valid format"


class RefusalError(RuleError):
    """A refusal with its sentence; `member` is where the body holds it."""

    def __init__(
        self,
        text: str,
        status: int = HTTPStatus.BAD_REQUEST,
        *,
        member: str = "error",
        **headers: str,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        self.member = member
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def invalid(name: str, value: object = None) -> RefusalError:
    """A value that its column cannot be; a text of the value, if there is one, is repeated."""
    text = IN_TYPE.format(name=name)
    return RefusalError(text if value is None else f"{text}: {_said(value)}")


def _said(value: object) -> str:
    text = value if isinstance(value, str) else json.encode(value).decode()
    return text[:200]


def not_found(path: str) -> RefusalError:
    """No such address."""
    return RefusalError(f"Page not found - {path}", HTTPStatus.NOT_FOUND, member="message")


def too_often(seconds: float) -> RefusalError:
    """429, to be tried again after so long."""
    return RefusalError(
        TOO_OFTEN, HTTPStatus.TOO_MANY_REQUESTS, Retry_After=str(max(1, math.ceil(seconds)))
    )


def refusal_of(error: Exception) -> RefusalError:
    """The refusal that an error of any kind is; 500, and a line in the log, for what is none."""
    if isinstance(error, RefusalError):
        return error
    for kind, (text, status) in CAUSES.items():
        if isinstance(error, kind):
            return RefusalError(text, status)
    if isinstance(error, TooManyTriesError):
        return too_often(settings.LOGIN_WINDOW.total_seconds())
    if is_unavailable(error):
        away = HTTPStatus.SERVICE_UNAVAILABLE
        return RefusalError(AWAY, away, Retry_After=str(RETRY_SECONDS))
    if isinstance(error, RuleError):
        return RefusalError(str(error))
    logger.error("api_failed", exc_info=error)
    return RefusalError(UNFORESEEN, HTTPStatus.INTERNAL_SERVER_ERROR)


CAUSES: dict[type[Exception], tuple[str, int]] = {
    ReusedKeyError: (REUSED, HTTPStatus.CONFLICT),
    TooLargeError: (TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    DisallowedHost: ("Invalid Host", HTTPStatus.BAD_REQUEST),
    QueryError: ("Invalid query string", HTTPStatus.BAD_REQUEST),
}


def shown(error: Exception) -> HttpResponse:
    """The answer that says it."""
    refusal = refusal_of(error)
    return HttpResponse(
        json.encode({refusal.member: refusal.text}),
        content_type=JSON,
        status=refusal.status,
        headers=refusal.headers,
    )
