"""Due clocks: by when a call gets its first answer and its end, by its reasons and its place.

They run in the hours of the property (else the organisation's), stand still while the status says
so, and end with the first answer and with the closing. A reason without minutes sets no clock,
and rows that other systems bring have none.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from callcenter.core.hours import Hours, after, between, read_hours
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .models import CallLog, Reason, Status, StatusKind
from .places import Place
from .values import ContactTime

DUES = ("first_answer_due_at", "resolve_due_at")


def hours_of(place: Property | None, actor: Principal) -> Hours:
    """The hours that count for a call at this place."""
    return read_hours((place.hours if place else "") or actor.organization.hours)


def clocks_of_new(
    reasons: Iterable[Reason],
    *,
    place: Place,
    status: Status,
    start: ContactTime,
    actor: Principal,
) -> dict[str, Any]:
    """The columns of a new call's clocks: of each kind the shortest of its reasons."""
    if status.kind == StatusKind.CLOSED:
        return {}
    found = _dues(reasons, hours_of(place.property, actor), start.at, start.zone)
    if found and status.pauses_clock:
        found["clock_paused_at"] = start.at
    return found


def clocks_when_corrected(
    log: CallLog, reasons: Iterable[Reason], actor: Principal
) -> dict[str, Any]:
    """The clock of an open call that got other reasons, from when it came; the answer is given."""
    if log.closed_at is not None or log.source:
        return {}
    hours = hours_of(log.property, actor)
    found = _dues(reasons, hours, log.contacted_at, log.contacted_zone)
    return {"first_answer_due_at": None, "resolve_due_at": found.get("resolve_due_at")}


def _dues(reasons: Iterable[Reason], hours: Hours, start: datetime, zone: str) -> dict[str, Any]:
    reasons = list(reasons)
    limits = {
        "first_answer_due_at": [one.first_answer_minutes for one in reasons],
        "resolve_due_at": [one.resolution_minutes for one in reasons],
    }
    return {
        name: after(start, timedelta(minutes=min(known)), hours, zone)
        for name, minutes in limits.items()
        if (known := [one for one in minutes if one is not None])
    }


def clocks_after_move(log: CallLog, status: Status, actor: Principal) -> dict[str, Any]:
    """What a move to `status` changes in the clocks of a locked call, whose status is the old one.

    Any move is an answer. Closing leaves what was due as it stands; a call that is opened again
    gets its clock of before, which may be late.
    """
    changes = answered(log)
    has_clock = log.resolve_due_at is not None or log.first_answer_due_at is not None
    if not has_clock:
        return changes
    now = timezone.now()
    if status.pauses_clock and log.clock_paused_at is None:
        changes["clock_paused_at"] = now
    elif not status.pauses_clock and log.clock_paused_at is not None:
        changes["clock_paused_at"] = None
        changes |= _moved_on(log, now, actor)
    return changes


def answered(log: CallLog) -> dict[str, Any]:
    """What the first answer changes in the clocks of a locked call: that one has ended."""
    return {} if log.first_answer_due_at is None else {"first_answer_due_at": None}


def _moved_on(log: CallLog, now: datetime, actor: Principal) -> dict[str, Any]:
    """The end of a pause: as much working time is left as there was when it began."""
    paused, due = log.clock_paused_at, log.resolve_due_at
    if paused is None or due is None or due <= paused:
        return {}
    hours = hours_of(log.property, actor)
    left = between(paused, due, hours, log.contacted_zone)
    return {"resolve_due_at": after(now, left, hours, log.contacted_zone)}
