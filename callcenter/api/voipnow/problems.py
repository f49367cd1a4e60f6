"""The refusals as documents tell of them (wire/voipnow.md 2, 5, 7 and 8)."""

from callcenter.api.describing import Problem

from .params import MESSAGES

_GENERAL = (
    Problem(1, "access_token_invalid", 401, "The access token is missing, invalid or expired."),
    Problem(2, "access_denied", 403, "You are not allowed to see these phone calls."),
    Problem(3, "not_found", 404, "The requested URL was not found."),
    Problem(4, "method_not_allowed", 405, "This method is not allowed here."),
    Problem(5, "too_many_requests", 429, "Too many requests."),
    Problem(6, "internal_error", 500, "An internal error occurred."),
    Problem(7, "service_unavailable", 503, "The service is not available. Try again."),
)
_PARAMETERS = tuple(
    Problem(100 + place, code, 400, message)
    for place, (code, message) in enumerate(MESSAGES.items())
)
_TOKENS = (
    Problem(20, "invalid_request", 400, "A member of the form is missing or cannot be."),
    Problem(21, "unsupported_grant_type", 400, "The grant_type must be client_credentials."),
    Problem(22, "invalid_client", 401, "Unknown client or wrong secret."),
    Problem(23, "invalid_request", 405, "Only POST is allowed."),
    Problem(24, "invalid_request", 413, "The request is too large."),
    Problem(25, "invalid_request", 415, "The body is no form."),
    Problem(26, "temporarily_unavailable", 429, "Too many requests."),
    Problem(27, "server_error", 500, "An internal error occurred."),
    Problem(28, "temporarily_unavailable", 503, "The service is not available. Try again."),
)
PROBLEMS = (*_TOKENS, *_GENERAL, *_PARAMETERS)
OF_TOKENS = tuple(problem.code for problem in _TOKENS)
OF_LISTS = tuple(problem.code for problem in _GENERAL)
OF_LIVE = tuple(p.code for p in _PARAMETERS if not p.name.startswith("cdr_"))
OF_HISTORY = tuple(p.code for p in _PARAMETERS if p.name != "filtervalue_invalid")
