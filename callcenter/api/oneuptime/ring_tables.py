"""Who was rung, and the calls for which: the columns in the order of the contract.

Select, query, sort, create, update, CSV, schemas and texts of errors are made of these
(wire/oneuptime.md 2.2 and 2.3).
"""

from callcenter.escalations.models import Escalation, EscalationItem

from .columns import Column, Kind, Relation, Table
from .parts import (
    BOTH,
    ITEM,
    LOG,
    LONG,
    PHONE,
    POLICY,
    READ_ALL,
    ROLES,
    RULE,
    USER,
    date,
    kept,
    number,
    project,
    text,
)

ITEMS = Table(
    ITEM,
    (
        *kept(),
        *project(),
        Relation(
            "incomingCallLog", LOG, "escalation", "incomingCallLogId", "The call.", creates=True
        ),
        Column(
            "incomingCallLogId", Kind.OBJECT_ID, "escalation_id", "Id of the call.",
            "", "escalation_id", is_required=True, is_nullable=False, creates=True, through=True,
        ),
        Relation(
            "incomingCallPolicyEscalationRule", RULE, "rule", "incomingCallPolicyEscalationRuleId",
            "The rule that led to this ring.", "rule__withdrawn_at", creates=True,
        ),
        Column(
            "incomingCallPolicyEscalationRuleId", Kind.OBJECT_ID, "rule_id", "Id of that rule.",
            "rule__withdrawn_at", "rule_id", creates=True,
        ),
        Relation(
            "user", USER, "responder", "userId", "Who was rung.", "responder__withdrawn_at",
            creates=True,
        ),
        Column(
            "userId", Kind.OBJECT_ID, "responder_id", "Id of who was rung.",
            "responder__withdrawn_at", "responder_id", creates=True, through=True,
        ),
        Column(
            "userPhoneNumber", Kind.PHONE, "phone", "The number that was dialled.", "", "phone",
            longest=PHONE, creates=True, through=True,
        ),
        text(
            "status", "status", "What came of it so far: any text.", is_required=True,
            is_nullable=False, through=True, **BOTH,
        ),
        text("statusMessage", "status_message", "More about the status.", LONG, **BOTH),
        number(
            "dialDurationInSeconds", "dial_seconds", "How long it rang, in seconds.",
            default=0, through=True, **BOTH,
        ),
        number("callCostInUSDCents", "cost_cents", "What it cost, in US cents.", default=0, **BOTH),
        date("startedAt", "started_at", "When the ringing began.", through=True, **BOTH),
        date("endedAt", "ended_at", "When it ended.", **BOTH),
        Column(
            "isAnswered", Kind.BOOLEAN, "is_answered", "Whether something picked up.", "",
            "is_answered", is_nullable=False, default=False, through=True, creates=True,
            updates=True,
        ),
    ),
    "incoming-call-log-item",
    EscalationItem,
    {
        "read": "escalations.view_escalationitem",
        "create": "escalations.add_escalationitem",
        "update": "escalations.change_escalationitem",
        "delete": "escalations.withdraw_escalationitem",
    },
    (*ROLES, f"Read {ITEM}", READ_ALL),
)  # fmt: skip

LOGS = Table(
    LOG,
    (
        *kept(),
        *project(),
        Relation("incomingCallPolicy", POLICY, "policy", "incomingCallPolicyId", "The chain."),
        Column(
            "incomingCallPolicyId", Kind.OBJECT_ID, "policy_id", "Id of the chain.", through=True
        ),
        Column("callerPhoneNumber", Kind.PHONE, "caller_phone", "Who rang.", through=True),
        Column(
            "routingPhoneNumber", Kind.PHONE, "routing_phone", "Which number was rung.",
            through=True,
        ),
        text("callProviderCallId", "provider_call_id", "The phone provider's id of the call."),
        text("status", "status", "How far it has come.", is_nullable=False, through=True),
        text("statusMessage", "status_message", "More about the status.", LONG),
        number("callDurationInSeconds", "call_seconds", "In seconds.", through=True),
        number("callCostInUSDCents", "call_cost_cents", "In US cents."),
        number("incomingCallCostInUSDCents", "incoming_cost_cents", "In US cents."),
        number("outgoingCallCostInUSDCents", "outgoing_cost_cents", "In US cents."),
        date("startedAt", "started_at", "When the call came in.", through=True),
        date("endedAt", "ended_at", "When it ended."),
        Relation(
            "answeredByUser", USER, "answered_by", "answeredByUserId", "Who answered.",
            "answered_by__withdrawn_at",
        ),
        Column(
            "answeredByUserId", Kind.OBJECT_ID, "answered_by_id", "Id of who answered.",
            "answered_by__withdrawn_at",
        ),
        number("currentEscalationRuleOrder", "current_rule_order", "How far down the chain."),
        number("repeatCount", "repeat_count", "How often the chain began again."),
    ),
    "incoming-call-log",
    Escalation,
    {"read": "escalations.view_escalation"},
    (*ROLES, READ_ALL),
)  # fmt: skip
