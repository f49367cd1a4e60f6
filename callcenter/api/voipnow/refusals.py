"""What the dialect answers instead of a result (wire/voipnow.md 8)."""

import math
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from msgspec import json

from callcenter.accounts.throttle import TooManyTriesError
from callcenter.api.bodies import TooLargeError, WrongTypeError
from callcenter.api.replies import JSON
from callcenter.core.errors import RuleError
from callcenter.core.limits import is_unavailable
from callcenter.telephony.taking import CallIdError

logger = structlog.get_logger(__name__)
RETRY_SECONDS = 5


class RefusalError(RuleError):
    """A refusal: its status, the code that clients go by, a sentence, and headers."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def not_found() -> RefusalError:
    """No such address, or a secret that is nobody's: the two look the same."""
    return RefusalError(HTTPStatus.NOT_FOUND, "not_found", "The requested URL was not found.")


def bad_method(allowed: str) -> RefusalError:
    """The address exists, but not with this method."""
    said = "This method is not allowed here."
    return RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", said, Allow=allowed)


def too_many(seconds: float) -> RefusalError:
    """429, to be tried again after so long."""
    return RefusalError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_requests",
        "Too many requests.",
        Retry_After=str(max(1, math.ceil(seconds))),
    )


def _unavailable() -> RefusalError:
    return RefusalError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "service_unavailable",
        "The service is not available. Try again.",
        Retry_After=str(RETRY_SECONDS),
    )


def refusal_of(error: Exception) -> RefusalError:
    """The refusal that an error of any kind is; 500, and a line in the log, for what is none."""
    if isinstance(error, RefusalError):
        return error
    for kind, refusal in CAUSES.items():
        if isinstance(error, kind):
            return refusal()
    if isinstance(error, TooManyTriesError):
        return too_many(settings.LOGIN_WINDOW.total_seconds())
    if is_unavailable(error):
        return _unavailable()
    logger.error("api_failed", exc_info=error)
    said = "An internal error occurred."
    return RefusalError(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", said)


CAUSES: dict[type[Exception], Callable[[], RefusalError]] = {
    CallIdError: lambda: RefusalError(
        HTTPStatus.BAD_REQUEST,
        "callid_invalid",
        "Value supplied in CallID parameter is missing or invalid.",
    ),
    TooLargeError: lambda: RefusalError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request_too_large", "The request is too large."
    ),
    WrongTypeError: lambda: RefusalError(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "Send the parameters as a form, application/x-www-form-urlencoded.",
    ),
    DisallowedHost: lambda: RefusalError(
        HTTPStatus.BAD_REQUEST, "host_invalid", "This host is not served here."
    ),
}


def shown(error: Exception) -> HttpResponse:
    """The answer that says it."""
    refusal = refusal_of(error)
    return HttpResponse(
        json.encode({"error": {"code": refusal.code, "message": refusal.message}}),
        content_type=JSON,
        status=refusal.status,
        headers=refusal.headers,
    )
