"""Lists of an upstream become calls (wire/voipnow.md 11)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callcenter.telephony.listing import Taken, end_unlisted, take_listing
from callcenter.telephony.models import PhoneCall, UnreadRow
from callcenter.telephony.reading import entries_of
from tests.factories import make_phone_call

from .conftest import Desk, parties

ASKED = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
VIEW: dict[str, Any] = {
    "id": "00",
    "extension": "0003*210",
    "source": ["+13055550142"],
    "destination": ["0003*210"],
    "flow": 8,
    "status": 5,
    "callerId": "Ana Ruiz <+13055550142>",
    "answered": "2026-11-20T14:03:19Z",
}
CALL: dict[str, Any] = {
    "id": "9f3c1d7ae05b42c6d811",
    "extension": "0003*210",
    "ownerId": "3",
    "published": "2026-11-20T14:03:11Z",
    "answered": "2026-11-20T14:03:19Z",
    "nonce": "",
    "phoneCallView": [VIEW],
}


def take(desk: Desk, *entries: Any, is_history: bool = False, asked_at: datetime = ASKED) -> Taken:
    return take_listing(
        upstream=desk.upstream,
        entries=entries,
        is_history=is_history,
        asked_at=asked_at,
        actor=desk.system,
    )


def with_view(**fields: Any) -> dict[str, Any]:
    return CALL | {"phoneCallView": [VIEW | fields]}


def test_a_listed_call_is_live_with_the_upstreams_times(desk: Desk) -> None:
    taken = take(desk, CALL)
    assert (taken.changed, taken.ids) == (1, {CALL["id"]})
    call = PhoneCall.objects.get()
    assert call.wire_id == CALL["id"]
    assert call.published_at == datetime(2026, 11, 20, 14, 3, 11, tzinfo=UTC)
    assert call.answered_at == datetime(2026, 11, 20, 14, 3, 19, tzinfo=UTC)
    assert (call.ended_at, call.extension, call.caller_name) == (None, desk.mine, "Ana Ruiz")
    assert call.told == {"object": CALL, "left": []}
    assert parties(call, "status", "sources") == [(5, ["+13055550142"])]


def test_inv7_the_same_page_again_writes_nothing(desk: Desk) -> None:
    take(desk, CALL)
    history: Any = PhoneCall.pgh_event_model.objects  # type: ignore[attr-defined]
    before = history.count()
    taken = take(desk, CALL, asked_at=ASKED + timedelta(hours=1))
    assert (taken.changed, taken.unchanged) == (0, 1)
    assert history.count() == before
    assert PhoneCall.objects.get().heard_at == ASKED + timedelta(hours=1)


def test_what_is_absent_from_a_whole_list_has_ended(desk: Desk) -> None:
    take(desk, CALL)
    later = ASKED + timedelta(seconds=10)
    listed = {CALL["id"]}
    of: dict[str, Any] = {"upstream": desk.upstream, "asked_at": later, "actor": desk.system}
    assert end_unlisted(listed=listed, **of) == 0
    assert end_unlisted(listed=set(), **of) == 1
    call = PhoneCall.objects.get()
    assert (call.ended_at, call.disposition) == (later, 0)
    assert end_unlisted(listed=set(), **of) == 0


def test_calls_of_other_sources_and_new_ones_are_left(desk: Desk) -> None:
    make_phone_call(desk.organization)
    desk.tell("dial-in")
    heard = PhoneCall.objects.get(upstream=desk.upstream).heard_at
    of: dict[str, Any] = {"upstream": desk.upstream, "listed": set(), "actor": desk.system}
    assert end_unlisted(asked_at=heard + timedelta(seconds=1), **of) == 0
    assert end_unlisted(asked_at=heard + timedelta(seconds=9), **of) == 1


def test_the_history_says_what_it_came_to(desk: Desk) -> None:
    ringing = with_view(status=3, answered=None) | {"answered": ""}
    take(desk, ringing)
    end_unlisted(upstream=desk.upstream, listed=set(), asked_at=ASKED, actor=desk.system)
    later = ASKED + timedelta(seconds=10)
    end_unlisted(upstream=desk.upstream, listed=set(), asked_at=later, actor=desk.system)
    call = PhoneCall.objects.get()
    assert (call.ended_at, call.disposition) == (later, None)
    final = with_view(status=3, answered=None, disposition="3") | {"answered": ""}
    take(desk, final, is_history=True)
    call.refresh_from_db()
    assert (call.ended_at, call.disposition, call.is_told_final) == (later, 3, True)
    take(desk, ringing)
    call.refresh_from_db()
    assert (call.ended_at, call.disposition) == (later, 3)


def test_a_call_of_the_history_alone_ends_when_it_was_last_known(desk: Desk) -> None:
    take(desk, with_view(disposition=0), is_history=True)
    call = PhoneCall.objects.get()
    assert (call.ended_at, call.talk_seconds, call.disposition) == (call.answered_at, None, 0)


def test_events_and_lists_of_one_call_are_one_call(desk: Desk) -> None:
    desk.tell("dial-in", CallID=CALL["id"])
    desk.tell("hangup", "0003*211", CallID=CALL["id"], CallStatus="NOANSWER")
    take(desk, CALL)
    call = PhoneCall.objects.get()
    assert parties(call, "extension__number", "status", "disposition") == [
        ("0003*210", 5, None),
        ("0003*211", 0, 3),
    ]
    assert call.published_at == datetime(2026, 11, 20, 14, 3, 11, tzinfo=UTC)
    call = desk.tell("hangup", CallID=CALL["id"], CallStatus="ANSWER")
    assert (call.disposition, call.ended_at is not None) == (0, True)
    take(desk, CALL | {"nonce": "x"})
    call.refresh_from_db()
    assert call.ended_at is not None


def test_more_views_come_and_views_that_leave_have_ended(desk: Desk) -> None:
    second = VIEW | {"id": "01", "extension": "0003*211"}
    take(desk, CALL)
    take(desk, CALL | {"phoneCallView": [VIEW, second]})
    call = PhoneCall.objects.get()
    assert parties(call, "extension__number") == [("0003*210",), ("0003*211",)]
    later = ASKED + timedelta(seconds=30)
    take(desk, CALL | {"phoneCallView": [second]}, asked_at=later)
    call.refresh_from_db()
    assert call.ended_at is None
    ended = dict(parties(call, "extension__number", "ended_at"))
    assert ended == {"0003*210": later, "0003*211": None}


def test_a_call_that_is_listed_again_goes_on(desk: Desk) -> None:
    take(desk, CALL)
    later = ASKED + timedelta(seconds=10)
    end_unlisted(upstream=desk.upstream, listed=set(), asked_at=later, actor=desk.system)
    assert PhoneCall.objects.live().count() == 0
    take(desk, CALL, asked_at=later + timedelta(seconds=10))
    assert PhoneCall.objects.live().count() == 1


BAD: list[Any] = [7, "x", None, [], {}, {"id": ""}, {"id": None}, {"id": "x" * 201}, {"id": []}]


@pytest.mark.parametrize("row", BAD)
def test_a_bad_row_is_kept_and_fails_nothing(desk: Desk, row: Any) -> None:
    for _ in range(2):
        taken = take(desk, row, CALL)
        assert taken.unread == 1
    assert PhoneCall.objects.get().wire_id == CALL["id"]
    unread = UnreadRow.objects.get()
    assert unread.raw == row
    assert unread.reason


ODD: list[dict[str, Any]] = [
    {"phoneCallView": {"00": {k: v for k, v in VIEW.items() if k not in ("id", "extension")}}},
    {"phoneCallView": VIEW},
    {"phoneCallView": None},
    {"phoneCallView": [7, None, VIEW]},
    {"phoneCallView": [VIEW | {"source": "+13055550142", "destination": "0003*210"}]},
    {"phoneCallView": [VIEW | {"status": "5", "flow": "8", "disposition": "17"}]},
    {"phoneCallView": [VIEW | {"status": 99, "flow": 1, "answered": "soon"}]},
    {"phoneCallView": [VIEW | {"callerId": None, "callerID": "Anonymous"}]},
    {"phoneCallView": [VIEW | {"callerId": "\x00\ud800" * 300}]},
    {"published": "2026-11-20T14:03:11 05:00", "answered": "2026-11-20T10:03:19"},
    {"published": "", "answered": None},
    {"published": "0001-01-01T00:00:00+14:00"},
    {"published": "9999-12-31T23:59:59-14:00"},
    {"published": 1795183391},
    {"extension": "nobody"},
    {"extension": 210},
    {"nonce": float("inf"), "odd": float("nan")},
    {"nonce": "x" * 5_000},
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("is_history", [False, True])
def test_f17_odd_rows_are_read_as_far_as_they_can(
    desk: Desk,
    odd: dict[str, Any],
    is_history: bool,  # noqa: FBT001 (pytest's)
) -> None:
    taken = take(desk, CALL | odd, is_history=is_history)
    assert (taken.changed, taken.unread) == (1, 0)
    assert (PhoneCall.objects.get().ended_at is not None) == is_history


def test_times_without_a_zone_are_of_the_upstreams_clock(desk: Desk) -> None:
    take(desk, with_view(answered="2026-11-20T09:03:19") | {"published": "2026-11-20T09:03:11"})
    call = PhoneCall.objects.get()
    assert call.published_at == datetime(2026, 11, 20, 14, 3, 11, tzinfo=UTC)


def test_words_for_a_caller_are_kept_as_they_are(desk: Desk) -> None:
    take(desk, with_view(callerId="Anonymous", source=[]))
    call = PhoneCall.objects.get()
    assert (call.caller_raw, call.caller_e164) == ("Anonymous", "")


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ({"entry": [CALL]}, [CALL["id"]]),
        ({"entry": {"a": {"published": ""}, "b": CALL}}, ["a", CALL["id"]]),
        ({"entry": CALL}, [CALL["id"]]),
        (CALL, [CALL["id"]]),
        ({"entry": []}, []),
        ({"entry": None}, []),
        ({}, []),
        ([], []),
    ],
)
def test_entries_come_in_several_shapes(answer: Any, ids: list[str]) -> None:
    assert [one["id"] for one in entries_of(answer)] == ids
