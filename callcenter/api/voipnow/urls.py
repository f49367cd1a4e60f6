"""Every address of the dialect, as documents tell of it (wire/voipnow.md 1, 2, 5 and 7).

Requests are led by `endpoint` and `tokens`, since parts of these paths may be empty.
"""

from callcenter.api.describing import Docs
from callcenter.api.routing import Handler, Operation, Route, Routes

from . import documented, reads, tokens
from .contexts import RIGHT

AT_PHP = "Get a token, at the address that older clients know"


def _get(template: str, handler: Handler, docs: Docs) -> Route:
    return Route(template, {"GET": Operation(handler, RIGHT, docs)})


def _post(template: str, docs: Docs) -> Route:
    return Route(template, {"POST": Operation(tokens.answer, "", docs)})


LIVE = "uapi/phoneCalls"
ROUTES = Routes(
    [
        _post("oauth/token", documented.token("get_token")),
        _post("oauth/token.php", documented.token("get_token_php", AT_PHP)),
        _get(LIVE, reads.list_phone_calls, documented.live("")),
        _get(f"{LIVE}/{{userId}}", reads.list_phone_calls, documented.live("userId")),
        _get(
            f"{LIVE}/{{userId}}/{{extension}}",
            reads.list_phone_calls,
            documented.live("extension"),
        ),
        _get(
            f"{LIVE}/{{userId}}/{{extension}}/{{phoneCallId}}",
            reads.list_phone_calls,
            documented.live("phoneCallId"),
        ),
        _get("uapi/cdr", reads.list_history, documented.history("")),
        _get("uapi/cdr/{userId}", reads.list_history, documented.history("userId")),
    ]
)
