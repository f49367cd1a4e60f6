"""Tells single calls of the last days word for word, as rows for COPY."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from callcenter.calls.models import CommentKind, Direction, Reason, Status, Visibility

from .dues import Dues
from .logs import duration
from .places import Person, Site, UnitRow
from .rows import Agent, CallbackRow, Chunk, CommentRow, LogRow, ReasonRow
from .stories import CLOSED_NAMES, Line, Story

NO_NUMBER = ("", "", "")
LOGGED_AFTER = timedelta(seconds=75)
SETTLED = timedelta(days=60)


class Home(NamedTuple):
    """A unit, and somebody who lives there."""

    site: Site
    unit: UnitRow
    person: Person


class Said(NamedTuple):
    """A line of history to come: when, by whom, what; the status from then on, "" as before."""

    at: datetime
    by: Agent
    text: str
    status: str = ""
    kind: CommentKind = CommentKind.COMMENT
    visibility: Visibility = Visibility.INTERNAL


class Call(NamedTuple):
    """A call to come; without a home nobody knows where it is from, without `by` nobody took it.

    `caller` is who rings when it is not the one who lives there, `head` the call it is folded
    into.
    """

    at: datetime
    home: Home | None
    reasons: Sequence[str]
    subject: str
    notes: str = ""
    by: Agent | None = None
    holder: Agent | None = None
    caller: str = ""
    phone: tuple[str, str, str] = NO_NUMBER
    start: str = "New"
    history: Sequence[Said] = ()
    head: int | None = None


@dataclass(slots=True)
class Scribe:
    """Writes calls down; `ids` are their numbers."""

    organization_id: int
    statuses: dict[str, Status]
    reasons: dict[str, Reason]
    dues: Dues
    ids: Iterator[int]
    rng: random.Random
    chunk: Chunk = field(default_factory=Chunk)

    def write(self, call: Call, *, key: int | None = None) -> LogRow:
        """Write a call down and return its row."""
        key = next(self.ids) if key is None else key
        story = _story(call)
        row = self._row(key, call, story)
        self.chunk.logs.append(row)
        self.chunk.reasons += (
            ReasonRow(self.organization_id, key, self.reasons[name].pk, position)
            for position, name in enumerate(call.reasons)
        )
        self.chunk.comments += (
            self._comment(key, said, line)
            for said, line in zip(call.history, story.lines, strict=True)
        )
        return row

    def promise(self, row: LogRow, due_at: datetime, assignee: Agent | None, text: str) -> None:
        """A promise to ring back that has not ended; `text` is how its time was typed."""
        holder = assignee.id if assignee else None
        self.chunk.callbacks.append(
            CallbackRow(self.organization_id, row.id, due_at, text, holder, row.created_at)
        )

    def _row(self, key: int, call: Call, story: Story) -> LogRow:
        home, status = call.home, self.statuses[story.status]
        place = home.site.row.id if home else None
        resident = home.person if home and not call.caller else None
        phone = _number(resident) if call.phone == NO_NUMBER else call.phone
        clocks = self.dues.at_first(place, call.reasons, call.at)
        clocks = self.dues.in_the_end(place, clocks, story, call.at)
        return LogRow(
            id=key,
            organization_id=self.organization_id,
            property_id=place,
            unit_id=home.unit.id if home else None,
            resident_id=resident.id if resident else None,
            call_from=resident.full_name if resident else call.caller,
            direction=Direction.INBOUND.value,
            phone_raw=phone[0],
            phone_e164=phone[1],
            phone_digits_reversed=phone[2],
            status_id=status.pk,
            status_kind=status.kind,
            subject=call.subject,
            notes=call.notes,
            taken_by_id=call.by.id if call.by else None,
            taken_by_name=call.by.name if call.by else "",
            assignee_id=call.holder.id if call.holder else None,
            contacted_at=call.at,
            contacted_zone=self.dues.zone_of(place),
            duration_seconds=duration("".join(call.reasons) or "o", self.rng),
            first_answer_due_at=clocks.first_answer_due_at,
            resolve_due_at=clocks.resolve_due_at,
            clock_paused_at=clocks.paused_at,
            folded_into_id=call.head,
            version=1 + len(story.lines),
            closed_at=story.closed_at,
            created_at=call.at + LOGGED_AFTER,
            updated_at=story.updated_at,
        )

    def _comment(self, key: int, said: Said, line: Line) -> CommentRow:
        status = self.statuses[line.status]
        return CommentRow(
            self.organization_id,
            key,
            line.text,
            said.by.id,
            said.by.name,
            status.pk,
            line.status,
            line.kind,
            line.at,
            said.visibility.value,
        )


def homes_at(site: Site, today: date) -> list[Home]:
    """The units of a site that have people who have lived there for some time and stay."""
    units = {unit.id: unit for unit in site.units}
    found: dict[int, Home] = {}
    for person in site.people:
        has_come = person.move_in is None or person.move_in < today - SETTLED
        if person.unit_id is not None and has_come and person.move_out is None:
            found.setdefault(person.unit_id, Home(site, units[person.unit_id], person))
    return sorted(found.values(), key=lambda home: home.unit.display_order)


def _story(call: Call) -> Story:
    here, lines, closed_at = call.start, [], None
    for said in call.history:
        before, here = here, said.status or here
        if here not in CLOSED_NAMES:
            closed_at = None
        elif before not in CLOSED_NAMES:
            closed_at = said.at
        is_move = said.kind == CommentKind.COMMENT and here != before
        kind = CommentKind.STATUS if is_move else said.kind
        lines.append(Line(kind.value, here, said.text, said.at))
    last = lines[-1].at if lines else call.at + LOGGED_AFTER
    return Story(call.start, here, lines, closed_at, last)


def _number(person: Person | None) -> tuple[str, str, str]:
    if person is None or not person.phones:
        return NO_NUMBER
    return person.phones[0].raw, person.phones[0].e164, person.phones[0].digits_reversed
