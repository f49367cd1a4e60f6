"""Who was rung in the demo's nights: chains woven into its calls (domain.md 5)."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from callcenter.accounts.models import Organization, User
from callcenter.calls.models import CommentKind, Reason, Status
from callcenter.escalations.models import (
    RING_SECONDS,
    Escalation,
    EscalationItem,
    Outcome,
    Responder,
    Rule,
    Word,
)
from callcenter.escalations.ringing import SAID
from callcenter.escalations.telling import sentence

from .chain_rows import EscalationRow, RingRow, Woven
from .moments import Weighted
from .names import Numbers
from .on_call import EVENING, MORNING, OnCall, Team, key_of
from .places import Site
from .rows import Chunk, CommentRow, LogRow

SECOND = timedelta(seconds=1)
# How likely a call with this main reason starts a chain, by day and by night: 6 % of all calls.
CHANCES = {"e": (0.45, 0.8), "al": (0.05, 0.4)}
RINGS = Weighted({1: 57.0, 2: 25.0, 3: 11.0, 4: 5.0, 5: 2.0})
ENDINGS = Weighted({Word.COMPLETED: 94.0, Word.CALLER_HUNG_UP: 3.0, Word.NO_ANSWER: 3.0})
NOT_ACCEPTED = Weighted(
    {
        Outcome.NO_ANSWER: 24.0,
        Outcome.VOICEMAIL: 10.0,
        Outcome.BUSY: 3.0,
        Outcome.DECLINED: 3.0,
        Outcome.BAD_NUMBER: 2.0,
    }
)
RANG = {
    Outcome.NO_ANSWER: (RING_SECONDS, RING_SECONDS),
    Outcome.VOICEMAIL: (RING_SECONDS, RING_SECONDS),
    Outcome.BUSY: (1, 4),
    Outcome.DECLINED: (5, 15),
    Outcome.BAD_NUMBER: (1, 3),
    Outcome.ACCEPTED: (8, 28),
    Outcome.CALLER_HUNG_UP: (8, 25),
}
TALKED = {Outcome.ACCEPTED: (40, 241), Outcome.VOICEMAIL: (4, 19)}
TAKEN_FOR_PEOPLE = 0.5  # of the mailboxes: the source heard an answer
UNPRICED = 0.05
MOVES_FROM = ("New", "In progress", "Resolved", "Waiting for resident")


@dataclass(slots=True)
class Weaver:
    """Makes, call by call, the chains that were run by the plans."""

    plans: OnCall
    rng: random.Random
    reasons: dict[int, Reason]
    statuses: dict[str, Status]
    may_follow: set[tuple[int, int]]

    def weave(self, chunk: Chunk) -> Woven:
        """Chains of these calls; their histories tell of them, in the order of the times."""
        woven = Woven()
        mains = {row.call_log_id: row.reason_id for row in chunk.reasons if row.position == 0}
        said: dict[int, list[CommentRow]] = {}
        for row in chunk.comments:
            said.setdefault(row.call_log_id, []).append(row)
        for place, log in enumerate(chunk.logs):
            main = mains.get(log.id)
            if main is None or not self._starts(log, self.reasons[main].mnemonic):
                continue
            lines = self._chain(log, woven)
            if lines:
                rows = self._history(log, said.get(log.id, []), lines)
                said[log.id] = rows
                chunk.logs[place] = log._replace(
                    version=1 + len(rows), updated_at=rows[-1].created_at
                )
        chunk.comments = [row for log in chunk.logs for row in said.get(log.id, [])]
        return woven

    def _starts(self, log: LogRow, mnemonic: str) -> bool:
        if log.property_id is None or log.folded_into_id is not None or log.taken_by_id is None:
            return False
        by_day, by_night = CHANCES.get(mnemonic[0]) or CHANCES.get(mnemonic, (0.0, 0.0))
        hour = log.contacted_at.astimezone(ZoneInfo(log.contacted_zone)).hour
        is_day = MORNING.hour <= hour < EVENING.hour
        return self.rng.random() < (by_day if is_day else by_night)

    def _chain(self, log: LogRow, woven: Woven) -> list[tuple[datetime, str]]:
        """A chain of the call, if it can be over by now; the lines of its history."""
        rng = self.rng
        assert log.property_id is not None  # noqa: S101 (for the type)
        team = self.plans.teams[log.property_id]
        started_at = log.created_at + rng.randrange(5, 60) * SECOND
        key = key_of(started_at, rng)
        ending = ENDINGS.draw(rng)
        many = max(RINGS.draw(rng), 4 if ending == Word.NO_ANSWER else 1)
        rings = list(self._rings(log, team, key, started_at, many, ending))
        ended_at = rings[-1].ended_at
        if ended_at > self.plans.now:
            return []
        row = self._escalation(log, team, key, started_at, ending, rings)
        woven.escalations.append(row)
        woven.rings += rings
        told = f"Chain ended, {ending.label.lower()}. {_sentence(row, rings)}."
        return [(started_at, f"Chain “{team.policy.name}” started."), (ended_at, told)]

    def _escalation(
        self,
        log: LogRow,
        team: Team,
        key: uuid.UUID,
        started_at: datetime,
        ending: Word,
        rings: list[RingRow],
    ) -> EscalationRow:
        """The chain itself, as its rings left it; its cost is known when theirs are."""
        assert log.property_id is not None  # noqa: S101 (for the type)
        assert log.taken_by_id is not None  # noqa: S101
        costs = [ring.cost_cents for ring in rings]
        known = [cost for cost in costs if cost is not None]
        cost = sum(known) if len(known) == len(costs) else None
        return EscalationRow(
            id=key,
            organization_id=self.plans.organization.pk,
            policy_id=team.policy.pk,
            property_id=log.property_id,
            call_log_id=log.id,
            caller_phone=log.phone_e164 or None,
            status=ending.value,
            call_cost_cents=cost,
            outgoing_cost_cents=cost,
            started_at=started_at,
            ended_at=rings[-1].ended_at,
            answered_by_id=rings[-1].responder_id if ending == Word.COMPLETED else None,
            current_rule_order=rings[-1].rule_order,
            repeat_count=sum(b.rule_order < a.rule_order for a, b in pairwise(rings)),
            started_by_id=log.taken_by_id,
            started_by_name=log.taken_by_name,
            version=2 + len(rings),
            created_at=started_at,
            updated_at=rings[-1].ended_at,
        )

    def _rings(
        self,
        log: LogRow,
        team: Team,
        chain: uuid.UUID,
        at: datetime,
        many: int,
        ending: Word,
    ) -> Iterator[RingRow]:
        """`many` rings one after the other, by the steps in order; nobody on call is skipped."""
        rng, place = self.rng, 0
        for number in range(many):
            at += rng.randrange(2, 7) * SECOND
            who = self._who(team, place, at)
            if who is None:
                place += 1
                who = team.people[0]
            rule = team.rules[place % len(team.rules)]
            outcome = NOT_ACCEPTED.draw(rng)
            if number == many - 1 and ending == Word.COMPLETED:
                outcome = Outcome.ACCEPTED
            elif number == many - 1 and ending == Word.CALLER_HUNG_UP:
                outcome = Outcome.CALLER_HUNG_UP
            ring = self._ring(log, rule, who, chain, at, outcome)
            yield ring
            at, place = ring.ended_at, place + 1

    def _who(self, team: Team, place: int, at: datetime) -> Responder | None:
        step = place % len(team.rules)
        return team.people[step - 1] if step else team.rota.on_call(at, team.zone)

    def _ring(
        self,
        log: LogRow,
        rule: Rule,
        who: Responder,
        chain: uuid.UUID,
        at: datetime,
        outcome: Outcome,
    ) -> RingRow:
        status, is_answered, accepted = SAID[outcome]
        rang = self.rng.randint(*RANG[outcome])
        is_told = outcome == Outcome.VOICEMAIL and self.rng.random() < TAKEN_FOR_PEOPLE
        talked = self.rng.randrange(*TALKED[outcome]) if outcome in TALKED else None
        over = at + (rang + (talked or 0)) * SECOND
        return RingRow(
            id=key_of(at, self.rng),
            organization_id=self.plans.organization.pk,
            escalation_id=chain,
            property_id=log.property_id or 0,
            rule_id=rule.pk,
            responder_id=who.pk,
            responder_name=who.name,
            phone=self.plans.phones[who.pk],
            status=status.value,
            status_message=None if is_told else str(outcome.label),
            outcome="" if is_told else outcome.value,
            dial_seconds=rang,
            talk_seconds=talked,
            cost_cents=None if self.rng.random() < UNPRICED else self.rng.randrange(1, 6),
            started_at=at,
            ended_at=over,
            is_answered=is_answered,
            accepted_by_human=None if is_told else accepted,
            ring_limit_seconds=RING_SECONDS,
            rule_order=rule.order or 0,
            rung_by_id=log.taken_by_id or 0,
            rung_by_name=log.taken_by_name,
            created_at=at,
            updated_at=over,
        )

    def _history(
        self, log: LogRow, rows: list[CommentRow], lines: list[tuple[datetime, str]]
    ) -> list[CommentRow]:
        """The rows with the lines of a chain among them, each with the status of that moment."""
        assert log.taken_by_id is not None  # noqa: S101 (for the type)
        for at, text in lines:
            place = sum(row.created_at <= at for row in rows)
            status = self._status_before(log, rows, place)
            line = CommentRow(
                self.plans.organization.pk,
                log.id,
                text,
                log.taken_by_id,
                log.taken_by_name,
                status.pk,
                status.name,
                CommentKind.CHAIN.value,
                at,
            )
            rows = [*rows[:place], line, *rows[place:]]
        return rows

    def _status_before(self, log: LogRow, rows: list[CommentRow], place: int) -> Status:
        """Where the call stood: as the row before says, or so that the next one can follow."""
        by_key = {status.pk: status for status in self.statuses.values()}
        if place:
            return by_key[rows[place - 1].status_id]
        if not rows:
            return by_key[log.status_id]
        if rows[0].kind == CommentKind.COMMENT:
            return by_key[rows[0].status_id]
        earlier = (self.statuses[name] for name in MOVES_FROM)
        return next(s for s in earlier if (s.pk, rows[0].status_id) in self.may_follow)


def weaver(
    organization: Organization,
    sites: list[Site],
    *,
    manager: User,
    now: datetime,
    seed: int,
    many: bool,
) -> Weaver:
    """Plans for these properties, and what weaves chains by them; luck and numbers of its own."""
    rng = random.Random(f"{seed}-chains")  # noqa: S311 (not for secrets)
    plans = OnCall(organization, now, rng, Numbers(rng, many=many))
    plans.plan(sites, manager)
    moves = Status.allowed_next.through.objects.filter(from_status__organization=organization)
    return Weaver(
        plans=plans,
        rng=rng,
        reasons={r.pk: r for r in Reason.objects.filter(organization=organization)},
        statuses={s.name: s for s in Status.objects.filter(organization=organization)},
        may_follow=set(moves.values_list("from_status_id", "to_status_id")),
    )


def _sentence(row: EscalationRow, rings: list[RingRow]) -> str:
    """The sentence that ending such a chain writes."""
    items = []
    for ring in rings:
        item = EscalationItem(**ring._asdict())
        item.looks_like_voicemail = ring.is_answered and ring.accepted_by_human is None
        items.append(item)
    return sentence(Escalation(**row._asdict()), items)
