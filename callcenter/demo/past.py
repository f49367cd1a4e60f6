"""The demo's last month on the telephone: the calls of its logs, and those that nobody logged.

Each call is told by the events of the switchboard and read as those of a real one are.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from callcenter.calls.models import Direction
from callcenter.telephony.facts import Facts
from callcenter.telephony.story import Event, extension_of, facts_of

from .colleagues import RANG_BACK
from .moments import Moment, Weighted, moments
from .places import Site
from .rows import Agent, LogRow
from .switchboard import (
    ANSWERED,
    BUSY,
    GAVE_UP,
    MISSED,
    OUTGOING,
    STRANGER_SHARE,
    WITHHELD_SHARE,
    Caller,
    Push,
    Switchboard,
)
from .switchboard import WITHHELD as SHOWN_INSTEAD

SPAN = timedelta(days=30)
TIED = 0.9  # of the logs of which a call may be known; nobody talks to two at once
SLIP, FORGOTTEN = "slip", "forgotten"
# For each log of the month so many other calls; of all calls 6 % give up, 2 % stay unlogged.
BESIDES = {MISSED: 0.09, GAVE_UP: 0.06, BUSY: 0.02, OUTGOING: 0.10, SLIP: 0.04, FORGOTTEN: 0.02}
SLIP_SECONDS = (4, 18)  # shorter than what the radar takes for a talk
LONG_AGO = timedelta(days=15)  # farther back than the radar looks
STILL_TO_LOG = (1, 2, 4, 4)  # talks of the last days that the radar finds, for each agent
LATELY = 60  # moments that these are chosen from
NOT_SINCE = timedelta(hours=3)
WAITING = 6  # numbers that rang in vain and wait for somebody
RUNG_BACK = 0.4  # of the others; of the rest somebody said what was done
HANDLED_WITHIN = (5, 90)  # minutes
REASONS = (*RANG_BACK, "Has written a mail since", "Sales call", "Came by at the office")


class Told(NamedTuple):
    """A call that is over: its id at the switchboard, and what its events add up to."""

    call_id: str
    facts: Facts


class Handled(NamedTuple):
    """What somebody said of a missed call."""

    by: Agent
    reason: str
    at: datetime


type Rest = list[tuple[Told, Handled | None]]


@dataclass(slots=True)
class Past:
    """Tells the calls of the SPAN before `now`.

    `extensions` are those of the agents by user, `lines` those of the properties that have one.
    """

    sites: Sequence[Site]
    agents: Sequence[Agent]
    extensions: dict[int, str]
    lines: Mapping[int, str]
    board: Switchboard
    now: datetime
    rng: random.Random
    _busy: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def since(self) -> datetime:
        """When it begins."""
        return self.now - SPAN

    def of_log(self, log: LogRow) -> Told | None:
        """The call that a log was written down in; None when it is not known to the telephone."""
        mine = self.extensions.get(log.taken_by_id or 0)
        is_withheld = log.phone_raw.isalpha()  # a word where a number would be
        if mine is None or not (log.phone_e164 or is_withheld) or self.rng.random() > TIED:
            return None
        name = log.call_from[:60].upper() if log.resident_id else ""
        line = self.lines.get(log.property_id or 0, "")
        caller = Caller(log.phone_e164 or log.phone_raw, name, line)
        at, talk = self._seconds(log.contacted_at), log.duration_seconds
        if log.direction == Direction.INBOUND:
            pushes = self.board.incoming(at, ANSWERED, self._rung(mine, line), caller, talk)
        elif is_withheld:
            return None
        else:
            pushes = self.board.outgoing(at, mine, caller, talk)
        return self._told(pushes, mine)

    def rest(self, logs: int) -> Rest:
        """The calls that nobody logged, beside so many logs; not in order."""
        found: Rest = [(told, None) for told in self._still_to_log()]
        vain: list[Told] = []
        kinds = Weighted(BESIDES)
        for moment in self._moments(round(logs * sum(BESIDES.values())), SPAN):
            kind = kinds.draw(self.rng)
            told = self._beside(kind, moment)
            if told is not None and kind in (MISSED, GAVE_UP, BUSY):
                vain.append(told)
            elif told is not None:
                found.append((told, None))
        return found + list(self._cleared(vain))

    def _moments(self, count: int, span: timedelta) -> list[Moment]:
        return moments(list(self.sites), count, self.now, span.days, self.rng)

    def _beside(self, kind: str, moment: Moment) -> Told | None:
        """A call of this kind; None where the agent was on the line, or it would not be over."""
        agent = self._agent(moment.site)
        mine, at = self.extensions[agent.id], self._seconds(moment.at)
        if kind == OUTGOING:
            return self._told(self.board.outgoing(at, mine, self._resident(moment.site)), mine)
        if kind == FORGOTTEN and moment.at > self.now - LONG_AGO:
            return None
        talk = float(self.rng.randint(*SLIP_SECONDS)) if kind == SLIP else None
        story = ANSWERED if kind in (SLIP, FORGOTTEN) else kind
        caller = self._caller(moment.site)
        rung = self._rung(mine, caller.line)[: 1 if kind == BUSY else None]
        pushes = self.board.incoming(at, story, rung, caller, talk)
        return self._told(pushes, mine if story == ANSWERED else "")

    def _still_to_log(self) -> Iterator[Told]:
        """Talks of the last days that the agents have still to write down."""
        times = self._moments(LATELY, LONG_AGO - timedelta(days=3))
        for agent, count in zip(self.agents, STILL_TO_LOG, strict=True):
            here = [m for m in times if agent.sites is None or m.site in agent.sites]
            old = [moment for moment in here if moment.at < self.now - NOT_SINCE]
            for moment in self.rng.sample(old, min(count, len(old))):
                mine, talk = self.extensions[agent.id], float(self.rng.randint(40, 260))
                caller = self._resident(moment.site)
                rung = self._rung(mine, caller.line)
                at = self._seconds(moment.at)
                told = self._told(self.board.incoming(at, ANSWERED, rung, caller, talk), mine)
                if told is not None:
                    yield told

    def _cleared(self, vain: list[Told]) -> Iterator[tuple[Told, Handled | None]]:
        """The calls in vain: the last ones wait, of the others somebody took care."""
        waiting = 0
        for told in sorted(vain, key=lambda told: told.facts.published_at, reverse=True):
            if not told.facts.caller.startswith("+"):
                yield told, None
            elif waiting < WAITING:
                waiting += 1
                yield told, None
            elif self.rng.random() < RUNG_BACK and (back := self._ring_back(told)) is not None:
                yield told, None
                yield back, None
            else:
                yield told, self._handled(told)

    def _ring_back(self, told: Told) -> Told | None:
        at = self._later(told)
        mine = self.extensions[self._agent(None).id]
        talk = float(self.rng.randint(30, 240))
        caller = Caller(told.facts.caller)
        return self._told(self.board.outgoing(self._seconds(at), mine, caller, talk), mine)

    def _handled(self, told: Told) -> Handled:
        at = min(self.now, self._later(told))
        return Handled(self._agent(None), self.rng.choice(REASONS), at)

    def _later(self, told: Told) -> datetime:
        return told.facts.published_at + timedelta(minutes=self.rng.randint(*HANDLED_WITHIN))

    def _told(self, pushes: list[Push], by: str) -> Told | None:
        """What these events say; None when it goes on, or `by` talks to somebody else."""
        events = [
            Event(
                kind=push.kind,
                extension=extension_of(push.kind, push.fields),
                at=self.since + timedelta(seconds=round(push.at)),
                raw=push.fields,
            )
            for push in pushes
        ]
        facts = facts_of(events)
        assert facts is not None  # noqa: S101 (there are events)
        if facts.ended_at is None or facts.ended_at > self.now:
            return None
        if by:
            begin, end = int(pushes[0].at) // 60, int(pushes[-1].at) // 60
            minutes = set(range(begin, end + 1))
            if self._busy[by] & minutes:
                return None
            self._busy[by] |= minutes
        return Told(pushes[0].fields["CallID"], facts)

    def _rung(self, first: str, line: str) -> list[str]:
        """Who rings at once: this extension, and often others of the line."""
        others = [one for one in self.board.desks(line) if one != first]
        return [first, *self.rng.sample(others, min(len(others), self.rng.choice((0, 1, 1, 2))))]

    def _agent(self, site: int | None) -> Agent:
        here = (a for a in self.agents if site is None or a.sites is None or site in a.sites)
        return Weighted({agent: agent.weight for agent in here}).draw(self.rng)

    def _caller(self, site: int) -> Caller:
        """Anybody: some withhold their number, some are strangers, most live there."""
        luck = self.rng.random()
        if luck < WITHHELD_SHARE:
            return Caller(self.rng.choice(SHOWN_INSTEAD), line=self._line(site))
        if luck < WITHHELD_SHARE + STRANGER_SHARE:
            return self._stranger(site)
        return self._resident(site)

    def _resident(self, site: int) -> Caller:
        """Somebody who lives there; a stranger when the first few drawn have no number."""
        people = self.sites[site].people
        for person in self.rng.sample(people, min(5, len(people))):
            if person.phones and person.phones[0].e164:
                name = person.full_name[:60].upper()
                return Caller(person.phones[0].e164, name, self._line(site))
        return self._stranger(site)

    def _stranger(self, site: int) -> Caller:
        return self.board.stranger()._replace(line=self._line(site))

    def _line(self, site: int) -> str:
        return self.lines.get(self.sites[site].row.id, "")

    def _seconds(self, at: datetime) -> float:
        return (at - self.since).total_seconds()
