"""Chains: who is rung for what and when, who was rung, and what came of it."""

from .choices import Outcome, Word
from .escalations import Escalation, EscalationQuerySet
from .findings import Finding, FindingKind, FindingQuerySet, NightCheck
from .items import SHORT_TALK, EscalationItem, EscalationItemQuerySet
from .policies import RING_SECONDS, Policy, PolicyQuerySet, Rule, RuleQuerySet
from .responders import LineLabel, Responder, ResponderLine, ResponderQuerySet
from .schedules import Schedule, ScheduleOverride, ScheduleTurn, Weekday

__all__ = [
    "RING_SECONDS",
    "SHORT_TALK",
    "Escalation",
    "EscalationItem",
    "EscalationItemQuerySet",
    "EscalationQuerySet",
    "Finding",
    "FindingKind",
    "FindingQuerySet",
    "LineLabel",
    "NightCheck",
    "Outcome",
    "Policy",
    "PolicyQuerySet",
    "Responder",
    "ResponderLine",
    "ResponderQuerySet",
    "Rule",
    "RuleQuerySet",
    "Schedule",
    "ScheduleOverride",
    "ScheduleTurn",
    "Weekday",
    "Word",
]
