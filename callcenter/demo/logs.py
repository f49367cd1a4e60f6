"""The demo's calls with reasons, histories and promises, as rows for COPY."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from callcenter.calls.models import Direction, Reason, Status

from . import stories
from .moments import Moment, Weighted
from .names import Numbers, national, typed
from .places import Person, Site
from .words import KIN, NOTES, ODD_NOTES, SECOND_REASON, SUBJECTS, UNPLACED_CALLERS

NO_PLACE = 0.05  # of all calls; with NO_UNIT the 8 % that have no unit
NO_UNIT = 0.03
NO_PERSON = 0.05  # somebody else calls from a unit
HEAVY_CALLS = 0.6  # of a property's calls come from its heavy callers
WITHHELD = ("Anonymous", "Restricted", "unavailable", "0003*210")


class LogRow(NamedTuple):
    """Columns of CallLog."""

    id: int
    organization_id: int
    property_id: int | None
    unit_id: int | None
    resident_id: int | None
    call_from: str
    direction: str
    phone_raw: str
    phone_e164: str
    phone_digits_reversed: str
    status_id: int
    status_kind: str
    subject: str
    notes: str
    taken_by_id: int
    taken_by_name: str
    assignee_id: int | None
    contacted_at: datetime
    contacted_zone: str
    duration_seconds: int | None
    folded_into_id: int | None
    version: int
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ReasonRow(NamedTuple):
    """Columns of CallLogReason."""

    organization_id: int
    call_log_id: int
    reason_id: int
    position: int


class CommentRow(NamedTuple):
    """Columns of Comment; the database adds number, salt, digest and hash."""

    organization_id: int
    call_log_id: int
    text: str
    author_id: int
    author_name: str
    status_id: int
    status_name: str
    kind: str
    created_at: datetime


class CallbackRow(NamedTuple):
    """Columns of Callback."""

    organization_id: int
    call_log_id: int
    due_at: datetime
    assignee_id: int | None


@dataclass(frozen=True, slots=True)
class Agent:
    """Who takes calls, and at which properties (None: at all)."""

    id: int
    name: str
    weight: float
    sites: frozenset[int] | None = None


@dataclass(slots=True)
class Chunk:
    """Rows that go to the database together, parents first."""

    logs: list[LogRow] = field(default_factory=list)
    reasons: list[ReasonRow] = field(default_factory=list)
    comments: list[CommentRow] = field(default_factory=list)
    callbacks: list[CallbackRow] = field(default_factory=list)


class Place(NamedTuple):
    """Where a call is from, who calls, and the number as typed, as E.164, its digits backwards."""

    property_id: int | None
    unit_id: int | None
    resident_id: int | None
    call_from: str
    phone: tuple[str, str, str]


@dataclass(slots=True)
class Writer:
    """Turns moments into rows; one after the other, because a duplicate repeats an earlier call."""

    organization_id: int
    zone: str
    sites: Sequence[Site]
    agents: Sequence[Agent]
    statuses: dict[str, Status]
    reasons: dict[str, Reason]
    now: datetime
    heavy: bool
    rng: random.Random
    numbers: Numbers
    _heads: dict[tuple[int, str], tuple[int, Place]] = field(default_factory=dict)
    _teams: dict[int, Weighted[Agent]] = field(default_factory=dict)

    def chunks(self, moments: list[Moment], ids: list[int], size: int) -> Iterator[Chunk]:
        """The rows of all calls, `size` calls at a time."""
        total = len(moments)
        for begin in range(0, total, size):
            chunk = Chunk()
            for n in range(begin, min(begin + size, total)):
                self._write(chunk, ids[n], moments[n], 1 - (n + 1) / total)
            yield chunk

    def _write(self, chunk: Chunk, key: int, moment: Moment, age: float) -> None:
        rng = self.rng
        site = self.sites[moment.site]
        agent = self._agent(moment.site)
        created_at = min(moment.at + timedelta(seconds=rng.randrange(90, 500)), self.now)
        status = stories.final_status(age, rng)
        head, place = self._place(moment, status, site)
        if status == "Duplicate" and head is None:
            status = "Resolved"
        story = stories.tell(
            status, created_at, self.now, heavy=self.heavy, head=head or 0, rng=rng
        )
        where = (moment.site, moment.reason)
        if head is None and place.property_id is not None:
            self._heads[where] = (key, place)
        folded_into = head if status == "Duplicate" else None
        row = self._row(key, moment, site, agent, story, place, created_at, folded_into)
        chunk.logs.append(row)
        chunk.reasons += self._reason_rows(key, moment.reason)
        chunk.comments += self._comment_rows(key, story, agent)
        if story.status == "Callback due":
            chunk.callbacks.append(self._callback(key, created_at, agent))

    def _agent(self, site: int) -> Agent:
        team = self._teams.get(site)
        if team is None:
            here = (a for a in self.agents if a.sites is None or site in a.sites)
            team = self._teams[site] = Weighted({agent: agent.weight for agent in here})
        return team.draw(self.rng)

    def _place(self, moment: Moment, status: str, site: Site) -> tuple[int | None, Place]:
        """The head call of a duplicate, if there is one, and where the call is from."""
        if status == "Duplicate":
            head = self._heads.get((moment.site, moment.reason))
            if head is not None:
                return head
        return None, self._caller(moment, site)

    def _caller(self, moment: Moment, site: Site) -> Place:
        rng = self.rng
        luck = rng.random()
        if luck < NO_PLACE + NO_UNIT:
            number = self.numbers.deal(site.row.time_zone) if rng.random() < 0.7 else ""
            phone = self._typed(number)
            where = None if luck < NO_PLACE else site.row.id
            return Place(where, None, None, rng.choice(UNPLACED_CALLERS), phone)
        person = self._person(moment, site)
        if person is None or rng.random() < NO_PERSON:
            unit = rng.choice(site.units)
            label = " ".join(part for part in (unit.building, unit.number) if part)
            said = f"{rng.choice(KIN)} {label}"
            return Place(site.row.id, unit.id, None, said, self._typed(""))
        return Place(site.row.id, person.unit_id, person.id, person.full_name, self._phone(person))

    def _person(self, moment: Moment, site: Site) -> Person | None:
        """Who calls: the property's heavy callers most, nobody who does not live there then."""
        rng, people, heavy = self.rng, site.people, site.heavy
        day = moment.at.date()
        for _ in range(6):
            if rng.random() < HEAVY_CALLS or heavy == len(people):
                person = people[int(rng.random() * heavy)]
            else:
                person = people[heavy + int(rng.random() * (len(people) - heavy))]
            if person.unit_id is not None and person.lives_here(day):
                return person
        return None

    def _phone(self, person: Person) -> tuple[str, str, str]:
        luck = self.rng.random()
        if luck < 0.05:
            return self.rng.choice(WITHHELD), "", ""
        if luck < 0.15 or not person.phones:
            return "", "", ""
        row = self.rng.choice(person.phones)
        return row.raw, row.e164, row.digits_reversed

    def _typed(self, e164: str) -> tuple[str, str, str]:
        if not e164:
            return "", "", ""
        return typed(e164, "", self.rng), e164, national(e164)[::-1]

    def _row(
        self,
        key: int,
        moment: Moment,
        site: Site,
        agent: Agent,
        story: stories.Story,
        place: Place,
        created_at: datetime,
        folded_into: int | None,
    ) -> LogRow:
        status = self.statuses[story.status]
        assigned = story.closed_at is None and self.rng.random() < 0.5
        return LogRow(
            id=key,
            organization_id=self.organization_id,
            property_id=place.property_id,
            unit_id=place.unit_id,
            resident_id=place.resident_id,
            call_from=place.call_from,
            direction=(Direction.OUTBOUND if self.rng.random() < 0.18 else Direction.INBOUND).value,
            phone_raw=place.phone[0],
            phone_e164=place.phone[1],
            phone_digits_reversed=place.phone[2],
            status_id=status.pk,
            status_kind=status.kind,
            subject=self.rng.choice(SUBJECTS[moment.reason]),
            notes=self._notes(moment.reason),
            taken_by_id=agent.id,
            taken_by_name=agent.name,
            assignee_id=agent.id if assigned else None,
            contacted_at=moment.at,
            contacted_zone=site.row.time_zone if place.property_id is not None else self.zone,
            duration_seconds=_duration(moment.reason, self.rng),
            folded_into_id=folded_into,
            version=1 + len(story.lines),
            closed_at=story.closed_at,
            created_at=created_at,
            updated_at=story.updated_at,
        )

    def _notes(self, reason: str) -> str:
        rng = self.rng
        luck = rng.random()
        if luck < 0.002:
            return rng.choice(ODD_NOTES)
        if luck < 0.2:
            return ""
        said = rng.choice(NOTES[reason[0]])
        return said.format(days=rng.randrange(2, 9), hour=f"{rng.randrange(7, 22)}:30")

    def _reason_rows(self, key: int, main: str) -> Iterator[ReasonRow]:
        luck = self.rng.random()
        names = [main]
        if luck < 0.13:
            second = SECOND_REASON.get(main[0], "ox")
            names.append(second if second != main else "oo")
        if luck < 0.01:
            names.append("cn" if main != "cn" else "cp")
        for position, name in enumerate(names):
            yield ReasonRow(self.organization_id, key, self.reasons[name].pk, position)

    def _comment_rows(self, key: int, story: stories.Story, agent: Agent) -> Iterator[CommentRow]:
        for line in story.lines:
            author = agent if self.rng.random() < 0.7 else self.agents[0]
            status = self.statuses[line.status]
            yield CommentRow(
                self.organization_id,
                key,
                line.text,
                author.id,
                author.name,
                status.pk,
                line.status,
                line.kind,
                line.at,
            )

    def _callback(self, key: int, created_at: datetime, agent: Agent) -> CallbackRow:
        """A promise: a fifth is overdue, half of them anyone's."""
        rng = self.rng
        overdue = rng.random() < 0.2
        hours = rng.random() * 72
        due_at = self.now + timedelta(hours=-hours if overdue else hours)
        due_at = max(due_at.replace(second=0), created_at)
        assignee = agent.id if rng.random() < 0.5 else None
        return CallbackRow(self.organization_id, key, due_at, assignee)


MEDIAN_SECONDS: dict[str, float] = {"q": 340, "e": 260, "a": 130}


def _duration(reason: str, rng: random.Random) -> int | None:
    """Whole seconds, lognormal around the family's median (domain.md 4); sometimes unknown."""
    if rng.random() < 0.05:
        return None
    return round(MEDIAN_SECONDS.get(reason[0], 175) * rng.lognormvariate(0, 0.72))
