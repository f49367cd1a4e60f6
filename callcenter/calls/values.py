"""What the actions on call logs take."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .models import Direction, TimeFlag


@dataclass(frozen=True)
class ContactTime:
    """When a call was: the instant (aware), the zone whose clock was read, what was typed."""

    at: datetime
    zone: str
    text: str = ""
    flag: TimeFlag = TimeFlag.EXACT


@dataclass(frozen=True)
class NewCall:
    """What an agent wrote down; ids are resolved within what the actor sees (B-03).

    Without `contacted` the call is now. Without `status_id` it gets the initial status.
    `duration_seconds` None means unknown.
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
