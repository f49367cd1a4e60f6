"""What documents say of each operation (wire/voipnow.md 2, 5 and 7)."""

from typing import Any

from callcenter.api.describing import Answer, Body, Docs, Parameter, Shape
from callcenter.telephony.models import Disposition, Flow

from .history import BY as HISTORY_BY
from .history import CODES
from .params import ALL, FIELDS, MOST, ORDERS
from .problems import OF_HISTORY, OF_LISTS, OF_LIVE, OF_TOKENS
from .reads import BY as LIVE_BY
from .wire import PhoneCalls, Token, TokenError

ID = "9f3c1d7ae05b42c6d811"
VIEW = {
    "id": "00",
    "extension": "0003*210",
    "source": ["+13055550142"],
    "destination": ["0003*210"],
    "flow": 8,
    "status": 5,
    "callerId": "Ana Ruiz <+13055550142>",
    "answered": "2026-11-20T14:03:19Z",
}
CALL = {
    "id": ID,
    "extension": "0003*210",
    "ownerId": "3",
    "ownerName": "Maple Property Mgmt",
    "published": "2026-11-20T14:03:11Z",
    "answered": "2026-11-20T14:03:19Z",
    "nonce": "",
    "phoneCallView": [VIEW],
    "links": {"self": f"https://cc.example/uapi/phoneCalls/@me/@self/{ID}"},
}
PAGE = {
    "startIndex": 0,
    "totalResults": 1,
    "itemsPerPage": 20,
    "filtered": True,
    "sorted": True,
}
NONE = {"unanswered": 0, "busy": 0, "failed": 0, "unknown": 0, "unallowed": 0}
STATS = [
    {"type": 0, "total": 1, "answered": 1} | NONE,
    {"type": 1, "total": 0, "answered": 0} | NONE,
]
OVER = {name: value for name, value in CALL.items() if name != "links"}
OVER |= {"phoneCallView": [VIEW | {"disposition": 0}]}
EMPTY = "Nothing to list, for a credential that is told as documented."


def _parameters(by: tuple[str, ...]) -> tuple[Parameter, ...]:
    return (
        Parameter(
            "fields",
            {"type": "string"},
            f"Names of fields, comma-separated: {', '.join(FIELDS)}. Only these are sent.",
            example="id,extension,published",
        ),
        Parameter("count", _whole(1) | {"default": 20}, "How many at most.", example=20),
        Parameter("filterBy", _one_of(by), "By what the list is narrowed."),
        Parameter(
            "filterOp",
            _one_of(ALL) | {"default": "contains"},
            "How. Of live calls `greaterThan`, `lessThan` and `inArray` are for credentials that"
            " are told as servers in use tell.",
        ),
        Parameter("filterValue", {"type": "string"}, "With what; not for `present`."),
        Parameter(
            "sortOrder", _one_of(ORDERS) | {"default": "descending"}, "By published, then by id."
        ),
        Parameter("startIndex", _whole(0) | {"default": 0}, "How many to leave out first."),
    )


def _whole(least: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": MOST}


def _one_of(words: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


NUMBER = "An extension or public number, exact but for blanks, `-`, `(`, `)` and `.`."
DATES = {
    "startDate": "Answered, or if never answered published, not before this.",
    "endDate": "Answered, or if never answered published, not after this.",
    "saveStartDate": "Stored not before this.",
    "saveEndDate": "Stored not after this.",
}
WINDOW = (
    *(Parameter(name, {"type": "string"}, NUMBER) for name in ("source", "destination")),
    *(Parameter(name, {"type": "string"}, DATES[name]) for name in CODES),
    Parameter(
        "disposition",
        {"type": "integer", "enum": Disposition.values},
        "0 ANSWERED, 1 BUSY, 2 FAILED, 3 NO ANSWER, 4 UNKNOWN, 5 NOT ALLOWED.",
    ),
    Parameter("flow", {"type": "integer", "enum": Flow.values}, "2 local, 4 outgoing, 8 incoming."),
)
LIVE = {
    "": "Live calls of mine",
    "userId": "Live calls of a user",
    "extension": "Live calls of an extension",
    "phoneCallId": "One live call",
}
WISH = Shape(
    "TokenRequest",
    {
        "type": "object",
        "required": ["grant_type"],
        "properties": {
            "grant_type": {"type": "string", "enum": ["client_credentials"]},
            "client_id": {"type": "string", "description": "Here or by HTTP Basic."},
            "client_secret": {"type": "string", "description": "Here or by HTTP Basic."},
            "type": {"type": "string", "enum": ["unifiedapi"]},
        },
    },
)
TOKEN = {
    "access_token": "pX0m7c_3VtqJb8Yc2n-Ld5sQeR1uWfHkZaG9iT4oM6w",
    "token_type": "Bearer",
    "expires_in": 3600,
}


def live(last: str) -> Docs:
    """Of live calls, by the last part of the address."""
    answer: dict[str, Any] = {"entry": [CALL]} | PAGE | {"paging": {}}
    return Docs(
        LIVE[last],
        "Phone calls",
        Answer("A page of calls.", (PhoneCalls,), answer),
        (*OF_LISTS, *OF_LIVE),
        "A call is here until it ends, and in the history from then on.",
        _parameters(LIVE_BY),
        name=f"list_phone_calls_{last or 'mine'}",
        nothing=EMPTY,
    )


def history(last: str) -> Docs:
    """Of calls that ended, by the last part of the address."""
    answer: dict[str, Any] = {"entry": [OVER]} | PAGE | {"phoneCallStat": STATS, "paging": {}}
    return Docs(
        "History of a user" if last else "History of mine",
        "Phone calls",
        Answer("A page of calls, and how all matches ended.", (PhoneCalls,), answer),
        (*OF_LISTS, *OF_HISTORY),
        "Without any of the four dates it is the present month, up to now.",
        (*_parameters(HISTORY_BY), *WINDOW),
        name=f"list_history_{last or 'mine'}",
        nothing=EMPTY,
    )


def token(name: str, summary: str = "Get a token") -> Docs:
    """Of tokens."""
    wish = {"grant_type": "client_credentials", "client_id": "$ID", "client_secret": "$SECRET"}
    return Docs(
        summary,
        "Tokens",
        Answer("A token.", (Token,), TOKEN),
        OF_TOKENS,
        "It lives an hour, never longer than the credential, and ends at once with it.",
        body=Body(WISH, wish),
        name=name,
        error=TokenError,
        is_open=True,
    )
