"""Chains in the admin: plans are changed through the actions, what was run is only shown."""

from .evidence import EscalationAdmin, EscalationItemAdmin
from .plans import PolicyAdmin, RuleAdmin
from .responders import ResponderAdmin
from .schedules import ScheduleAdmin

__all__ = [
    "EscalationAdmin",
    "EscalationItemAdmin",
    "PolicyAdmin",
    "ResponderAdmin",
    "RuleAdmin",
    "ScheduleAdmin",
]
