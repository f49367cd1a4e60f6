"""Whether the next nights are covered: who would ring, holes, and people who do not answer."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from callcenter.core.prepared import fetch_all
from callcenter.properties.principals import Principal

from .models import Policy, Responder, Rule
from .rota import DAY, Rota, Shift, Turn, nights
from .schedules import rotas_of

type NightAhead = tuple[date, datetime, datetime]  # the day, its evening, the morning after

NIGHTS = 14
EVENING, MORNING = time(18), time(8)
MISSED_IN_A_ROW = 3
# Of each of these people: whether a chain would ring them on some number, and whether nobody took
# their last three rings: unanswered, or by a machine as it seems. Rings that go on, and those of
# callers who hung up, blame nobody.
STANDINGS = """
SELECT who.id,
       EXISTS (
           SELECT FROM escalations_responderline line
           WHERE line.responder_id = who.id AND line.organization_id = %(org)s
             AND line.withdrawn_at IS NULL AND line.verified_at IS NOT NULL
       ),
       %(many)s = (
           SELECT count(*) FROM (
               SELECT coalesce(ring.accepted_by_human,
                               ring.is_answered AND NOT ring.looks_like_voicemail) AS was_taken
               FROM escalations_escalationitem ring
               WHERE ring.responder_id = who.id AND ring.organization_id = %(org)s
                 AND ring.withdrawn_at IS NULL
                 AND ring.status NOT IN ('Initiated', 'Ringing', 'CallerHungUp')
               ORDER BY ring.created_at DESC, ring.id DESC LIMIT %(many)s
           ) AS latest WHERE NOT latest.was_taken
       )
FROM unnest(%(ids)s::uuid[]) AS who (id)
"""


@dataclass(frozen=True)
class Standing:
    """Whether somebody has a verified number, and took none of the last three rings."""

    has_number: bool
    misses: bool


@dataclass(frozen=True)
class StepOfNight:
    """Who a rule rings in a night, stretch by stretch; None is nobody."""

    rule: Rule
    shifts: list[Shift[Responder]]


@dataclass(frozen=True)
class Night:
    """One night on the clock of the policy, from the evening of `day`.

    `first` is who would ring first, stretch by stretch: the one of the first step who has a
    verified number; None where no step rings anybody.
    """

    day: date
    starts: datetime
    ends: datetime
    steps: list[StepOfNight]
    first: list[Shift[Responder]]

    @property
    def uncovered(self) -> list[Shift[Responder]]:
        """The stretches in which no step rings anybody."""
        return [shift for shift in self.first if shift.who is None]

    @property
    def uncovered_seconds(self) -> int:
        """How long nobody would ring in all."""
        return sum(shift.seconds for shift in self.uncovered)


@dataclass(frozen=True)
class Health:
    """A policy and its next nights, with those in them who cannot or did not answer."""

    policy: Policy
    nights: list[Night]
    unverified: list[Responder]
    missed: list[Responder]

    @property
    def uncovered_nights(self) -> list[Night]:
        """The nights in which at some time nobody would ring."""
        return [night for night in self.nights if night.uncovered]


def health_of(
    policies: Sequence[Policy],
    *,
    now: datetime,
    principal: Principal,
    many: int = NIGHTS,
    begins: time = EVENING,
    ends: time = MORNING,
) -> list[Health]:
    """How these policies (with their property) stand for this night, or the next, and those after.

    A night counts until its morning. Four statements, however many policies; `now` is aware.
    """
    fallback = principal.organization.time_zone
    ahead: dict[uuid.UUID, list[NightAhead]] = {}
    for policy in policies:
        zone = policy.zone(fallback)
        first = _first_day(now.astimezone(zone), ends)
        ahead[policy.pk] = nights(first, many, zone, begins=begins, ends=ends)
    rules = _rules(ahead.keys(), principal)
    of_rule = _rotas_of(rules, [night for found in ahead.values() for night in found], principal)
    people = {who.pk: who for rota in of_rule.values() for who in _people(rota)}
    standing = standings(people, principal)
    return [
        _health(
            policy,
            ahead[policy.pk],
            [(rule, of_rule[rule.pk]) for rule in rules if rule.policy_id == policy.pk],
            standing,
            fallback,
        )
        for policy in policies
    ]


def standings(
    responder_ids: Collection[uuid.UUID], principal: Principal
) -> dict[uuid.UUID, Standing]:
    """How each of these people stands; one statement."""
    values = {
        "ids": list(responder_ids),
        "org": principal.organization_id,
        "many": MISSED_IN_A_ROW,
    }
    return {row[0]: Standing(*row[1:]) for row in fetch_all(STANDINGS, values)}


def _first_day(local: datetime, ends: time) -> date:
    """The day of the night that goes on, else of the next one."""
    is_over = local.time() >= ends
    return local.date() if is_over else local.date() - DAY


def _rules(policy_ids: Collection[uuid.UUID], principal: Principal) -> list[Rule]:
    rules = Rule.objects.visible_to(principal).filter(policy__in=policy_ids)
    return list(rules.select_related("responder").in_order())


def _rotas_of(
    rules: list[Rule], ahead: list[NightAhead], principal: Principal
) -> dict[uuid.UUID, Rota[Responder]]:
    """Whom each rule rings in these nights, by the rule."""
    schedules = {rule.schedule_id for rule in rules if rule.schedule_id is not None}
    edges = [at for _, *both in ahead for at in both]
    rotas: dict[uuid.UUID, Rota[Responder]] = {}
    if edges:
        rotas = rotas_of(schedules, start=min(edges), end=max(edges), principal=principal)
    return {rule.pk: _rota(rule, rotas) for rule in rules}


def _rota(rule: Rule, rotas: dict[uuid.UUID, Rota[Responder]]) -> Rota[Responder]:
    """The schedule of a rule; one person is a rota of one turn."""
    if rule.schedule_id is not None:
        return rotas[rule.schedule_id]
    return Rota((Turn(0, time(), rule.responder),))


def _people(rota: Rota[Responder]) -> Iterator[Responder]:
    named = [turn.who for turn in rota.turns] + [other.who for other in rota.overrides]
    yield from (who for who in named if who is not None)


def _health(
    policy: Policy,
    ahead: list[NightAhead],
    steps: list[tuple[Rule, Rota[Responder]]],
    standing: dict[uuid.UUID, Standing],
    fallback: str,
) -> Health:
    zone = policy.zone(fallback)
    found = []
    for day, starts, ends in ahead:
        tonight = [StepOfNight(rule, rota.shifts(starts, ends, zone)) for rule, rota in steps]
        first = _first(starts, ends, tonight, standing)
        found.append(Night(day, starts, ends, tonight, first))
    rung = {
        shift.who.pk: shift.who
        for night in found
        for step in night.steps
        for shift in step.shifts
        if shift.who is not None
    }
    by_name = sorted(rung.values(), key=lambda who: (who.name, who.pk))
    return Health(
        policy,
        found,
        unverified=[who for who in by_name if not _rings(who, standing)],
        missed=[who for who in by_name if standing[who.pk].misses],
    )


def _rings(who: Responder | None, standing: dict[uuid.UUID, Standing]) -> bool:
    """Whether a chain would ring this person on some number."""
    return who is not None and who.withdrawn_at is None and standing[who.pk].has_number


def _first(
    starts: datetime,
    ends: datetime,
    steps: list[StepOfNight],
    standing: dict[uuid.UUID, Standing],
) -> list[Shift[Responder]]:
    """Who would ring first in a night, stretch by stretch; neighbours differ."""
    shifts = [shift for step in steps for shift in step.shifts]
    edges = sorted({starts, ends, *(at for shift in shifts for at in (shift.starts, shift.ends))})
    found: list[Shift[Responder]] = []
    for begin, end in pairwise(edges):
        there = (shift.who for shift in shifts if shift.starts <= begin < shift.ends)
        who = next((one for one in there if _rings(one, standing)), None)
        if found and found[-1].who == who:
            begin = found.pop().starts
        found.append(Shift(begin, end, who))
    return found
