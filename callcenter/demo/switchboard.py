"""Calls as a telephone system would push them (wire/voipnow.md 9): planned, and sent in time."""

import heapq
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from callcenter.telephony.models import EventKind

from .moments import Weighted

# How a call goes, roughly as at a small desk: most are answered, one in ten is missed.
ANSWERED, MISSED, GAVE_UP, BUSY, OUTGOING = "answered", "missed", "gave up", "busy", "outgoing"
STORIES = Weighted({ANSWERED: 66.0, MISSED: 10.0, GAVE_UP: 7.0, BUSY: 4.0, OUTGOING: 13.0})
WITHHELD = ("Anonymous", "Restricted", "Private", "Unavailable")
WITHHELD_SHARE, STRANGER_SHARE, AGAIN_SHARE = 0.07, 0.2, 0.5
RING_SECONDS, NO_ANSWER_SECONDS = (3.0, 18.0), 25.0
TALK_SECONDS = (12.0, 300.0)  # shortest and longest
USUAL_TALK = 180.0
AGAIN_AFTER = (20.0, 90.0)  # seconds after which a missed caller tries again


class Push(NamedTuple):
    """One event: seconds after the start, its kind, its parameters as they are sent."""

    at: float
    kind: EventKind
    fields: dict[str, str]


class Caller(NamedTuple):
    """A number that rings and the name that is shown with it; both may be empty.

    `line` is the number of ours that it rings, "" for the company's.
    """

    number: str
    name: str = ""
    line: str = ""


class House(NamedTuple):
    """What the line of a property rings: the telephone of its office, and agents' extensions."""

    office: str
    agents: Sequence[str]


@dataclass
class Switchboard:
    """Plans calls: who rings, at which free extensions, and what comes of it.

    `line` is the company's, `houses` are the properties by their lines. `run` begins every CallID,
    so that two runs never have the same. The same `rng` gives the same calls.
    """

    callers: Sequence[Caller]
    extensions: Sequence[str]
    line: str
    run: str
    rng: random.Random
    houses: Mapping[str, House] = field(default_factory=dict)
    busy_until: dict[str, float] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def call(self, at: float, caller: Caller | None = None) -> list[Push]:
        """A call that comes at `at`, as its events in their order.

        A named caller is one who tries again, and is answered if anybody is free.
        """
        story = ANSWERED if caller else STORIES.draw(self.rng)
        caller = caller or self._caller()
        desks = self.desks(caller.line)
        free = [one for one in desks if self.busy_until.get(one, 0.0) <= at]
        if story == OUTGOING and free:
            return self.outgoing(at, self.rng.choice(free), caller)
        if story == BUSY or not free:
            return self.incoming(at, BUSY, [self.rng.choice(desks)], caller)
        rung = self.rng.sample(free, min(len(free), self.rng.choice((1, 2, 2, 3))))
        return self.incoming(at, story, rung, caller)

    def desks(self, line: str) -> Sequence[str]:
        """The agents' extensions that a line may ring."""
        house = self.houses.get(line)
        return self.extensions if house is None else house.agents

    def incoming(
        self, at: float, story: str, rung: list[str], caller: Caller, talk: float | None = None
    ) -> list[Push]:
        """These extensions ring at once; the first one answers and talks so long, or none does.

        The office of the property whose line it is rings along, and nobody is there to answer.
        """
        common = {"CallID": f"{self.run}.{next(self.numbers)}"}
        common |= {"CallerIDNum": caller.number, "CallerIDName": caller.name, "CallFlow": "IN"}
        line = caller.line or self.line
        common |= {"CalledDID": line, "CalledNumber": line}
        if line in self.houses:
            rung = [*rung, self.houses[line].office]
        rings = [self._push(at, EventKind.DIAL_IN, one, common, "CALLING") for one in rung]
        if story != ANSWERED:
            waits, said = self._in_vain(story)
            ends = [self._push(at + waits, EventKind.HANGUP, one, common, said) for one in rung]
            if story != BUSY:
                self.busy_until |= dict.fromkeys(rung, at + waits)
            return rings + ends
        answered = at + self.rng.uniform(*RING_SECONDS)
        ended = answered + (self._talk() if talk is None else talk)
        first, *others = rung
        self.busy_until |= dict.fromkeys(others, answered) | {first: ended}
        return [
            *rings,
            self._push(answered, EventKind.ANSWER, first, common),
            *(self._push(answered, EventKind.HANGUP, one, common, "CANCEL") for one in others),
            self._push(ended, EventKind.HANGUP, first, common, "ANSWER"),
        ]

    def outgoing(
        self, at: float, extension: str, called: Caller, talk: float | None = None
    ) -> list[Push]:
        """Somebody of ours rings out and talks so long; else three of four are picked up."""
        number = called.number if called.number.startswith("+") else self.stranger().number
        common = {"CallID": f"{self.run}.{next(self.numbers)}"}
        common |= {"CallFlow": "OUT", "CallerExtension": extension, "CalledNumber": number}
        common |= {"CallerIDNum": self.line}
        answered = at + self.rng.uniform(*RING_SECONDS)
        is_answered = talk is not None or self.rng.random() < 0.75
        talks = self._talk() if talk is None and is_answered else talk or 0.0
        ended = answered + talks
        self.busy_until[extension] = ended
        said = "ANSWER" if is_answered else "NOANSWER"
        told = [Push(at, EventKind.DIAL_OUT, common | {"CallStatus": "CALLING"})]
        if is_answered:
            told.append(Push(answered, EventKind.ANSWER, common))
        return [*told, Push(ended, EventKind.HANGUP, common | {"CallStatus": said})]

    def _in_vain(self, story: str) -> tuple[float, str]:
        """How long it rings, and what the hangup says."""
        if story == BUSY:
            return 1.0, "BUSY"
        if story == MISSED:
            return NO_ANSWER_SECONDS, "NOANSWER"
        return self.rng.uniform(*RING_SECONDS), "CANCEL"

    def _push(
        self, at: float, kind: EventKind, extension: str, common: dict[str, str], status: str = ""
    ) -> Push:
        said = {"CallStatus": status} if status else {}
        return Push(at, kind, common | {"CalledExtension": extension} | said)

    def _caller(self) -> Caller:
        luck = self.rng.random()
        if luck >= WITHHELD_SHARE + STRANGER_SHARE and self.callers:
            return self.rng.choice(self.callers)
        is_withheld = luck < WITHHELD_SHARE
        caller = Caller(self.rng.choice(WITHHELD)) if is_withheld else self.stranger()
        return caller._replace(line=self.rng.choice(list(self.houses))) if self.houses else caller

    def stranger(self) -> Caller:
        """A number that no resident has: 555-01XX is nobody's anywhere (domain.md 6.4)."""
        area = self.rng.choice(("212", "646", "718", "917", "305", "415"))
        return Caller(f"+1{area}55501{self.rng.randrange(100):02}")

    def _talk(self) -> float:
        shortest, longest = TALK_SECONDS
        return min(longest, max(shortest, self.rng.expovariate(1 / USUAL_TALK)))


def was_missed(call: Sequence[Push]) -> Caller | None:
    """Who rang in vain and may be rung back; None when answered, going out, or withheld."""
    kinds = {push.kind for push in call}
    said = call[0].fields
    if EventKind.ANSWER in kinds or EventKind.DIAL_OUT in kinds:
        return None
    number = said["CallerIDNum"]
    if not number.startswith("+"):
        return None
    return Caller(number, said["CallerIDName"], said["CalledDID"])


@dataclass
class Run:
    """Sends the events of a switchboard in their time.

    Calls come at random, `rate` a minute on average and besides those who were missed and try
    again, for `seconds` or until `count` have come. `rung` are the ids of those that were sent.
    `speed` 2.0 makes everything twice as fast. `clock` gives seconds; `wait` waits for some.
    """

    board: Switchboard
    send: Callable[[Push], None]
    rate: float
    seconds: float | None
    count: int | None
    speed: float
    clock: Callable[[], float]
    wait: Callable[[float], None]
    calls: int = 0
    events: int = 0
    rung: set[str] = field(default_factory=set)
    ringing: dict[str, Push] = field(default_factory=dict)
    due: list[tuple[float, int, Push]] = field(default_factory=list)

    def go(self) -> None:
        """Send until the end. When time is over, or it is interrupted, all live calls hang up."""
        begun, order, comes = self.clock(), itertools.count(), 0.0
        try:
            while True:
                while self._goes_on(comes) and (not self.due or comes <= self.due[0][0]):
                    self._plan(comes, order)
                    comes += self.board.rng.expovariate(self.rate / 60)
                if not self.due:
                    return
                at, _, push = heapq.heappop(self.due)
                if self.seconds is not None and at > self.seconds:
                    self._until(begun, self.seconds)
                    return
                self._until(begun, at)
                self._send(push)
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """End what still rings or talks."""
        for push in list(self.ringing.values()):
            self._send(push._replace(kind=EventKind.HANGUP, fields=_ended(push)))

    def _goes_on(self, comes: float) -> bool:
        if self.count is not None and self.calls >= self.count:
            return False
        return self.seconds is None or comes < self.seconds

    def _plan(self, at: float, order: Iterator[int]) -> None:
        """A new call; somebody who was missed may try again."""
        self.calls += 1
        call = self.board.call(at)
        caller = was_missed(call)
        has_room = self.count is None or self.calls < self.count
        if caller is not None and has_room and self.board.rng.random() < AGAIN_SHARE:
            self.calls += 1
            later = call[-1].at + self.board.rng.uniform(*AGAIN_AFTER)
            call = call + self.board.call(later, caller)
        for push in call:
            heapq.heappush(self.due, (push.at, next(order), push))

    def _send(self, push: Push) -> None:
        party = _party(push)
        if push.kind == EventKind.HANGUP:
            self.ringing.pop(party, None)
        elif push.kind == EventKind.ANSWER:
            self.ringing[party] = push
        else:
            self.ringing.setdefault(party, push)
        self.send(push)
        self.rung.add(push.fields["CallID"])
        self.events += 1

    def _until(self, begun: float, at: float) -> None:
        left = begun + at / self.speed - self.clock()
        if left > 0:
            self.wait(left)


def _party(push: Push) -> str:
    said = push.fields
    who = said["CallerExtension"] if said["CallFlow"] == "OUT" else said["CalledExtension"]
    return f"{said['CallID']} {who}"


def _ended(push: Push) -> dict[str, str]:
    return push.fields | {"CallStatus": "ANSWER" if push.kind == EventKind.ANSWER else "CANCEL"}
