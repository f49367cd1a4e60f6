"""What the actions on call logs take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from .models import Direction, TimeFlag


@dataclass(frozen=True)
class ContactTime:
    """When a call was: the instant (aware), the zone whose clock was read, what was typed."""

    at: datetime
    zone: str
    text: str = ""
    flag: TimeFlag = TimeFlag.EXACT

    @classmethod
    def on_clock(cls, local: datetime, zone: str, *, is_second: bool = False) -> "ContactTime":
        """The instant at which the clock of `zone` showed `local` (naive), with what was typed.

        A time that the clock showed twice is flagged and the earlier one, unless `is_second`. One
        that it never showed is flagged and read with the offset from before the gap (PEP 495).
        OverflowError at the ends of the calendar.
        """
        place = ZoneInfo(zone)
        first, second = (local.replace(tzinfo=place, fold=fold) for fold in (0, 1))
        at = (second if is_second else first).astimezone(UTC)
        flag = TimeFlag.EXACT
        if first.utcoffset() != second.utcoffset():
            is_shown = at.astimezone(place).replace(tzinfo=None) == local
            flag = TimeFlag.AMBIGUOUS if is_shown else TimeFlag.IMPOSSIBLE
            at = at if is_shown else first.astimezone(UTC)
        return cls(at=at, zone=zone, text=f"{local:%Y-%m-%d %H:%M:%S}", flag=flag)


@dataclass(frozen=True)
class Promise:
    """A callback at `at` (aware), by one person or by anyone; `text` is how the time was typed."""

    at: datetime
    text: str = ""
    assignee_id: int | None = None


@dataclass(frozen=True)
class NewCall:
    """What an agent wrote down; ids are resolved within what the actor sees (B-03).

    Without `contacted` the call is now. Without `status_id` it gets the initial status.
    `duration_seconds` None means unknown. `typed_first` keeps `call_from` for a resident without
    a unit, as the property API has it (wire/connect.md 4); else a resident's name replaces it.
    `answers` are those to decision cards by question; None where nobody sees cards.
    """

    property_id: int | None = None
    unit_id: int | None = None
    resident_id: int | None = None
    call_from: str = ""
    phone: str = ""
    direction: Direction = Direction.INBOUND
    status_id: int | None = None
    subject: str = ""
    notes: str = ""
    reason_ids: Sequence[int] = field(default_factory=tuple)
    contacted: ContactTime | None = None
    duration_seconds: int | None = None
    comment: str = ""
    typed_first: bool = False
    answers: Mapping[int, str] | None = None
    promise: Promise | None = None


@dataclass(frozen=True)
class Correction:
    """What a log should have said from the start; every member is the whole new value."""

    property_id: int | None
    unit_id: int | None
    resident_id: int | None
    call_from: str
    reason_ids: Sequence[int]
    subject: str
    direction: Direction
    contacted: ContactTime
