"""Chains as they are planned: the columns in the order of wire/oneuptime.md 2.4 and 2.5."""

from callcenter.escalations.models import Policy, Rule

from .columns import Column, Kind, Relation, Table
from .parts import (
    BOTH,
    LONG,
    POLICY,
    READ_ALL,
    ROLES,
    RULE,
    SCHEDULE,
    USER,
    date,
    kept,
    number,
    people,
    project,
    text,
)

POLICIES = Table(
    POLICY,
    (
        *kept(),
        *project(),
        text(
            "name", "name", "Its name.", is_required=True, is_nullable=False, through=True, **BOTH
        ),
        text("description", "description", "What it is for.", LONG, **BOTH),
        text("slug", "slug", "Made of the name once.", is_nullable=False),
        Column("routingPhoneNumber", Kind.PHONE, "routing_phone", "Its number."),
        text("callProviderPhoneNumberId", "provider_phone_id", "The provider's id of the number."),
        text("phoneNumberCountryCode", "phone_country_code", "Country code of the number."),
        text("phoneNumberAreaCode", "phone_area_code", "Area code of the number."),
        date("phoneNumberPurchasedAt", "phone_purchased_at", "Since when the number is had."),
        *(
            text(
                name, path, said, LONG, is_nullable=False,
                default=getattr(Policy(), path), **BOTH,
            )
            for name, path, said in (
                ("greetingMessage", "greeting_message", "What the caller hears first."),
                ("noAnswerMessage", "no_answer_message", "When nobody answers."),
                ("noOneAvailableMessage", "no_one_available_message", "When nobody is on call."),
            )
        ),
        Column(
            "isEnabled", Kind.BOOLEAN, "is_enabled", "Whether it is in use.", "", "is_enabled",
            is_nullable=False, default=True, creates=True, updates=True,
        ),
        Column(
            "repeatPolicyIfNoOneAnswers", Kind.BOOLEAN, "repeats", "Whether it begins again.", "",
            "repeats", is_nullable=False, default=False, creates=True, updates=True,
        ),
        number(
            "repeatPolicyIfNoOneAnswersTimes", "repeat_times", "How often it begins again.",
            is_nullable=False, default=1, **BOTH,
        ),
        Relation("labels", "Label", "", "", "Always empty.", is_list=True, **BOTH),
        Relation(
            "projectCallSMSConfig", "Project Call SMS Config", "", "projectCallSMSConfigId",
            "Always null.", **BOTH,
        ),
        Column("projectCallSMSConfigId", Kind.OBJECT_ID, "", "Always null.", **BOTH),
        *people("createdByUser", "deletedByUser"),
    ),
    "incoming-call-policy",
    Policy,
    {
        "read": "escalations.view_policy",
        "create": "escalations.add_policy",
        "update": "escalations.change_policy",
        "delete": "escalations.withdraw_policy",
    },
    (*ROLES, READ_ALL),
)  # fmt: skip

RULES = Table(
    RULE,
    (
        *kept(),
        *project(),
        Relation(
            "incomingCallPolicy", POLICY, "policy", "incomingCallPolicyId", "The chain.",
            creates=True,
        ),
        Column(
            "incomingCallPolicyId", Kind.OBJECT_ID, "policy_id", "Id of the chain.", "",
            "policy_id", is_required=True, is_nullable=False, creates=True, through=True,
        ),
        text("name", "name", "Its name.", through=True, **BOTH),
        text("description", "description", "What it is for.", LONG, **BOTH),
        number(
            "order", "order", "Its place in the chain, from 1 on.", is_nullable=False,
            through=True, **BOTH,
        ),
        number(
            "escalateAfterSeconds", "escalate_after_seconds", "For how long it rings.",
            is_nullable=False, default=30, **BOTH,
        ),
        Relation("user", USER, "responder", "userId", "Who is rung.", **BOTH),
        Column(
            "userId", Kind.OBJECT_ID, "responder_id", "Id of who is rung.", "", "responder_id",
            **BOTH,
        ),
        Relation(
            "onCallDutyPolicySchedule", SCHEDULE, "schedule", "onCallDutyPolicyScheduleId",
            "Whose turn it is.", **BOTH,
        ),
        Column(
            "onCallDutyPolicyScheduleId", Kind.OBJECT_ID, "schedule_id", "Id of the schedule.",
            "", "schedule_id", **BOTH,
        ),
        *people("createdByUser", "deletedByUser"),
    ),
    "incoming-call-policy-escalation-rule",
    Rule,
    {
        "read": "escalations.view_rule",
        "create": "escalations.add_rule",
        "update": "escalations.change_rule",
        "delete": "escalations.withdraw_rule",
    },
    (*ROLES, READ_ALL),
)  # fmt: skip
