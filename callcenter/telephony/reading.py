"""Objects of other systems, read as they come: pure, and patient (wire/voipnow.md 11).

Numbers may be texts, lists single texts, names spelt in two ways; absent, null and "" are the
same. Only what has no id is no call.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from .facts import (
    MAX_NAME,
    MAX_NUMBER,
    Facts,
    View,
    caller_of,
    disposition_of,
    earliest,
    extension_number,
    flow_of,
    plussed,
)
from .models import Disposition, Flow, ViewStatus

MAX_ID = 200
MAX_CALLER_ID = 220
MOST_VIEWS = 1_000
LARGEST = 2**31 - 1
_UNKEPT = re.compile("[\ud800-\udfff\x00]")
_WHOLE = re.compile(r"\s*([0-9]{1,10})(?:\.0*)?\s*", re.ASCII)


class UnreadableError(ValueError):
    """No call can be made of this; the text says why."""


def kept(value: Any) -> Any:
    """The same value with every sign that no database keeps replaced by one that it does."""
    if isinstance(value, str):
        return _UNKEPT.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {kept(str(name)): kept(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [kept(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def entries_of(answer: Any) -> list[Any]:
    """The objects of an answer: a list, an object keyed by id, or one bare call."""
    if not isinstance(answer, Mapping):
        return []
    entry = answer.get("entry")
    if isinstance(entry, Mapping):
        bare = "id" in entry and not isinstance(entry["id"], Mapping)
        return [entry] if bare else [_with_id(key, one) for key, one in entry.items()]
    if entry is None and "phoneCallView" in answer:
        return [answer]
    return list(entry) if isinstance(entry, list) else []


def _with_id(key: str, one: Any) -> Any:
    return {"id": key, **one} if isinstance(one, Mapping) else one


def id_of(raw: Any) -> str:
    """The other system's id of a call; UnreadableError without one that can be kept."""
    if not isinstance(raw, Mapping):
        raise UnreadableError("It is no object.")
    found = _text(raw.get("id"))
    if not found:
        raise UnreadableError("It has no id.")
    if len(found) > MAX_ID:
        raise UnreadableError("Its id is too long.")
    return found


def facts_told(raw: Mapping[str, Any], *, zone: tzinfo, heard_at: datetime) -> Facts:
    """What an object of a list says of its call.

    `zone` is for times without one; a call that tells no time at all came in at `heard_at`.
    """
    views = tuple(_view(one, zone) for one in views_in(raw))
    answered = _time(raw.get("answered"), zone)
    first = earliest(answered, *(time for view in views for time in _times(view)))
    number, name = _caller(views)
    return Facts(
        published_at=_time(raw.get("published"), zone) or first or heard_at,
        extension=extension_number(_text(raw.get("extension"))),
        flow=flow_of(views),
        caller=number,
        caller_name=name,
        called=next((view.destinations[0] for view in views if view.destinations), ""),
        nonce=_text(raw.get("nonce"))[:MAX_ID],
        answered_at=answered,
        disposition=disposition_of(views),
        views=views,
    )


def _times(view: View) -> Iterable[datetime | None]:
    return (view.ringing_at, view.answered_at, view.recording_at, view.parked_at, view.on_hold_at)


def views_in(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects of the parties: of a list, an object keyed by their ids, or a single one."""
    said = raw.get("phoneCallView")
    if isinstance(said, Mapping):
        said = [said] if "extension" in said else [_with_id(*pair) for pair in said.items()]
    if isinstance(said, list):
        yield from (one for one in said[:MOST_VIEWS] if isinstance(one, Mapping))


def _view(raw: Mapping[str, Any], zone: tzinfo) -> View:
    disposition = _text(raw.get("disposition"))
    return View(
        key=_text(raw.get("id"))[:MAX_ID],
        extension=extension_number(_text(raw.get("extension"))),
        sources=_numbers(raw.get("source")),
        destinations=_numbers(raw.get("destination")),
        flow=_choice(Flow, raw.get("flow"), None),
        status=_choice(ViewStatus, raw.get("status"), ViewStatus.UNKNOWN),
        caller_id=(_text(raw.get("callerId")) or _text(raw.get("callerID")))[:MAX_CALLER_ID],
        ringing_at=_time(raw.get("ringing"), zone),
        answered_at=_time(raw.get("answered"), zone),
        recording_at=_time(raw.get("recording"), zone),
        parked_at=_time(raw.get("parked"), zone),
        parked_pos=_number(raw.get("parkedPos")),
        parked_by=extension_number(_text(raw.get("parkedBy"))),
        on_hold_at=_time(raw.get("onHold"), zone),
        holder=1 if _number(raw.get("holder")) == 1 else None,
        disposition=_choice(Disposition, disposition, Disposition.UNKNOWN) if disposition else None,
    )


def _caller(views: tuple[View, ...]) -> tuple[str, str]:
    """Number and name of the caller, as the first party that tells has them."""
    said = next((view.caller_id for view in views if view.caller_id), "")
    number, name = caller_of(said)
    if not any(sign.isdigit() for sign in number):
        named = next((view.sources[0] for view in views if view.sources), "")
        number, name = named or number, name or (number if named else "")
    return plussed(number)[:MAX_NUMBER], name[:MAX_NAME]


def _text(value: Any) -> str:
    """A text or a number as text; "" for everything else."""
    if isinstance(value, str):
        return value.strip()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else ""


def _numbers(value: Any) -> tuple[str, ...]:
    """The numbers of a source or destination: one text, or a list of them."""
    said = value if isinstance(value, list) else [value]
    return tuple(text[:MAX_NUMBER] for one in said[:MOST_VIEWS] if (text := _text(one)))


def _number(value: Any) -> int | None:
    found = _WHOLE.fullmatch(_text(value))
    number = int(found[1]) if found else None
    return number if number is not None and number <= LARGEST else None


def _choice[C](kind: type[C], value: Any, otherwise: Any) -> Any:
    try:
        return kind(_number(value))  # type: ignore[call-arg]
    except ValueError:
        return otherwise


def _time(value: Any, zone: tzinfo) -> datetime | None:
    """The time in UTC; None when it cannot be read, or no calendar has it."""
    text = _text(value)
    # a blank before the offset is read as the `+` it was
    text = re.sub(r"(\d) (\d\d:?\d\d)$", r"\1+\2", text) if "T" in text else text
    try:
        time = datetime.fromisoformat(text)
        aware = time if time.tzinfo else time.replace(tzinfo=zone)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
