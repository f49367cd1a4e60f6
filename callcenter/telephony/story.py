"""What the events of a call add up to (wire/voipnow.md 9): pure, and the same in any order.

The state is computed from the whole set of a call's events, not moved on by each: events that
come twice, late or in reverse order lead to the same state, with each stamp where its event was
received. Times stay in order: what is told after a hangup happened before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .facts import (
    Facts,
    View,
    caller_id,
    disposition_of,
    earliest,
    extension_number,
    flow_of,
    latest,
    plussed,
    same_extension,
)
from .models import Disposition, EventKind, Flow, ViewStatus

KINDS = tuple(EventKind)  # in the order of a call
DIALS = (EventKind.DIAL_IN, EventKind.DIAL_OUT)
ENDINGS = {
    "ANSWER": Disposition.ANSWERED,
    "BUSY": Disposition.BUSY,
    "CONGESTION": Disposition.FAILED,
    "CHANUNAVAIL": Disposition.FAILED,
    "NOANSWER": Disposition.NO_ANSWER,
    "CANCEL": Disposition.NO_ANSWER,
}

type Heard = Mapping[EventKind, Event]


@dataclass(frozen=True)
class Event:
    """One event: of which extension ("" when it names none), when it was received, what it said."""

    kind: EventKind
    extension: str
    at: datetime
    raw: Mapping[str, str]

    def said(self, *names: str) -> str:
        """The first of these parameters that is there."""
        return parameter(self.raw, *names)


def parameter(raw: Mapping[str, str], *names: str) -> str:
    """The first of these parameters that is there, without regard to case; else ""."""
    known = {name.casefold(): value for name, value in raw.items()}
    values = (known.get(name.casefold(), "") for name in names)
    return next((value for value in values if value.strip()), "")


def extension_of(kind: str, raw: Mapping[str, str]) -> str:
    """Whose event it is: the called extension's for IN, the caller's for OUT; "" for nobody's.

    Without CallFlow the kind says so, else whichever of the two is there.
    """
    flow = parameter(raw, "CallFlow").strip().upper()
    called = extension_number(parameter(raw, "CalledExtension"))
    caller = extension_number(parameter(raw, "CallerExtension"))
    if flow == "IN" or (flow != "OUT" and kind == EventKind.DIAL_IN):
        return called
    if flow == "OUT" or kind == EventKind.DIAL_OUT:
        return caller
    return called or caller


def facts_of(events: Iterable[Event]) -> Facts | None:
    """What these events of one call say of it; None without any."""
    known = sorted(events, key=lambda event: (event.at, KINDS.index(event.kind), event.extension))
    if not known:
        return None
    heard, loose = _by_extension(known)
    views = tuple(_view(extension, heard[extension]) for extension in heard)
    ends = [view.ended_at for view in views]
    ended = None if None in ends else latest(*ends)
    answer = loose.get(EventKind.ANSWER)
    answered = earliest(*(view.answered_at for view in views), answer.at if answer else None)
    told = sorted(known, key=lambda event: (KINDS.index(event.kind), event.extension))
    flow = flow_of(views)
    return Facts(
        published_at=known[0].at,
        extension=views[0].extension,
        flow=flow,
        caller=plussed(_said(told, "CallerIDNum")) or _said(told, "CallerExtension").strip(),
        caller_name=_said(told, "CallerIDName", "CallerIDNam").strip(),
        called=_called(told, flow),
        answered_at=earliest(answered, ended) if answered else None,
        ended_at=ended,
        disposition=_came_to(views, answered) if ended else None,
        talk_seconds=_talked(answered, ended),
        views=views,
    )


def _by_extension(events: list[Event]) -> tuple[dict[str, Heard], Heard]:
    """The events of each extension, in the order in which these joined, and the loose ones.

    An event that names no extension is of the one party that has no such event yet; where there
    are several or none, it is loose and tells of the call alone. In a call in which no event
    names an extension they are all of one party.
    """
    heard: dict[str, dict[EventKind, Event]] = {}
    nobodys: dict[EventKind, Event] = {}
    full = {event.extension for event in events if "*" in event.extension}
    for event in events:
        number = _in_full(event.extension, full)
        mine = heard.setdefault(number, {}) if number else nobodys
        mine.setdefault(event.kind, event)
    if not heard:
        return {"": nobodys}, {}
    loose: dict[EventKind, Event] = {}
    for kind in KINDS:
        if kind not in nobodys:
            continue
        alike = DIALS if kind in DIALS else (kind,)
        lacking = [mine for mine in heard.values() if not any(one in mine for one in alike)]
        (lacking[0] if len(lacking) == 1 else loose)[kind] = nobodys[kind]
    return dict(heard), loose


def _in_full(number: str, known: set[str]) -> str:
    """`210` as `0003*210`, when the call has exactly one such extension."""
    alike = [one for one in known if number and same_extension(one, number)]
    return alike[0] if len(alike) == 1 else number


def _view(extension: str, heard: Heard) -> View:
    events = [heard[kind] for kind in KINDS if kind in heard]
    hangup, answer = heard.get(EventKind.HANGUP), heard.get(EventKind.ANSWER)
    dial = heard.get(EventKind.DIAL_IN)
    ended = hangup.at if hangup else None
    answered = earliest(answer.at, ended) if answer else None
    opening = [event.at for event in events if event.kind != EventKind.HANGUP]
    flow = _flow(events)
    number = plussed(_said(events, "CallerIDNum"))
    name = _said(events, "CallerIDName", "CallerIDNam").strip()
    caller = _said(events, "CallerExtension").strip()
    source = (caller or extension) if flow == Flow.OUTGOING else (number or caller)
    called = extension or _said(events, "CalledExtension").strip()
    destination = _called(events, flow) if flow == Flow.OUTGOING else called
    return View(
        extension=extension,
        sources=(source,) if source else (),
        destinations=(destination,) if destination else (),
        flow=flow,
        status=_status(heard),
        caller_id=caller_id(number or caller, name),
        ringing_at=earliest(dial.at, answered, ended) if dial else None,
        answered_at=answered,
        ended_at=ended,
        disposition=_disposition(hangup, answer),
        opened_at=max(opening, default=None),
    )


def _said(events: list[Event], *names: str) -> str:
    """What the first of these events that says it says."""
    return next((said for event in events if (said := event.said(*names))), "")


def _flow(events: list[Event]) -> Flow | None:
    """Local when both ends are extensions, else as seen from the extension."""
    called = extension_number(_said(events, "CalledExtension"))
    caller = extension_number(_said(events, "CallerExtension"))
    if called and caller:
        return Flow.LOCAL
    said = _said(events, "CallFlow").strip().upper()
    kinds = {event.kind for event in events}
    if said == "IN" or (said != "OUT" and EventKind.DIAL_IN in kinds):
        return Flow.INCOMING
    if said == "OUT" or EventKind.DIAL_OUT in kinds:
        return Flow.OUTGOING
    if called or caller:
        return Flow.INCOMING if called else Flow.OUTGOING
    return None


def _called(events: list[Event], flow: Flow | None) -> str:
    """The number called: the public one of an incoming call, the one dialled of others."""
    names = ["CalledDID", "CalledNumber", "CalledExtension"]
    if flow != Flow.INCOMING:
        names = ["CalledNumber", "CalledDID", "CalledExtension"]
    return next((plussed(said) for name in names if (said := _said(events, name))), "")


def _status(heard: Heard) -> ViewStatus:
    if EventKind.ANSWER in heard:
        return ViewStatus.ON_CALL
    if EventKind.DIAL_IN in heard:
        return ViewStatus.RINGING
    return ViewStatus.FAR_RINGING if EventKind.DIAL_OUT in heard else ViewStatus.UNKNOWN


def _disposition(hangup: Event | None, answer: Event | None) -> Disposition | None:
    if hangup is None:
        return None
    if answer is not None:
        return Disposition.ANSWERED
    return ENDINGS.get(hangup.said("CallStatus").strip().upper(), Disposition.UNKNOWN)


def _came_to(views: tuple[View, ...], answered: datetime | None) -> Disposition | None:
    """Answered, even where nobody said by whom."""
    return Disposition.ANSWERED if answered else disposition_of(views)


def _talked(answered: datetime | None, ended: datetime | None) -> int | None:
    """Seconds from the answer to the end, both by the clock of receipt; None where unknown."""
    if answered is None or ended is None:
        return None
    return max(0, round((ended - answered).total_seconds()))
