"""What the dialect tells (wire/voipnow.md 2 to 8). What has no value is left out, never null."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType


class Token(Struct):
    """A token, for the header `Authorization: Bearer <token>`."""

    access_token: Annotated[str, Meta(pattern="^[A-Za-z0-9_.-]{43,}$")]
    token_type: Annotated[str, Meta(description="Always `Bearer`.")]
    expires_in: Annotated[int, Meta(ge=0, le=3600, description="Seconds.")]


class TokenError(Struct):
    """Why there is no token (RFC 6749 5.2)."""

    error: Annotated[str, Meta(description="A word of OAuth.")]
    error_description: Annotated[str, Meta(description="The same for people.")]


EXTENSION = "^([0-9]{1,20}(\\*[0-9]{1,19})?)?$"
type Number = Annotated[
    str, Meta(description="Digits and `*`: an extension; `+`: a public number.")
]
type Extension = Annotated[
    str, Meta(pattern=EXTENSION, description="Digits and `*`; empty where nobody told it.")
]
type CallId = Annotated[str, Meta(pattern="^[0-9a-f]{20}$")]
type Date = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        description="UTC, whole seconds.",
    ),
]


class PhoneCallView(Struct):
    """What one party sees of a call."""

    id: Annotated[str, Meta(description="`00`, `01`, ... in the order in which they joined.")]
    extension: Extension
    source: list[Number]
    destination: list[Number]
    flow: Annotated[
        int | UnsetType, Meta(description="2 local, 4 outgoing, 8 incoming; left out if unknown.")
    ] = UNSET
    status: Annotated[
        int,
        Meta(
            ge=0,
            le=5,
            description="0 unknown, 1 off hook, 2 trying, 3 ringing, 4 far side ringing, 5 on call",
        ),
    ] = 0  # always told; a default lets it follow the flow
    ringing: Date | UnsetType = UNSET
    callerId: Annotated[str | UnsetType, Meta(description="`Name <number>`.")] = UNSET
    recording: Date | UnsetType = UNSET
    answered: Date | UnsetType = UNSET
    parked: Date | UnsetType = UNSET
    parkedPos: int | UnsetType = UNSET
    parkedBy: str | UnsetType = UNSET
    onHold: Date | UnsetType = UNSET
    holder: Annotated[int | UnsetType, Meta(description="1: this party holds.")] = UNSET
    disposition: Annotated[
        int | UnsetType,
        Meta(
            description="0 ANSWERED, 1 BUSY, 2 FAILED, 3 NO ANSWER, 4 UNKNOWN, 5 NOT ALLOWED;"
            " always in the history."
        ),
    ] = UNSET


class Links(Struct):
    """Where to ask for this call again."""

    self: Annotated[str, Meta(description="An absolute address.")]


class PhoneCall(Struct, omit_defaults=True):
    """A call with its parties; only the fields that were asked for, in this order."""

    id: CallId | UnsetType = UNSET
    extension: Extension | UnsetType = UNSET
    ownerId: Annotated[str | UnsetType, Meta(description="Of the organisation.")] = UNSET
    ownerName: str | UnsetType = UNSET
    published: Date | UnsetType = UNSET
    answered: Date | UnsetType = UNSET
    nonce: str | UnsetType = UNSET
    phoneCallView: list[PhoneCallView] | UnsetType = UNSET
    links: Annotated[Links | UnsetType, Meta(description="Not in the history.")] = UNSET


class Paging(Struct, omit_defaults=True):
    """Absolute addresses of the pages beside this one, where there are such."""

    prev: str | UnsetType = UNSET
    next: str | UnsetType = UNSET


class PhoneCallStat(Struct):
    """How many of all matches in one direction ended how; local calls are in neither."""

    type: Annotated[int, Meta(ge=0, le=1, description="0 incoming, 1 outgoing.")]
    total: int = 0
    answered: int = 0
    unanswered: int = 0
    busy: int = 0
    failed: int = 0
    unknown: int = 0
    unallowed: int = 0


class PhoneCalls(Struct, omit_defaults=True, kw_only=True):
    """A page of calls."""

    entry: list[PhoneCall]
    startIndex: int
    totalResults: Annotated[int, Meta(description="All matches, not the page.")]
    itemsPerPage: Annotated[int, Meta(description="`count` as asked.")]
    filtered: bool
    sorted: bool
    phoneCallStat: Annotated[list[PhoneCallStat] | UnsetType, Meta(description="History only.")] = (
        UNSET
    )
    paging: Paging


class Refusal(Struct):
    """What is wrong."""

    code: Annotated[str, Meta(description="What clients go by.")]
    message: str


class Error(Struct):
    """Body of every 4xx and 5xx."""

    error: Refusal
