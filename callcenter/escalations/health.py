"""Whether the next nights are covered: who would ring, holes, and people who do not answer."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from callcenter.core.prepared import fetch_all
from callcenter.properties.principals import Principal

from .models import Policy, Responder, ResponderLine, Rule
from .planned import lines_of
from .rota import Rota, Shift, Turn, nights
from .schedules import rotas_of

NIGHTS = 14
EVENING, MORNING = time(18), time(8)
MISSED_IN_A_ROW = 3
# Whose last three rings nobody took: unanswered, or by a machine as it seems. Rings that go on,
# and those of callers who hung up, blame nobody.
MISSED = """
SELECT who.id FROM unnest(%(ids)s::uuid[]) AS who (id)
WHERE %(many)s = (
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
"""


@dataclass(frozen=True)
class StepOfNight:
    """Who a rule rings in a night, stretch by stretch; None is nobody."""

    rule: Rule
    shifts: list[Shift[Responder]]


@dataclass(frozen=True)
class Night:
    """One night on the clock of the policy, from the evening of `day`.

    In the stretches `uncovered` no step rings anybody with a verified number.
    """

    day: date
    starts: datetime
    ends: datetime
    steps: list[StepOfNight]
    uncovered: list[Shift[Responder]]


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
    """How these policies (with their property) stand for the nights from today on.

    Five statements, however many policies; `now` is aware.
    """
    fallback = principal.organization.time_zone
    ahead = {
        policy.pk: nights(
            now.astimezone(policy.zone(fallback)).date(),
            many,
            policy.zone(fallback),
            begins=begins,
            ends=ends,
        )
        for policy in policies
    }
    rules = _rules(ahead.keys(), principal)
    schedules = {rule.schedule_id for rule in rules if rule.schedule_id is not None}
    edges = [at for found in ahead.values() for _, *both in found for at in both]
    rotas: dict[uuid.UUID, Rota[Responder]] = {}
    if edges:
        rotas = rotas_of(schedules, start=min(edges), end=max(edges), principal=principal)
    of_rule = {rule.pk: _rota(rule, rotas) for rule in rules}
    people = {who.pk: who for rota in of_rule.values() for who in _people(rota)}
    lines = lines_of(set(people), principal)
    missed = missed_in_a_row(people, principal)
    return [
        _health(
            policy,
            ahead[policy.pk],
            [(rule, of_rule[rule.pk]) for rule in rules if rule.policy_id == policy.pk],
            lines,
            missed,
            fallback,
        )
        for policy in policies
    ]


def missed_in_a_row(responder_ids: Collection[uuid.UUID], principal: Principal) -> set[uuid.UUID]:
    """Those of these people who took none of their last three rings; one statement."""
    values = {
        "ids": list(responder_ids),
        "org": principal.organization_id,
        "many": MISSED_IN_A_ROW,
    }
    return {row[0] for row in fetch_all(MISSED, values)}


def _rules(policy_ids: Collection[uuid.UUID], principal: Principal) -> list[Rule]:
    rules = Rule.objects.visible_to(principal).filter(policy__in=policy_ids)
    return list(rules.select_related("responder").in_order())


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
    ahead: list[tuple[date, datetime, datetime]],
    steps: list[tuple[Rule, Rota[Responder]]],
    lines: dict[uuid.UUID, list[ResponderLine]],
    missed: set[uuid.UUID],
    fallback: str,
) -> Health:
    zone = policy.zone(fallback)
    found = []
    for day, starts, ends in ahead:
        tonight = [StepOfNight(rule, rota.shifts(starts, ends, zone)) for rule, rota in steps]
        found.append(Night(day, starts, ends, tonight, _uncovered(starts, ends, tonight, lines)))
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
        unverified=[who for who in by_name if not _rings(who, lines)],
        missed=[who for who in by_name if who.pk in missed],
    )


def _rings(who: Responder | None, lines: dict[uuid.UUID, list[ResponderLine]]) -> bool:
    """Whether a chain would ring this person on some number."""
    if who is None or who.withdrawn_at is not None:
        return False
    return any(line.verified_at is not None for line in lines.get(who.pk, ()))


def _uncovered(
    starts: datetime,
    ends: datetime,
    steps: list[StepOfNight],
    lines: dict[uuid.UUID, list[ResponderLine]],
) -> list[Shift[Responder]]:
    """The stretches of a night in which no step rings."""
    open_parts = [(starts, ends)]
    for step in steps:
        for shift in step.shifts:
            if _rings(shift.who, lines):
                open_parts = [
                    part
                    for begin, end in open_parts
                    for part in (
                        (begin, min(end, shift.starts)),
                        (max(begin, shift.ends), end),
                    )
                    if part[0] < part[1]
                ]
    return [Shift(begin, end, None) for begin, end in open_parts]
