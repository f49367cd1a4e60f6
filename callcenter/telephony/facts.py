"""What is known of a call, however it came to be known: values without rows."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from .models import Disposition, Flow, ViewStatus

EXTENSION = re.compile(r"[0-9]{1,20}(\*[0-9]{1,19})?")
NAMED = re.compile(r"\s*\"?([^<>]*?)\"?\s*<([^<>]*)>\s*")
MAX_NUMBER = 80
MAX_NAME = 120
# What a call came to, of what its parties came to: the first of these that is among them.
WEIGHTS = (
    Disposition.ANSWERED,
    Disposition.NO_ANSWER,
    Disposition.BUSY,
    Disposition.NOT_ALLOWED,
    Disposition.FAILED,
    Disposition.UNKNOWN,
)


@dataclass(frozen=True)
class View:
    """One party: the columns of `PhoneCallParty`, the extension by its number ("" unknown).

    `opened_at` is when it was last said to take part, None where only a list says so. `key` is
    the other system's own id of it.
    """

    extension: str = ""
    sources: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    flow: Flow | None = None
    status: ViewStatus = ViewStatus.UNKNOWN
    caller_id: str = ""
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    recording_at: datetime | None = None
    parked_at: datetime | None = None
    parked_pos: int | None = None
    parked_by: str = ""
    on_hold_at: datetime | None = None
    holder: int | None = None
    disposition: Disposition | None = None
    opened_at: datetime | None = None
    key: str = ""


@dataclass(frozen=True)
class Facts:
    """One call: the columns of `PhoneCall` that follow from what was told, and its parties.

    `extension` is the one charged, by its number; `caller` and `called` are numbers as told.
    """

    published_at: datetime
    extension: str = ""
    flow: Flow | None = None
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    nonce: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    disposition: Disposition | None = None
    talk_seconds: int | None = None
    views: tuple[View, ...] = field(default=())


def plussed(text: str) -> str:
    """A number as it was meant: a blank before its digits was a `+` (wire/voipnow.md 9)."""
    bare = text.strip()
    return f"+{bare}" if text[:1] == " " and bare[:1].isdigit() else bare


def extension_number(text: str) -> str:
    """The number of an extension, digits and `*`; "" when this is none."""
    bare = "".join(text.split())
    return bare if EXTENSION.fullmatch(bare) else ""


def same_extension(one: str, other: str) -> bool:
    """Whether two numbers mean one extension: by the part after `*`, and by the part before it
    where both have one (wire/voipnow.md 11).
    """
    if "*" in one and "*" in other:
        return one == other
    return one.rpartition("*")[2] == other.rpartition("*")[2]


def caller_of(text: str) -> tuple[str, str]:
    """(number, name) of `Name <number>`; words such as Anonymous stay the number."""
    named = NAMED.fullmatch(text)
    if named is None:
        return text.strip(), ""
    return named[2].strip(), named[1].strip()


def caller_id(number: str, name: str) -> str:
    """`Name <number>`, or what there is of it."""
    return f"{name} <{number}>" if name and number else number or name


def flow_of(views: tuple[View, ...]) -> Flow | None:
    """Whose call it is: incoming or outgoing as soon as one party says so."""
    flows = {view.flow for view in views}
    for flow in (Flow.INCOMING, Flow.OUTGOING, Flow.LOCAL):
        if flow in flows:
            return flow
    return None


def disposition_of(views: tuple[View, ...]) -> Disposition | None:
    """What the call came to: answered as soon as one party answered."""
    known = {view.disposition for view in views}
    return next((weight for weight in WEIGHTS if weight in known), None)


def earliest(*times: datetime | None) -> datetime | None:
    """The first of the times that are known."""
    return min((time for time in times if time is not None), default=None)


def latest(*times: datetime | None) -> datetime | None:
    """The last of the times that are known."""
    return max((time for time in times if time is not None), default=None)
