"""The demo's calls, told one after the other from the moments at which people ring."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from callcenter.calls.models import CommentKind, Direction, Reason, Status

from . import stories
from .callers import Callers, Place
from .dues import Clocks, Dues
from .holders import Holders
from .moments import Moment, Weighted
from .rows import Agent, CallbackRow, Chunk, CommentRow, LogRow, ReasonRow
from .stories import Story
from .words import FOLDED_HERE, NOTES, ODD_NOTES, SECOND_REASON, SUBJECTS

SAME_MATTER = timedelta(days=21)  # a call is the duplicate of one that is not older
PLACED_WITHIN = timedelta(hours=20)  # calls without a place are placed or closed by then
ANSWERED = 0.95  # of the open calls whose first answer is due have it


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call when it is logged."""

    id: int
    moment: Moment
    agent: Agent
    created_at: datetime
    place: Place
    reasons: list[str]
    clocks: Clocks


@dataclass(slots=True)
class Writer:
    """Turns moments into rows; one after the other, because a duplicate repeats an earlier call."""

    organization_id: int
    agents: Sequence[Agent]
    statuses: dict[str, Status]
    reasons: dict[str, Reason]
    now: datetime
    heavy: bool
    rng: random.Random
    callers: Callers
    dues: Dues
    holders: Holders
    _heads: dict[tuple[int, str], int] = field(default_factory=dict)
    _teams: dict[int, Weighted[Agent]] = field(default_factory=dict)

    def chunks(self, moments: list[Moment], ids: list[int], size: int) -> Iterator[Chunk]:
        """The rows of all calls, `size` calls at a time; no fold reaches out of a chunk."""
        total = len(moments)
        for begin in range(0, total, size):
            chunk = Chunk()
            self._heads.clear()
            for n in range(begin, min(begin + size, total)):
                self._write(chunk, self._call(ids[n], moments[n]), 1 - (n + 1) / total)
            yield chunk

    def _call(self, key: int, moment: Moment) -> Call:
        agent = self._agent(moment.site)
        created_at = min(moment.at + timedelta(seconds=self.rng.randrange(90, 500)), self.now)
        place = self.callers.draw(moment)
        reasons = self._reasons(moment.reason)
        clocks = self.dues.at_first(place.property_id, reasons, moment.at)
        return Call(key, moment, agent, created_at, place, reasons, clocks)

    def _write(self, chunk: Chunk, call: Call, age: float) -> None:
        where = (call.moment.site, call.moment.reason)
        status = stories.final_status(
            age,
            self.rng,
            is_late=self._is_past(call.clocks.resolve_due_at),
            is_over=call.place.property_id is None and self.now - call.moment.at > PLACED_WITHIN,
        )
        head = self._head(chunk, call.moment) if status == "Duplicate" else None
        if head is not None:
            call = replace(call, place=_place_of(chunk.logs[head]))
        elif status == "Duplicate":
            status = "Resolved"
        story = self._story(call, status, chunk.logs[head] if head is not None else None)
        holder = self.holders.of_call(call.moment, story, call.agent)
        row = self._row(call, story, holder)
        if head is not None:
            row = row._replace(folded_into_id=chunk.logs[head].id)
            chunk.comments.append(self._fold_line(chunk.logs[head], row, story, call.agent))
            last = chunk.comments[-1].created_at
            chunk.logs[head] = chunk.logs[head]._replace(
                version=chunk.logs[head].version + 1, updated_at=last
            )
        elif call.place.property_id is not None:
            self._heads[where] = len(chunk.logs)
        chunk.logs.append(row)
        chunk.reasons += self.reason_rows(call.id, call.reasons)
        chunk.comments += self._comment_rows(call, story)
        if story.status == "Callback due":
            chunk.callbacks.append(self._callback(call, holder))

    def _story(self, call: Call, status: str, head: LogRow | None) -> Story:
        is_owed = status not in stories.CLOSED_NAMES and self._is_past(
            call.clocks.first_answer_due_at
        )
        return stories.tell(
            status,
            call.created_at,
            self.now,
            heavy=self.heavy,
            head=stories.Head(head.id, head.updated_at) if head else None,
            least=1 if head or (is_owed and self.rng.random() < ANSWERED) else 0,
            rng=self.rng,
        )

    def _is_past(self, due: datetime | None) -> bool:
        return due is not None and due < self.now

    def _agent(self, site: int) -> Agent:
        team = self._teams.get(site)
        if team is None:
            here = (a for a in self.agents if a.sites is None or site in a.sites)
            team = self._teams[site] = Weighted({agent: agent.weight for agent in here})
        return team.draw(self.rng)

    def _head(self, chunk: Chunk, moment: Moment) -> int | None:
        """Where in the chunk the call stands that one of this moment would repeat, if any does."""
        index = self._heads.get((moment.site, moment.reason))
        if index is None or moment.at - chunk.logs[index].contacted_at > SAME_MATTER:
            return None
        return index

    def _fold_line(self, head: LogRow, row: LogRow, story: Story, agent: Agent) -> CommentRow:
        """The line of a fold in the history of its head, which has been told up to then."""
        status = next(each for each in self.statuses.values() if each.pk == head.status_id)
        return CommentRow(
            self.organization_id,
            head.id,
            FOLDED_HERE.format(call=row.id, who=row.call_from),
            agent.id,
            agent.name,
            status.pk,
            status.name,
            CommentKind.FOLD.value,
            next(line.at for line in story.lines if line.kind == CommentKind.FOLD),
        )

    def _row(self, call: Call, story: Story, holder: int | None) -> LogRow:
        rng, place, moment = self.rng, call.place, call.moment
        status = self.statuses[story.status]
        clocks = self.dues.in_the_end(place.property_id, call.clocks, story, moment.at)
        return LogRow(
            id=call.id,
            organization_id=self.organization_id,
            property_id=place.property_id,
            unit_id=place.unit_id,
            resident_id=place.resident_id,
            call_from=place.call_from,
            direction=(Direction.OUTBOUND if rng.random() < 0.18 else Direction.INBOUND).value,
            phone_raw=place.phone[0],
            phone_e164=place.phone[1],
            phone_digits_reversed=place.phone[2],
            status_id=status.pk,
            status_kind=status.kind,
            subject=rng.choice(SUBJECTS[moment.reason]),
            notes=self._notes(moment.reason),
            taken_by_id=call.agent.id,
            taken_by_name=call.agent.name,
            assignee_id=holder,
            contacted_at=moment.at,
            contacted_zone=self.dues.zone_of(place.property_id),
            duration_seconds=duration(moment.reason, rng),
            first_answer_due_at=clocks.first_answer_due_at,
            resolve_due_at=clocks.resolve_due_at,
            clock_paused_at=clocks.paused_at,
            folded_into_id=None,
            version=1 + len(story.lines),
            closed_at=story.closed_at,
            created_at=call.created_at,
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

    def _reasons(self, main: str) -> list[str]:
        luck = self.rng.random()
        names = [main]
        if luck < 0.13:
            second = SECOND_REASON.get(main[0], "ox")
            names.append(second if second != main else "oo")
        if luck < 0.01:
            names.append("cn" if main != "cn" else "cp")
        return names

    def reason_rows(self, key: int, names: Iterable[str]) -> Iterator[ReasonRow]:
        """The reasons of a call by mnemonic, the main one first."""
        for position, name in enumerate(names):
            yield ReasonRow(self.organization_id, key, self.reasons[name].pk, position)

    def _comment_rows(self, call: Call, story: Story) -> Iterator[CommentRow]:
        for line in story.lines:
            author = call.agent if self.rng.random() < 0.7 else self.agents[0]
            status = self.statuses[line.status]
            yield CommentRow(
                self.organization_id,
                call.id,
                line.text,
                author.id,
                author.name,
                status.pk,
                line.status,
                line.kind,
                line.at,
            )

    def _callback(self, call: Call, holder: int | None) -> CallbackRow:
        """A promise: a fifth is overdue, of those that no desk holds half are anyone's."""
        rng = self.rng
        hours = rng.random() * (72 if holder in self.holders.desk_ids else 8)
        due_at = self.now + timedelta(hours=-hours if rng.random() < 0.2 else hours)
        due_at = max(due_at.replace(second=0), call.created_at)
        if holder not in self.holders.desk_ids:
            holder = call.agent.id if rng.random() < 0.5 else None
        return CallbackRow(self.organization_id, call.id, due_at, "", holder, call.created_at)


def _place_of(row: LogRow) -> Place:
    phone = (row.phone_raw, row.phone_e164, row.phone_digits_reversed)
    return Place(row.property_id, row.unit_id, row.resident_id, row.call_from, phone)


MEDIAN_SECONDS: dict[str, float] = {"q": 340, "e": 260, "a": 130}


def duration(reason: str, rng: random.Random) -> int | None:
    """Whole seconds, lognormal around the family's median (domain.md 4); sometimes unknown."""
    if rng.random() < 0.05:
        return None
    return round(MEDIAN_SECONDS.get(reason[0], 175) * rng.lognormvariate(0, 0.72))
