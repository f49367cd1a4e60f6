"""The calls of the telephone system that does not exist: whole, in time, and over at the end."""

import random
from collections import defaultdict
from itertools import pairwise

import pytest

from callcenter.demo.switchboard import WITHHELD, Caller, House, Push, Run, Switchboard, was_missed
from callcenter.telephony.models import EventKind

LINE = "+12125550100"
RESIDENT = Caller("+13055550142", "ANA RUIZ")


class Clock:
    """A clock that stands still until somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def board(seed: int = 1) -> Switchboard:
    extensions = ["0003*201", "0003*202", "0003*203"]
    return Switchboard([RESIDENT], extensions, LINE, "7", random.Random(seed))  # noqa: S311


def ran(
    *, seed: int = 1, seconds: float | None = None, count: int | None = None, rate: float = 6.0
) -> tuple[list[Push], Run, float]:
    """What was sent, the run, and how long it took."""
    clock, sent = Clock(), list[Push]()
    run = Run(board(seed), sent.append, rate, seconds, count, 1.0, clock, clock.wait)
    run.go()
    return sent, run, clock.now - 100.0


def by_party(sent: list[Push]) -> dict[tuple[str, str], list[Push]]:
    """The events of each extension in each call, as they were sent."""
    found: dict[tuple[str, str], list[Push]] = defaultdict(list)
    for push in sent:
        said = push.fields
        who = said.get("CallerExtension") or said["CalledExtension"]
        found[said["CallID"], who].append(push)
    return found


def test_every_party_rings_once_and_hangs_up_once_at_the_end() -> None:
    sent, run, _took = ran(count=300)
    assert run.calls == len({push.fields["CallID"] for push in sent}) == 300
    for events in by_party(sent).values():
        kinds = [push.kind for push in events]
        assert kinds[0] in (EventKind.DIAL_IN, EventKind.DIAL_OUT)
        assert kinds[-1] == EventKind.HANGUP
        assert kinds.count(EventKind.HANGUP) == 1
        assert kinds[1:-1] in ([], [EventKind.ANSWER])


def test_all_kinds_of_calls_come() -> None:
    sent, _run, _took = ran(count=300)
    statuses = {push.fields.get("CallStatus") for push in sent}
    assert statuses >= {"CALLING", "ANSWER", "NOANSWER", "CANCEL", "BUSY"}
    numbers = {push.fields["CallerIDNum"] for push in sent}
    assert RESIDENT.number in numbers
    assert numbers & set(WITHHELD)
    assert len({who for _call, who in by_party(sent)}) == 3
    rung = [push.fields["CallID"] for push in sent if push.kind == EventKind.DIAL_IN]
    assert len(rung) > len(set(rung))  # several extensions of one call


def test_nobody_talks_to_two_at_once() -> None:
    talks: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (_call, who), events in by_party(ran(count=300, rate=60.0)[0]).items():
        if any(push.kind == EventKind.ANSWER for push in events):
            talks[who].append((events[0].at, events[-1].at))
    assert talks
    for times in talks.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(times)))


def test_it_keeps_the_rate_and_the_time_and_leaves_nobody_on_the_line() -> None:
    sent, run, took = ran(seconds=3_600, rate=6.0)
    assert took == 3_600
    assert 300 < len(run.rung) < 520  # 360 come, and some of those who were missed try again
    assert not run.ringing
    for events in by_party(sent).values():
        assert events[-1].kind == EventKind.HANGUP


def test_the_same_seed_gives_the_same_calls() -> None:
    first, *_rest = ran(count=40, seed=3)
    assert ran(count=40, seed=3)[0] == first
    assert ran(count=40, seed=4)[0] != first


def test_who_interrupts_it_hangs_up_what_is_live() -> None:
    clock, sent = Clock(), list[Push]()

    def impatient(seconds: float) -> None:
        clock.wait(seconds)
        if clock.now > 160.0:
            raise KeyboardInterrupt

    run = Run(board(), sent.append, 20.0, None, None, 1.0, clock, impatient)
    with pytest.raises(KeyboardInterrupt):
        run.go()
    assert not run.ringing
    for events in by_party(sent).values():
        assert events[-1].kind == EventKind.HANGUP


def test_a_property_line_rings_its_office_along_with_those_who_serve_it() -> None:
    house = House("0003*301", ["0003*202", "0003*203"])
    planner = board()
    planner.houses = {"+18005550101": house}
    planner.callers = [RESIDENT._replace(line="+18005550101")]
    calls = [planner.call(600.0 * n) for n in range(200)]
    incoming = [call for call in calls if call[0].fields["CallFlow"] == "IN"]
    for call in incoming:
        rung = {push.fields["CalledExtension"] for push in call}
        assert house.office in rung
        assert rung <= {house.office, *house.agents}
        assert {push.fields["CalledDID"] for push in call} == {"+18005550101"}
        answers = [push for push in call if push.kind == EventKind.ANSWER]
        assert house.office not in {push.fields["CalledExtension"] for push in answers}
    again = [caller for call in incoming if (caller := was_missed(call))]
    assert {caller.line for caller in again} == {"+18005550101"}
