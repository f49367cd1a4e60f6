"""What events add up to: the same in any order, however often, whatever is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.telephony.facts import Facts, View
from callcenter.telephony.models import EventKind
from callcenter.telephony.story import Event, extension_of, facts_of

START = datetime(2026, 11, 20, 14, 3, 11, tzinfo=UTC)
ANA, BO, CY = "0003*210", "0003*211", "0003*212"
CALLER = {"CallerIDNum": "+13055550142", "CallerIDName": "Ana Ruiz", "CalledDID": "+12125550100"}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def event(kind: str, extension: str, seconds: float, **raw: str) -> Event:
    """An incoming event of this extension, which rings for a call from outside."""
    told = CALLER | {"CallID": "abc1", "CallFlow": "IN", "CalledExtension": extension} | raw
    told = {name: value for name, value in told.items() if value}
    return Event(EventKind(kind), extension_of(kind, told), at(seconds), told)


def facts(*events: Event) -> Facts:
    found = facts_of(events)
    assert found is not None
    return found


def view(found: Facts, extension: str) -> View:
    return next(view for view in found.views if view.extension == extension)


RING = event("dial-in", ANA, 0, CallStatus="CALLING")
ANSWER = event("answer", ANA, 8)
HANGUP = event("hangup", ANA, 68, CallStatus="ANSWER")


def test_a_call_that_rings_is_live() -> None:
    found = facts(RING)
    assert (found.published_at, found.answered_at, found.ended_at) == (at(0), None, None)
    assert (found.extension, found.caller, found.caller_name) == (ANA, "+13055550142", "Ana Ruiz")
    assert (found.called, found.flow) == ("+12125550100", 8)
    (ana,) = found.views
    assert (ana.status, ana.ringing_at, ana.disposition) == (3, at(0), None)
    assert (ana.sources, ana.destinations) == (("+13055550142",), (ANA,))
    assert ana.caller_id == "Ana Ruiz <+13055550142>"


def test_an_answer_stamps_call_and_view() -> None:
    found = facts(RING, ANSWER)
    assert (found.answered_at, found.ended_at) == (at(8), None)
    assert (found.views[0].status, found.views[0].answered_at) == (5, at(8))


def test_the_last_open_view_ends_the_call() -> None:
    second = event("dial-in", BO, 1)
    found = facts(RING, second, HANGUP)
    assert (found.ended_at, view(found, ANA).ended_at) == (None, at(68))
    found = facts(RING, second, HANGUP, event("hangup", BO, 70, CallStatus="NOANSWER"))
    assert (found.ended_at, found.disposition) == (at(70), 0)
    assert [one.disposition for one in found.views] == [0, 3]


def test_a_call_that_goes_on_to_another_extension_is_live_again() -> None:
    first = (RING, event("hangup", ANA, 20, CallStatus="NOANSWER"))
    assert facts(*first).ended_at == at(20)
    assert facts(*first, event("dial-in", BO, 21)).ended_at is None


@pytest.mark.parametrize(
    ("status", "disposition"),
    [
        ("ANSWER", 0),
        ("BUSY", 1),
        ("CONGESTION", 2),
        ("CHANUNAVAIL", 2),
        ("NOANSWER", 3),
        ("CANCEL", 3),
        ("UNKNOWN", 4),
        ("", 4),
        ("busy", 1),
        ("SOMETHING", 4),
    ],
)
def test_the_disposition_is_that_of_the_hangup(status: str, disposition: int) -> None:
    hangup = event("hangup", ANA, 30, CallStatus=status)
    assert facts(RING, hangup).disposition == disposition
    assert facts(RING, hangup, ANSWER).disposition == 0
    assert facts(hangup, event("answer", ANA, 31)).disposition == 0


def test_what_comes_after_the_hangup_only_fills_gaps() -> None:
    late = [event("dial-in", ANA, 70), event("answer", ANA, 71)]
    found = facts(event("hangup", ANA, 68, CallStatus="ANSWER"), *late)
    (ana,) = found.views
    assert (found.ended_at, ana.ended_at, ana.answered_at, ana.ringing_at) == (at(68),) * 4
    assert found.published_at == at(68)


def test_flow_is_local_when_both_ends_are_extensions() -> None:
    local = event("dial-in", BO, 0, CallerExtension=ANA, CallerIDNum="", CalledDID="")
    assert facts(local).flow == 2
    out = event("dial-out", "", 0, CallFlow="OUT", CallerExtension=ANA, CalledNumber=" 13055550199")
    found = facts(out)
    assert (found.flow, found.extension, found.called) == (4, ANA, "+13055550199")
    assert (found.views[0].status, found.views[0].destinations) == (4, ("+13055550199",))
    assert found.views[0].sources == (ANA,)


@pytest.mark.parametrize(
    ("kind", "raw", "extension"),
    [
        ("dial-in", {"CallFlow": "IN", "CalledExtension": ANA, "CallerExtension": BO}, ANA),
        ("answer", {"CallFlow": "OUT", "CalledExtension": ANA, "CallerExtension": BO}, BO),
        ("dial-out", {"CalledExtension": ANA, "CallerExtension": BO}, BO),
        ("hangup", {"CallerExtension": BO}, BO),
        ("hangup", {"CallFlow": "IN", "CallerExtension": BO}, ""),
        ("hangup", {"CalledExtension": "+13055550142"}, ""),
        ("hangup", {}, ""),
    ],
)
def test_an_event_is_of_the_extension_from_which_it_is_seen(
    kind: str, raw: dict[str, str], extension: str
) -> None:
    assert extension_of(kind, raw) == extension


@pytest.mark.parametrize("name", ["CallerIDName", "CallerIDNam"])
def test_the_name_of_the_caller_is_spelt_in_two_ways(name: str) -> None:
    said = {"CallerIDName": "", "CallerIDNum": " 13055550142", name: "Bo"}
    found = facts(event("dial-in", ANA, 0, **said))
    assert (found.caller_name, found.caller) == ("Bo", "+13055550142")


def test_an_event_without_an_extension_is_of_the_one_party_that_lacks_it() -> None:
    nobodys = event("hangup", "", 68, CallStatus="ANSWER")
    assert facts(RING, nobodys).ended_at == at(68)
    both = (RING, event("dial-in", BO, 1))
    assert facts(*both, nobodys).ended_at is None
    assert facts(*both, event("hangup", BO, 30), nobodys).ended_at == at(68)
    assert facts(nobodys).views == (view(facts(nobodys), ""),)


def test_without_events_nothing_is_known() -> None:
    assert facts_of([]) is None


PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Everything that several extensions of one call can send, with any field missing.
NAMES = ("CallerIDNum", "CallerIDName", "CalledDID", "CallFlow", "CalledExtension", "CallStatus")


def _story(extension: str) -> list[Event]:
    return [
        event("dial-in", extension, 0, CallStatus="CALLING"),
        event("answer", extension, 8),
        event("hangup", extension, 60, CallStatus="NOANSWER"),
    ]


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Distinct events of up to three extensions, received one after the other."""
    found: dict[tuple[str, str], Event] = {}
    for extension in (ANA, BO, CY)[: draw(st.integers(1, 3))]:
        for one in _story(extension):
            dropped = draw(st.sets(st.sampled_from(NAMES)))
            raw = {name: value for name, value in one.raw.items() if name not in dropped}
            known = replace(one, extension=extension_of(one.kind, raw), raw=raw)
            found.setdefault((known.kind, known.extension), known)
    some = st.lists(st.sampled_from(sorted(found)), min_size=1, unique=True)  # in any order
    order = draw(some)
    return [replace(found[key], at=at(number)) for number, key in enumerate(order)]


STAMPS = ("published_at", "ringing_at", "answered_at", "ended_at", "opened_at", "talk_seconds")


def timeless(found: Facts) -> dict[str, Any]:
    """What is left of a call without when and in which order it was told: whether it was."""
    views = sorted((_timeless(view) for view in found.views), key=lambda view: view["extension"])
    return _timeless(found) | {"extension": "", "views": views}


def _timeless(found: Facts | View) -> dict[str, Any]:
    known = {name: value is not None for name, value in vars(found).items() if name in STAMPS}
    return vars(found) | known


def restamped(events: Sequence[Event]) -> list[Event]:
    """The same events, received in this order."""
    return [replace(one, at=at(number)) for number, one in enumerate(events)]


@PATIENT
@given(stories(), st.data())
def test_b20_any_order_doubled_or_not_leads_to_the_same_state(
    events: list[Event], data: st.DataObject
) -> None:
    doubled = events + data.draw(st.lists(st.sampled_from(events)))
    shuffled = data.draw(st.permutations(doubled))
    assert facts_of(shuffled) == facts_of(events)


@PATIENT
@given(stories(), st.data())
def test_the_order_of_receipt_moves_stamps_and_nothing_else(
    events: list[Event], data: st.DataObject
) -> None:
    later = restamped(data.draw(st.permutations(events)))
    assert timeless(facts(*later)) == timeless(facts(*events))


@PATIENT
@given(stories())
def test_times_are_in_order_whatever_came_when(events: list[Event]) -> None:
    found = facts(*events)
    assert in_order(found.published_at, found.answered_at, found.ended_at)
    for one in found.views:
        assert in_order(one.ringing_at, one.answered_at, one.ended_at)
        assert (one.disposition is None) == (one.ended_at is None)
    assert (found.ended_at is None) == any(one.ended_at is None for one in found.views)


def in_order(*times: datetime | None) -> bool:
    known = [time for time in times if time is not None]
    return known == sorted(known)


def test_every_permutation_of_two_extensions_ends_alike() -> None:
    events = [*_story(ANA), *_story(BO)]
    states = {repr(sorted(timeless(facts(*restamped(o))).items())) for o in permutations(events)}
    assert len(states) == 1


def test_every_field_that_is_missing_leaves_the_call_whole() -> None:
    for dropped in _subsets(NAMES):
        events = []
        for one in _story(ANA):
            raw = {name: value for name, value in one.raw.items() if name not in dropped}
            events.append(replace(one, extension=extension_of(one.kind, raw), raw=raw))
        found = facts(*events)
        assert (found.ended_at, found.disposition, len(found.views)) == (at(60), 0, 1)
        assert found.talk_seconds == 52


def _subsets(names: Sequence[str]) -> Iterable[set[str]]:
    for number in range(2 ** len(names)):
        yield {name for place, name in enumerate(names) if number >> place & 1}
