"""Which chain is proposed for a call, and who would ring now: the plan read at a moment."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from callcenter.properties.principals import Principal

from .models import Policy, Responder, ResponderLine, Rule
from .schedules import rotas_of


class Hole(models.TextChoices):
    """Why a step would ring nobody."""

    NOBODY = "nobody", _("Nobody is on call")
    GONE = "gone", _("This person is not rung any more")
    UNVERIFIED = "unverified", _("No verified number")


@dataclass(frozen=True)
class Step:
    """One rule at a moment: who rings on which number, or why nobody does.

    `responder` is there with a hole, too, where somebody is meant. `lines` are all numbers of
    that person, verified ones first; `line` is the one to ring.
    """

    rule: Rule
    responder: Responder | None
    lines: tuple[ResponderLine, ...]
    hole: Hole | None

    @property
    def line(self) -> ResponderLine | None:
        """The first verified number; None with a hole."""
        return self.lines[0] if self.hole is None else None


def proposed_policies(
    *, property_id: int | None, families: set[str], principal: Principal
) -> list[Policy]:
    """The enabled policies that fit a property and one of the families of reasons, best first.

    One of the property before one for all, one of the family before one for all reasons; one
    statement. A family counts without regard to case.
    """
    here = Q(property=None) if property_id is None else Q(property=None) | Q(property=property_id)
    policies = Policy.objects.visible_to(principal).filter(here, is_enabled=True)
    known = {family.casefold() for family in families}
    fitting = [
        policy
        for policy in policies.select_related("property")
        if not policy.reason_family or policy.reason_family.casefold() in known
    ]

    def best(policy: Policy) -> tuple[bool, bool, str, uuid.UUID]:
        return policy.property_id is None, not policy.reason_family, policy.name, policy.pk

    return sorted(fitting, key=best)


def steps_at(policy: Policy, at: datetime, principal: Principal) -> list[Step]:
    """The steps of a chain as they would ring at an instant (aware), in order.

    Schedules are read on the clock of the policy; numbers are those of now. Four statements, and
    one for the property unless `policy` brings it.
    """
    rules = Rule.objects.visible_to(principal).filter(policy=policy).in_order()
    chain = list(rules.select_related("responder", "schedule"))
    schedules = {rule.schedule_id for rule in chain if rule.schedule_id is not None}
    rotas = rotas_of(schedules, start=at, end=at, principal=principal)
    zone = policy.zone(principal.organization.time_zone)
    meant = [
        rotas[rule.schedule_id].on_call(at, zone) if rule.schedule_id else rule.responder
        for rule in chain
    ]
    lines = lines_of({who.pk for who in meant if who is not None}, principal)
    return [
        Step(rule, who, tuple(lines[who.pk]) if who else (), _hole(who, lines))
        for rule, who in zip(chain, meant, strict=True)
    ]


def lines_of(
    responder_ids: set[uuid.UUID], principal: Principal
) -> dict[uuid.UUID, list[ResponderLine]]:
    """The numbers of these people as they are rung, verified ones first."""
    found: dict[uuid.UUID, list[ResponderLine]] = defaultdict(list)
    rows = ResponderLine.objects.visible_to(principal).filter(responder__in=responder_ids)
    for line in rows.in_order():
        found[line.responder_id].append(line)
    return found


def _hole(who: Responder | None, lines: dict[uuid.UUID, list[ResponderLine]]) -> Hole | None:
    if who is None:
        return Hole.NOBODY
    if who.withdrawn_at is not None:
        return Hole.GONE
    first = next(iter(lines[who.pk]), None)
    return None if first is not None and first.verified_at is not None else Hole.UNVERIFIED
