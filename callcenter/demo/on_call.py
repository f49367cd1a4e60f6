"""The demo's on-call plans: people, rotas and a chain of four steps for each property."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callcenter.accounts.models import Organization, User
from callcenter.escalations.models import (
    RING_SECONDS,
    Policy,
    Responder,
    ResponderLine,
    Rule,
    Schedule,
    ScheduleOverride,
    ScheduleTurn,
)
from callcenter.escalations.rota import Override, Rota, Turn

from .names import FIRST, LAST, Numbers, typed
from .places import Site

EVENING, MORNING = time(18), time(8)
SITES_PER_SUPERVISOR = 4


def key_of(at: datetime, rng: random.Random) -> uuid.UUID:
    """A UUIDv7 of that time, the same for the same seed."""
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000)
    value = milliseconds << 80 | rng.getrandbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 2 << 62)


@dataclass(slots=True)
class Team:
    """Who is rung at one property: by the rota, then these."""

    policy: Policy
    rules: list[Rule]
    zone: ZoneInfo
    rota: Rota[Responder]
    people: list[Responder]


@dataclass(slots=True)
class OnCall:
    """Makes the plans; `teams` by property, `phones` by responder."""

    organization: Organization
    now: datetime
    rng: random.Random
    numbers: Numbers
    teams: dict[int, Team] = field(default_factory=dict)
    phones: dict[uuid.UUID, str] = field(default_factory=dict)

    def plan(self, sites: list[Site], manager: User) -> None:
        """Responders with their numbers, a rota and a policy for each property."""
        zone = self.organization.time_zone
        chief = self._responder(zone, name=manager.name, user=manager)
        supervisor = chief
        for n, site in enumerate(sites):
            if n % SITES_PER_SUPERVISOR == 0:
                supervisor = self._responder(site.row.time_zone)
            pair = [self._responder(site.row.time_zone) for _ in range(2)]
            backup = self._responder(site.row.time_zone, is_verified=n % 5 != 4)
            self._plan_site(n, site, pair, [backup, supervisor, chief])

    def _responder(
        self, zone: str, *, name: str = "", user: User | None = None, is_verified: bool = True
    ) -> Responder:
        rng = self.rng
        responder = Responder.objects.create(
            id=key_of(self.now, self.rng),
            organization=self.organization,
            name=name or f"{rng.choice(FIRST)} {rng.choice(LAST)}",
            user=user,
        )
        e164 = self.numbers.deal(zone)
        self.phones[responder.pk] = e164
        ResponderLine.objects.create(
            organization=self.organization,
            responder=responder,
            raw=typed(e164, "", rng),
            e164=e164,
            verified_at=self.now - timedelta(days=30) if is_verified else None,
        )
        return responder

    def _plan_site(
        self, n: int, site: Site, pair: list[Responder], others: list[Responder]
    ) -> None:
        of = {"organization": self.organization}
        schedule = Schedule.objects.create(
            **of, id=key_of(self.now, self.rng), name=f"{site.row.name} on call"
        )
        week = [Turn(day, EVENING, pair[day % 2]) for day in range(7)]
        week += [Turn(day, MORNING, pair[0]) for day in range(5)]
        ScheduleTurn.objects.bulk_create(
            ScheduleTurn(
                **of,
                schedule=schedule,
                weekday=turn.weekday,
                starts_at=turn.starts_at,
                responder=turn.who,
            )
            for turn in week
        )
        overrides = tuple(self._overrides(n, schedule, pair[1]))
        policy, rules = self._plan_policy(site, schedule, others)
        rota = Rota(tuple(week), overrides)
        self.teams[site.row.id] = Team(policy, rules, ZoneInfo(site.row.time_zone), rota, others)

    def _plan_policy(
        self, site: Site, schedule: Schedule, others: list[Responder]
    ) -> tuple[Policy, list[Rule]]:
        """The chain of a property: who is on call first, then the others in turn."""
        of = {"organization": self.organization}
        policy = Policy.objects.create(
            **of,
            id=key_of(self.now, self.rng),
            name=f"{site.row.name} emergencies",
            slug=f"emergencies-{site.row.id:010d}",
            property_id=site.row.id,
            description="Technician on call, backup, supervisor, operations.",
            repeats=True,
        )
        rules = [
            Rule(
                **of,
                id=key_of(self.now, self.rng),
                policy=policy,
                order=order,
                name=title,
                responder=who,
                schedule=None if who else schedule,
                escalate_after_seconds=RING_SECONDS,
            )
            for order, (title, who) in enumerate(
                zip(
                    ("technician", "backup", "supervisor", "operations"),
                    (None, *others),
                    strict=True,
                ),
                1,
            )
        ]
        Rule.objects.bulk_create(rules)
        return policy, rules

    def _overrides(
        self, n: int, schedule: Schedule, other: Responder
    ) -> Iterator[Override[Responder]]:
        """Nights with nobody on call at every fourth property, and a swap at some others."""
        nights: list[tuple[int, Responder | None]] = []
        if n % 4 == 1:
            nights = [(3, None), (-9, None)]
        elif n % 4 == 2:
            nights = [(5, other)]
        for days, who in nights:
            day = (self.now + timedelta(days=days)).date()
            starts, ends = (
                datetime.combine(day, EVENING),
                datetime.combine(day + timedelta(days=1), MORNING),
            )
            ScheduleOverride.objects.create(
                organization=self.organization,
                schedule=schedule,
                starts_on=starts.date(),
                starts_at=starts.time(),
                ends_on=ends.date(),
                ends_at=ends.time(),
                responder=who,
                note="Swapped" if who else "On leave",
            )
            yield Override(starts, ends, who)
