"""Pushed events become calls (wire/voipnow.md 9)."""

import hashlib
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from callcenter.outbox.models import OutboxMessage
from callcenter.telephony.models import EventKind, Extension, PhoneCall, PhoneCallEvent
from callcenter.telephony.taking import CallIdError, take_event
from callcenter.telephony.working import end_lost_calls, work_event
from tests.factories import make_organization, make_phone_call, make_upstream

from .conftest import Desk, make_desk, parties

CALLER = {"CallerIDNum": " 13055550142", "CallerIDName": "Ana Ruiz", "CalledDID": "+12125550100"}


def test_an_event_is_stored_with_the_intent_to_work_it_inv22(desk: Desk) -> None:
    event = desk.push("dial-in", CallStatus="CALLING", Odd="kept")
    assert event is not None
    assert event.raw["Odd"] == "kept"
    message = OutboxMessage.objects.get()
    assert message.task == "telephony.work_event"
    wanted = {"organization_id": desk.organization.pk, "event_id": event.pk}
    assert message.arguments == wanted


def test_a_repeat_is_stored_and_worked_once(desk: Desk) -> None:
    desk.push("dial-in")
    assert desk.push("dial-in", CallStatus="CALLING") is None
    assert (PhoneCallEvent.objects.count(), OutboxMessage.objects.count()) == (1, 1)


@pytest.mark.parametrize("call_id", ["", "   ", "x" * 201])
def test_an_event_without_a_call_is_refused(desk: Desk, call_id: str) -> None:
    with pytest.raises(CallIdError):
        take_event(upstream=desk.upstream, kind=EventKind.ANSWER, fields={"CallID": call_id})


def test_what_no_database_keeps_is_replaced(desk: Desk) -> None:
    desk.push("dial-in", CallerIDName="A\x00na \ud800")
    assert PhoneCallEvent.objects.get().raw["CallerIDName"] == "A\ufffdna \ufffd"


def test_a_call_rings_is_answered_and_ends(desk: Desk) -> None:
    call = desk.tell("dial-in", **CALLER)
    assert (call.ended_at, call.disposition) == (None, None)
    assert (call.caller_e164, call.caller_name) == ("+13055550142", "Ana Ruiz")
    assert (call.caller_digits_reversed, call.called_e164) == ("2410555503", "+12125550100")
    assert (call.extension, call.property, call.flow) == (desk.mine, desk.maple, 8)
    assert parties(call, "position", "extension", "status") == [(0, desk.mine.pk, 3)]
    call = desk.tell("answer")
    assert parties(call, "status") == [(5,)]
    assert call.answered_at is not None
    call = desk.tell("hangup", CallStatus="ANSWER")
    assert call.ended_at is not None
    assert (call.disposition, parties(call, "disposition")) == (0, [(0,)])
    assert PhoneCall.objects.live().count() == 0


def test_the_wire_id_is_the_sources_own_or_made_from_it(desk: Desk) -> None:
    own = desk.tell("dial-in", CallID="9f3c1d7ae05b42c6d811")
    assert own.wire_id == "9f3c1d7ae05b42c6d811"
    said = f"{desk.upstream.source}\0abc1".encode()
    wanted = hashlib.sha256(said).hexdigest()[:20]
    assert desk.tell("dial-in").wire_id == wanted
    assert desk.tell("hangup").wire_id == wanted


def test_a_wire_id_that_is_taken_is_made_otherwise(desk: Desk) -> None:
    taken = "9f3c1d7ae05b42c6d811"
    made = hashlib.sha256(f"{desk.upstream.source}\0{taken}".encode()).hexdigest()[:20]
    make_phone_call(desk.organization, wire_id=taken)
    assert desk.tell("dial-in", CallID=taken).wire_id == made
    make_phone_call(desk.organization, wire_id="0" * 20)
    second = hashlib.sha256(f"{desk.upstream.source}\0{'0' * 20}".encode()).hexdigest()[:20]
    make_phone_call(desk.organization, wire_id=second)
    assert desk.tell("dial-in", CallID="0" * 20).wire_id not in ("0" * 20, second)


def test_two_upstreams_with_one_id_are_two_calls(desk: Desk) -> None:
    first = desk.tell("dial-in")
    other = make_upstream(desk.organization)
    take_event(upstream=other, kind=EventKind.DIAL_IN, fields={"CallID": "abc1"})
    event = PhoneCallEvent.objects.latest("pk")
    second = work_event(event_id=event.pk, actor=desk.system)
    assert second is not None
    assert second.pk != first.pk


def test_extensions_that_nobody_knew_are_kept_and_are_nobodys(desk: Desk) -> None:
    call = desk.tell("dial-in", "0003*299")
    extension = Extension.objects.get(number="0003*299")
    assert (extension.user, call.extension) == (None, extension)
    assert desk.tell("answer", "299").parties.count() == 1


def test_b07_nobody_works_the_events_of_another_organisation(desk: Desk) -> None:
    event = desk.push("dial-in")
    assert event is not None
    other = make_desk()
    assert work_event(event_id=event.pk, actor=other.system) is None
    assert not PhoneCall.objects.exists()


STORY: list[tuple[str, str, dict[str, str]]] = [
    ("dial-in", "0003*210", CALLER),
    ("dial-in", "0003*211", CALLER),
    ("answer", "0003*210", {}),
    ("hangup", "0003*211", {"CallStatus": "CANCEL"}),
    ("hangup", "0003*210", {"CallStatus": "ANSWER"}),
]
UNSTABLE = {"id", "heard_at", "stored_at", "phone_call_id"}


def columns(row: Model) -> dict[str, Any]:
    known = vars(row).items()
    return {name: value for name, value in known if not (name in UNSTABLE or name[0] == "_")}


def test_f06_events_worked_in_any_order_and_twice_leave_the_same_rows(desk: Desk) -> None:
    events = [desk.push(kind, extension, **raw) for kind, extension, raw in STORY]
    pks = [event.pk for event in events if event]
    for pk in pks:
        work_event(event_id=pk, actor=desk.system)
    call = PhoneCall.objects.get()
    first = [columns(call), *map(columns, call.parties.order_by("position"))]
    for order in list(permutations(pks))[::17]:
        for pk in (*order, *order):
            work_event(event_id=pk, actor=desk.system)
        call.refresh_from_db()
        again = [columns(call), *map(columns, call.parties.order_by("position"))]
        assert again == first
    assert parties(call, "disposition") == [(0,), (3,)]


def test_inv3_working_again_writes_nothing(desk: Desk) -> None:
    desk.tell("dial-in", **CALLER)
    event = PhoneCallEvent.objects.get()
    history: Any = PhoneCall.pgh_event_model.objects  # type: ignore[attr-defined]
    before = history.count()
    work_event(event_id=event.pk, actor=desk.system)
    assert history.count() == before


def test_lost_calls_end_after_a_set_time_as_unknown(desk: Desk) -> None:
    call = desk.tell("dial-in")
    patience = timedelta(seconds=desk.upstream.lost_after_seconds)
    assert end_lost_calls(actor=desk.system, at=call.heard_at + patience / 2) == 0
    then = call.heard_at + patience
    assert end_lost_calls(actor=desk.system, at=then) == 1
    call.refresh_from_db()
    assert (call.ended_at, call.disposition) == (then, 4)
    assert parties(call, "disposition") == [(4,)]
    assert end_lost_calls(actor=desk.system, at=then) == 0


def test_a_hangup_that_comes_after_all_says_what_it_came_to(desk: Desk) -> None:
    call = desk.tell("dial-in")
    end_lost_calls(actor=desk.system, at=call.heard_at + timedelta(days=1))
    call = desk.tell("hangup", CallStatus="BUSY")
    assert (call.ended_at is not None, call.disposition) == (True, 1)


def test_another_organisations_calls_are_left_alone(desk: Desk) -> None:
    call = desk.tell("dial-in")
    later = call.heard_at + timedelta(days=2)
    other = make_desk()
    assert end_lost_calls(actor=other.system, at=later) == 0


def test_members_see_the_calls_of_their_extensions(desk: Desk) -> None:
    mine = desk.tell("dial-in", CallID="mine")
    theirs = desk.tell("dial-in", "0003*211", CallID="theirs")
    both = desk.tell("dial-in", "0003*211", CallID="both")
    desk.tell("dial-in", CallID="both")

    def seen(principal: Any) -> set[int]:
        return set(PhoneCall.objects.visible_to(principal).values_list("pk", flat=True))

    assert seen(desk.owner) == {mine.pk, theirs.pk, both.pk}
    assert seen(desk.priya) == {mine.pk, both.pk}
    stranger = make_desk()
    assert seen(stranger.owner) == set()
    PhoneCall.objects.filter(pk=mine.pk).update(
        withdrawn_at=timezone.now(), withdrawn_reason="Twice"
    )
    assert seen(desk.priya) == {both.pk}


def test_a_call_at_a_property_obeys_links(desk: Desk) -> None:
    call = desk.tell("dial-in")
    assert PhoneCall.objects.visible_to(desk.priya).get() == call
    elsewhere = make_desk().maple
    assert elsewhere.organization != make_organization()
    unlinked = type(desk.priya)(
        **{
            name: getattr(desk.priya, name)
            for name in desk.priya.__dataclass_fields__
            if name != "property_ids"
        },
        property_ids=frozenset(),
    )
    assert not PhoneCall.objects.visible_to(unlinked).exists()
