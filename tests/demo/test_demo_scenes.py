"""What a desk is about is in the demo, each thing at least once, and its figures reconcile."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Count, Exists, F, OuterRef, Q

from callcenter.accounts.models import Membership, Organization, User
from callcenter.calls import worklists
from callcenter.calls.attaching import opened
from callcenter.calls.clocks import clocks_of_new
from callcenter.calls.folding import folded_calls
from callcenter.calls.matters import alarms
from callcenter.calls.models import (
    Attachment,
    BuildingEvent,
    Callback,
    CallLog,
    CardAnswer,
    CardReply,
    Comment,
    EventCall,
    EventLine,
    Reason,
    ReasonSet,
    RememberedNumber,
    SavedView,
    Snippet,
)
from callcenter.calls.places import Place
from callcenter.calls.saving_views import liked
from callcenter.calls.values import ContactTime
from callcenter.demo.dues import SINCE
from callcenter.desk.hints import hints_of
from callcenter.desk.work import Work, work_of
from callcenter.properties.access import principal_for
from callcenter.properties.models import Property, ResidentPhone, Unit
from callcenter.properties.principals import Principal
from tests.demo.conftest import NOW

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture(autouse=True)
def at_the_moment_of_the_demo(demo: dict[str, Any]) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def reader(email: str) -> Principal:
    membership = Membership.objects.get(user__email=email)
    principal = principal_for(
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        request_id="t",
        kind="session",
    )
    assert principal is not None
    return principal


def admin() -> Principal:
    return reader("admin@example.com")


def work(email: str) -> Work:
    return work_of(reader(email), zone="America/New_York")


def test_each_agent_finds_a_morning_that_can_be_worked() -> None:
    for email in ("admin@example.com", "kim@example.com", "priya@example.com"):
        mine = work(email)
        assert 2 <= int(mine.active.count) <= 14, (email, mine.active.count)
        assert 1 <= int(mine.finish.count) <= 4, email
        assert 1 <= int(mine.unhandled.count) <= 9, email
        assert 2 <= int(mine.callbacks.count) <= 14, email
        assert mine.due.rows, email
        assert 1 <= int(mine.today_count) < 60, email


def test_what_the_agents_do_not_hold_lies_with_the_desks() -> None:
    desks = User.objects.filter(email__in=["rosa@example.com", "sam@example.com"])
    desks |= User.objects.filter(email="dana@example.com")
    assert desks.count() == 3
    assert not any(desk.has_usable_password() for desk in desks)
    old = CallLog.objects.open().filter(contacted_at__lt=NOW - SINCE)
    assert old.exists()
    assert not old.exclude(assignee__in=desks).exists()


def test_nearly_every_call_of_before_is_closed() -> None:
    earlier = CallLog.objects.filter(contacted_at__lt=NOW - timedelta(days=30))
    assert earlier.open().count() < earlier.count() / 8


def test_clocks_are_what_the_actions_would_have_set() -> None:
    assert Reason.objects.filter(first_answer_minutes__isnull=False).count() > 20
    assert Property.objects.exclude(hours="").count() == 3
    assert "mon-fri" in Organization.objects.get().hours
    fresh = CallLog.objects.open().filter(contacted_at__gte=NOW - SINCE, clock_paused_at=None)
    checked = 0
    for log in fresh.filter(comments=None).select_related("property", "status"):
        clocks = clocks_of_new(
            [link.reason for link in log.reason_links.select_related("reason")],
            place=Place(log.property, None, None),
            status=log.status,
            start=ContactTime(at=log.contacted_at, zone=log.contacted_zone),
            actor=admin(),
        )
        assert log.first_answer_due_at == clocks.get("first_answer_due_at"), log
        assert log.resolve_due_at == clocks.get("resolve_due_at"), log
        checked += 1
    assert checked > 5


def test_no_call_of_before_the_clocks_has_one() -> None:
    before = CallLog.objects.filter(contacted_at__lt=NOW - SINCE)
    has_one = Q(first_answer_due_at__isnull=False) | Q(resolve_due_at__isnull=False)
    assert not before.filter(has_one | Q(clock_paused_at__isnull=False)).exists()


def test_the_due_list_has_late_near_and_far_ones_and_some_are_paused() -> None:
    for email in ("kim@example.com", "priya@example.com"):
        me = reader(email)
        mine = CallLog.objects.visible_to(me).filter(assignee_id=me.user_id)
        late, near, far = (
            worklists.ticking(mine, until=NOW + timedelta(hours=hours)).count()
            for hours in (0, 2, 90 * 24)
        )
        assert 0 < late < near < far, email
    paused = CallLog.objects.open().filter(clock_paused_at__isnull=False)
    assert paused.count() >= 2
    assert not paused.exclude(status__pauses_clock=True).exists()
    every = CallLog.objects.all()
    assert worklists.ticking(every, until=NOW).count() < worklists.ticking(every).count() / 3


def test_a_fold_stands_in_both_histories() -> None:
    folded = CallLog.objects.exclude(folded_into=None)
    assert folded.count() > 10
    for log in folded:
        said = Comment.objects.filter(kind="fold", text=f"Folded into #{log.folded_into_id}.")
        assert said.filter(call_log=log).count() == 1, log
        told = Comment.objects.filter(kind="fold", call_log_id=log.folded_into_id)
        assert told.filter(text__startswith=f"#{log.pk} of {log.call_from} folded").count() == 1
    assert not folded.filter(folded_into__folded_into__isnull=False).exists()
    open_heads = CallLog.objects.open().filter(pk__in=folded.values("folded_into"))
    assert folded_calls(open_heads[0].pk, admin())


def test_units_that_ring_the_third_time_are_seen() -> None:
    found = alarms(admin())
    assert {alarm.family for alarm in found} >= {"Maintenance", "Community"}
    assert all(alarm.count >= 3 for alarm in found)
    assert "12B" in {str(alarm.unit).upper().replace("-", "").replace(" ", "") for alarm in found}


def test_one_event_is_open_with_its_calls_and_a_line_that_is_read() -> None:
    event = BuildingEvent.objects.visible_to(admin()).open().told().get()
    assert (event.title, str(event.property)) == ("No hot water", "Maple Court")
    assert event.joined == 7  # type: ignore[attr-defined]
    assert "plumber" in event.line  # type: ignore[attr-defined]
    assert event.lines.count() == 2
    calls = CallLog.objects.filter(in_event__event=event)
    assert not calls.exclude(property=event.property).exists()
    assert calls.values("unit").distinct().count() == 7
    assert not calls.exclude(comments__text="Joined the event “No hot water”.").exists()
    assert event.opened_at < NOW


def test_the_next_caller_of_the_event_is_read_its_line() -> None:
    unit = Unit.objects.filter(property__name="Maple Court").earliest("display_order")
    reason = Reason.objects.get(mnemonic="eh")
    hints = hints_of(Place(unit.property, unit, None), [reason.pk], reader("kim@example.com"))
    assert [event.title for event in hints.events] == ["No hot water"]


def test_one_event_is_over_with_all_of_its_calls() -> None:
    event = BuildingEvent.objects.exclude(closed_at=None).get()
    assert event.closing_status is not None
    joined = EventCall.objects.filter(event=event)
    assert joined.count() == 6
    assert not joined.filter(Q(settled_at=None) | ~Q(refusal="")).exists()
    assert not CallLog.objects.filter(in_event__event=event, closed_at=None).exists()
    over = f"Event “{event.title}” is over: {event.outcome}"
    assert Comment.objects.filter(text=over, status=event.closing_status).count() == 6
    assert not EventLine.objects.filter(event=event, created_at__gt=event.closed_at).exists()


def test_promises_are_due_late_anyones_and_ended_in_every_way() -> None:
    states = Counter(Callback.objects.values_list("state", flat=True))
    assert set(states) == {"pending", "done", "failed", "cancelled"}
    for email in ("kim@example.com", "priya@example.com"):
        mine = Callback.objects.pending().filter(assignee__email=email)
        assert mine.filter(due_at__lt=NOW).exists(), email
        assert mine.filter(due_at__gt=NOW).exists(), email
    anyones = Callback.objects.pending().filter(assignee=None)
    assert anyones.filter(due_at__lt=NOW).exists()
    assert anyones.filter(due_at__gt=NOW).exists()
    for callback in Callback.objects.exclude(outcome=None):
        assert callback.outcome is not None
        assert callback.outcome.call_log_id == callback.call_log_id
        assert callback.outcome.created_at == callback.ended_at
        assert callback.outcome.text is not None
        assert callback.outcome.text.startswith(f"Callback {callback.state}: ")


def test_some_calls_lie_with_nobody_and_some_are_to_be_finished() -> None:
    rows = CallLog.objects.all()
    assert rows.filter(taken_by=None, assignee=None, closed_at=None).count() == 3
    assert rows.filter(property=None, closed_at=None, taken_by__email="kim@example.com").exists()
    assert rows.filter(reasons=None, taken_by__email="priya@example.com").exists()


def test_decision_cards_were_answered_with_their_verdicts() -> None:
    replies = CardReply.objects.annotate(n=Count("answers")).order_by("created_at")
    said = [(reply.reason_name, reply.verdict, reply.n) for reply in replies]
    assert said == [
        ("Active leak or burst", "emergency", 4),
        ("Gas smell", "emergency", 3),
        ("No heat or no A/C", "routine", 4),
    ]
    assert CardAnswer.objects.filter(answer_text="68 °F", makes_emergency=False).exists()
    for reply in replies:
        reasons = reply.call_log.reasons.values_list("name", flat=True)
        assert reply.reason_name in reasons


def test_calls_have_pictures_and_a_text_that_can_be_opened() -> None:
    files = list(Attachment.objects.select_related("comment"))
    kinds = Counter(file.media_type for file in files)
    assert kinds == {"image/png": 2, "text/plain": 1}
    for file in files:
        with opened(file.stored_as) as stored:
            content = stored.read()
        assert (len(content), hashlib.sha256(content).digest()) == (
            file.byte_size,
            bytes(file.sha256),
        )
        assert file.comment.text is not None
        assert file.comment.text.endswith(hashlib.sha256(content).hexdigest())
        assert file.comment.call_log_id == file.call_log_id
        assert bool(file.thumbnail_as) == file.media_type.startswith("image/")


def test_a_number_was_remembered_with_the_calls_of_before() -> None:
    remembered = RememberedNumber.objects.get()
    assert remembered.phone is not None
    calls = CallLog.objects.filter(phone_e164=remembered.phone.e164, resident=remembered.resident)
    assert calls.count() == remembered.linked_count == remembered.calls.count() == 2
    assert ResidentPhone.objects.filter(e164=remembered.phone.e164).count() == 1
    for link in remembered.calls.all():
        text = Comment.objects.filter(call_log=link.call_log).latest("seq").text or ""
        assert re.match(r"Number \(\d{3}\) 555-01\d\d remembered for ", text)
        assert f"“{link.call_from_before}” → " in text


def test_snippets_views_and_a_set_of_reasons_are_there() -> None:
    assert Snippet.objects.filter(owner=None).count() == 5
    assert Snippet.objects.exclude(owner=None).values("owner").distinct().count() == 3
    offered = ReasonSet.objects.get()
    assert [str(place) for place in offered.properties.all()] == ["Harbor Point Towers"]
    assert offered.reasons.count() == 12
    kim = [view.name for view in liked(reader("kim@example.com")).views]
    priya = [view.name for view in liked(reader("priya@example.com")).views]
    assert len(kim) == len(priya) == 4
    assert set(kim) & set(priya) == set(
        SavedView.objects.filter(is_shared=True).values_list("name", flat=True)
    )


def test_every_line_of_history_is_by_somebody_who_was_there() -> None:
    members = Membership.objects.filter(user=OuterRef("author"))
    assert not Comment.objects.filter(~Exists(members)).exists()
    assert not Comment.objects.exclude(author_name=F("author__name")).exists()
