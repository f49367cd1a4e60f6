"""The demo's calls with reasons, histories and promises, as rows for COPY."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from callcenter.calls.models import Visibility


class LogRow(NamedTuple):
    """Columns of CallLog."""

    id: int
    organization_id: int
    property_id: int | None
    unit_id: int | None
    resident_id: int | None
    call_from: str
    direction: str
    phone_raw: str
    phone_e164: str
    phone_digits_reversed: str
    status_id: int
    status_kind: str
    subject: str
    notes: str
    taken_by_id: int | None
    taken_by_name: str
    assignee_id: int | None
    contacted_at: datetime
    contacted_zone: str
    duration_seconds: int | None
    first_answer_due_at: datetime | None
    resolve_due_at: datetime | None
    clock_paused_at: datetime | None
    folded_into_id: int | None
    version: int
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    phone_call_id: int | None = None


class ReasonRow(NamedTuple):
    """Columns of CallLogReason."""

    organization_id: int
    call_log_id: int
    reason_id: int
    position: int


class CommentRow(NamedTuple):
    """Columns of Comment; the database adds number, salt, digest and hash."""

    organization_id: int
    call_log_id: int
    text: str
    author_id: int
    author_name: str
    status_id: int
    status_name: str
    kind: str
    created_at: datetime
    visibility: str = Visibility.INTERNAL.value


class CallbackRow(NamedTuple):
    """Columns of Callback."""

    organization_id: int
    call_log_id: int
    due_at: datetime
    due_text: str
    assignee_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Agent:
    """Who takes calls, and at which properties (None: at all)."""

    id: int
    name: str
    weight: float
    sites: frozenset[int] | None = None


@dataclass(slots=True)
class Chunk:
    """Rows that go to the database together, parents first."""

    logs: list[LogRow] = field(default_factory=list)
    reasons: list[ReasonRow] = field(default_factory=list)
    comments: list[CommentRow] = field(default_factory=list)
    callbacks: list[CallbackRow] = field(default_factory=list)
