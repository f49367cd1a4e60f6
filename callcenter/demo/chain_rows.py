"""The demo's chains with their rings, as rows for COPY."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class EscalationRow(NamedTuple):
    """Columns of Escalation."""

    id: uuid.UUID
    organization_id: int
    policy_id: uuid.UUID
    property_id: int
    call_log_id: int
    caller_phone: str | None
    status: str
    call_cost_cents: int | None
    outgoing_cost_cents: int | None
    started_at: datetime
    ended_at: datetime
    answered_by_id: uuid.UUID | None
    current_rule_order: int
    repeat_count: int
    started_by_id: int
    started_by_name: str
    version: int
    created_at: datetime
    updated_at: datetime


class RingRow(NamedTuple):
    """Columns of EscalationItem."""

    id: uuid.UUID
    organization_id: int
    escalation_id: uuid.UUID
    property_id: int
    rule_id: uuid.UUID
    responder_id: uuid.UUID
    responder_name: str
    phone: str
    status: str
    status_message: str | None
    outcome: str
    dial_seconds: int
    talk_seconds: int | None
    cost_cents: int | None
    started_at: datetime
    ended_at: datetime
    is_answered: bool
    accepted_by_human: bool | None
    ring_limit_seconds: int
    rule_order: int
    rung_by_id: int
    rung_by_name: str
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Woven:
    """The chains of a portion of calls, as rows for COPY."""

    escalations: list[EscalationRow] = field(default_factory=list)
    rings: list[RingRow] = field(default_factory=list)
