"""What the dialect answers instead of a result: codes, names, sentences (wire/connect.md 3)."""

import math
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, ProgrammingError
from django.http import HttpResponse
from msgspec import UNSET, Struct, UnsetType

from callcenter.accounts.idempotency import ReusedKeyError
from callcenter.accounts.throttle import TooManyTriesError
from callcenter.api.bodies import BodyError, EmptyBodyError, TooLargeError, WrongTypeError
from callcenter.api.query import QueryError
from callcenter.api.replies import JSON
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.limits import is_unavailable

from .wire import encode

logger = structlog.get_logger(__name__)
RETRY_SECONDS = 5

MISSING_HEADER = 100
NOT_LINKED = 105
NOT_FOUND = 106
MISSING_PARAMETER = 109
INVALID_OPERATION = 112
WRITE_FAILED = 113
INVALID_PARAMETER = 114
INVALID_HEADER = 118
UNKNOWN = 199
BAD_CREDENTIAL = 1001
BAD_METHOD = 1002
INVALID_QUERY = 1003
BAD_MEDIA_TYPE = 1004
TOO_MANY = 1005
TOO_LARGE = 1006
STALE = 1007
NO_RIGHT = 1008
UNAVAILABLE = 1009


@dataclass(frozen=True)
class Code:
    """A row of the error table."""

    name: str
    status: HTTPStatus
    message: str


IN_BODY = "Invalid request format. "
CODES: dict[int, Code] = {
    MISSING_HEADER: Code(
        "MissingRequiredHeader",
        HTTPStatus.BAD_REQUEST,
        IN_BODY + "A required HTTP header was not specified.",
    ),
    NOT_LINKED: Code(
        "ResourceNotLinkedToUser",
        HTTPStatus.FORBIDDEN,
        "User is trying to access a resource that belongs to a property not linked to the user.",
    ),
    NOT_FOUND: Code(
        "ResourceNotFound", HTTPStatus.NOT_FOUND, "The requested resource was not found."
    ),
    MISSING_PARAMETER: Code(
        "MissingRequiredJsonParameter",
        HTTPStatus.BAD_REQUEST,
        IN_BODY + "A required parameter in the request body was not specified for this request.",
    ),
    INVALID_OPERATION: Code("InvalidOperation", HTTPStatus.CONFLICT, "The operation is not valid."),
    WRITE_FAILED: Code(
        "WriteOperationFailed", HTTPStatus.CONFLICT, "The requested operation failed."
    ),
    INVALID_PARAMETER: Code(
        "InvalidJsonParameterValue",
        HTTPStatus.BAD_REQUEST,
        IN_BODY + "The value provided for one of the parameters in the request body was not in"
        " the correct format.",
    ),
    INVALID_HEADER: Code(
        "InvalidHeaderValue",
        HTTPStatus.BAD_REQUEST,
        "The value provided for one of the HTTP headers was not in the correct format.",
    ),
    UNKNOWN: Code("UnknownError", HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error."),
    BAD_CREDENTIAL: Code(
        "AuthenticationFailed",
        HTTPStatus.UNAUTHORIZED,
        "The credential is unknown, expired or revoked.",
    ),
    BAD_METHOD: Code(
        "MethodNotAllowed",
        HTTPStatus.METHOD_NOT_ALLOWED,
        "The resource does not support this method.",
    ),
    INVALID_QUERY: Code(
        "InvalidQueryParameterValue",
        HTTPStatus.BAD_REQUEST,
        "The value provided for one of the query parameters cannot be used.",
    ),
    BAD_MEDIA_TYPE: Code(
        "UnsupportedMediaType",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The request body has a content type or charset that is not supported.",
    ),
    TOO_MANY: Code(
        "TooManyRequests",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many requests. Try again after the time in Retry-After.",
    ),
    TOO_LARGE: Code(
        "RequestTooLarge",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The request body is larger than the limit.",
    ),
    STALE: Code(
        "PreconditionFailed",
        HTTPStatus.PRECONDITION_FAILED,
        "The resource was changed since the version in If-Match.",
    ),
    NO_RIGHT: Code(
        "PermissionDenied", HTTPStatus.FORBIDDEN, "The credential does not allow this request."
    ),
    UNAVAILABLE: Code(
        "ServiceUnavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The service is not available at the moment. Try again after the time in Retry-After.",
    ),
}


class Error(Struct, omit_defaults=True):
    """Body of every 4xx and 5xx."""

    Code: int
    Name: str
    Message: str
    Field: str | UnsetType = UNSET


class RefusalError(RuleError):
    """A row of the error table; `field` is the documented spelling of what is to blame."""

    def __init__(self, code: int, field: str | None = None, **headers: str) -> None:
        super().__init__(CODES[code].message, field=field)
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def too_many(left: timedelta) -> RefusalError:
    """1005, to be tried again when `left` is over."""
    return RefusalError(TOO_MANY, Retry_After=str(max(1, math.ceil(left.total_seconds()))))


def refusal_of(error: Exception, *, is_write: bool) -> RefusalError:
    """The row of the table that an error of any kind is; 199, and a line in the log, else."""
    if isinstance(error, RefusalError):
        return error
    for kind, code in CAUSES:
        if isinstance(error, kind):
            return RefusalError(code)
    if is_unavailable(error):
        return RefusalError(UNAVAILABLE, Retry_After=str(RETRY_SECONDS))
    if isinstance(error, QueryError):
        return RefusalError(INVALID_QUERY, error.parameter or None)
    if isinstance(error, TooManyTriesError):
        return too_many(settings.LOGIN_WINDOW)
    if isinstance(error, DisallowedHost):
        return RefusalError(INVALID_HEADER, "Host")
    return _unforeseen(error, is_write=is_write)


def _unforeseen(error: Exception, *, is_write: bool) -> RefusalError:
    """113 when the database refused to write, else 199; either leaves a line in the log."""
    is_ours = isinstance(error, ProgrammingError) or not isinstance(error, DatabaseError)
    if is_write and not is_ours:
        logger.warning("api_write_refused", exc_info=error)
        return RefusalError(WRITE_FAILED)
    logger.error("api_failed", exc_info=error)
    return RefusalError(UNKNOWN)


CAUSES: list[tuple[type[Exception], int]] = [
    (ReusedKeyError, INVALID_OPERATION),
    (StaleError, STALE),
    (NotFoundError, NOT_FOUND),
    (TooLargeError, TOO_LARGE),
    (WrongTypeError, BAD_MEDIA_TYPE),
    (EmptyBodyError, MISSING_PARAMETER),
    (BodyError, INVALID_PARAMETER),
]


def shown(refusal: RefusalError) -> HttpResponse:
    """The answer that says it."""
    code = CODES[refusal.code]
    body = Error(refusal.code, code.name, code.message, refusal.field or UNSET)
    return HttpResponse(
        encode(body), content_type=JSON, status=code.status, headers=refusal.headers
    )
