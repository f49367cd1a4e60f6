"""Building events: one cause, many calls, ended once for all of them (M5)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from callcenter.accounts.models import Organization, Role
from callcenter.calls import building_events
from callcenter.calls.actions import withdraw_call_log
from callcenter.calls.building_events import (
    close_event,
    cluster_at,
    go_on_settling,
    join_event,
    open_event,
    say_line,
    settle,
)
from callcenter.calls.models import (
    BuildingEvent,
    CallLog,
    CallLogReason,
    Comment,
    EventCall,
    EventLine,
)
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.outbox.models import OutboxMessage
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_principal,
    make_property,
    make_unit,
    reason_named,
    status_named,
)


@pytest.fixture
def home(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court")


def ring(home: Property, mnemonic: str = "eh", *, minutes: int = 1, unit: Any = None) -> CallLog:
    at = timezone.now() - timedelta(minutes=minutes)
    unit = unit or make_unit(home)
    log = make_call_log(home.organization, property=home, unit=unit, contacted_at=at)
    reason = reason_named(home.organization, mnemonic)
    CallLogReason.objects.create(
        organization=home.organization, call_log=log, reason=reason, position=0
    )
    return log


def of(home: Property, *mnemonics: str) -> set[int]:
    return {reason_named(home.organization, m).pk for m in mnemonics}


def opened(home: Property, agent: Principal, line: str = "Plumber on site.") -> BuildingEvent:
    return open_event(
        property_id=home.pk,
        reason_id=reason_named(home.organization, "eh").pk,
        title="No heat",
        line=line,
        actor=agent,
    )


def test_m5_three_units_of_a_property_within_half_an_hour_are_a_cluster(
    home: Property, agent: Principal
) -> None:
    first, second = ring(home, minutes=20), ring(home, minutes=3)
    ring(home, minutes=31)
    ring(home, "pb")
    ring(home, unit=second.unit)  # the same unit again
    ring(make_property(home.organization))
    assert cluster_at(home.pk, agent, reason_ids=of(home, "eh")) is None
    third = make_unit(home)
    found = cluster_at(home.pk, agent, reason_ids=of(home, "eh", "pb"), with_unit=third.pk)
    assert found is not None
    assert (found.reason.mnemonic, found.units, found.minutes) == ("eh", 3, 20)
    assert cluster_at(home.pk, agent, reason_ids=of(home, "eh"), with_unit=first.unit_id) is None
    outsider = make_principal(home.organization, Role.MEMBER)
    assert cluster_at(home.pk, outsider, reason_ids=of(home, "eh"), with_unit=third.pk) is None


def test_m5_opening_gathers_the_cluster_and_a_second_opening_finds_the_first(
    home: Property, agent: Principal
) -> None:
    calls = [ring(home) for _ in range(3)]
    other = ring(home, "pb")
    event = opened(home, agent)
    joined = EventCall.objects.filter(event=event)
    assert set(joined.values_list("call_log", flat=True)) == {call.pk for call in calls}
    assert opened(home, agent, line="").pk == event.pk
    assert cluster_at(home.pk, agent, reason_ids=of(home, "eh")) is None
    row = Comment.objects.get(call_log=calls[0])
    assert (row.kind, row.text) == ("fold", "Joined the event “No heat”.")
    assert not Comment.objects.filter(call_log=other).exists()


def test_a_call_joins_one_open_event_of_its_property_once(home: Property, agent: Principal) -> None:
    event = opened(home, agent)
    log, elsewhere = ring(home), ring(make_property(home.organization))
    assert join_event(event_id=event.pk, call_log_id=log.pk, actor=agent)
    assert not join_event(event_id=event.pk, call_log_id=log.pk, actor=agent)
    with pytest.raises(RuleError, match="another property"):
        join_event(event_id=event.pk, call_log_id=elsewhere.pk, actor=agent)
    second = open_event(property_id=home.pk, reason_id=None, title="B", line="", actor=agent)
    with pytest.raises(RuleError, match="another event"):
        join_event(event_id=second.pk, call_log_id=log.pk, actor=agent)
    for stranger in (
        make_principal(make_organization()),
        make_principal(home.organization, Role.MEMBER),
    ):
        with pytest.raises(NotFoundError):
            join_event(event_id=event.pk, call_log_id=log.pk, actor=stranger)
    assert EventCall.objects.count() == 1


def test_what_callers_hear_is_kept_line_by_line(home: Property, agent: Principal) -> None:
    event = opened(home, agent)
    say_line(event_id=event.pk, text="Heat is back about 16:00.", actor=agent)
    with pytest.raises(RuleError):
        say_line(event_id=event.pk, text=" ", actor=agent)
    told = BuildingEvent.objects.visible_to(agent).told().get(pk=event.pk)
    assert (told.line, told.line_by) == ("Heat is back about 16:00.", "Kim")  # type: ignore[attr-defined]
    assert EventLine.objects.filter(event=event).count() == 2


def test_m5_closing_comments_and_closes_every_call_once_also_when_it_is_killed(
    home: Property, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [ring(home) for _ in range(4)]
    event = opened(home, agent)
    closed = close_event(
        event_id=event.pk,
        outcome="Boiler restarted.",
        status_id=status_named(home.organization, "Resolved").pk,
        actor=agent,
    )
    assert OutboxMessage.objects.get().arguments == {"event_id": event.pk}
    settle(closed, agent, most=2)  # and then the machine dies
    assert EventCall.objects.filter(settled_at=None).count() == 2
    monkeypatch.setattr(building_events, "AT_ONCE", 1)
    assert go_on_settling(event.pk, "r") is None
    assert go_on_settling(event.pk, "r") is None
    for log in calls:
        log.refresh_from_db()
        assert log.status.name == "Resolved"
        rows = Comment.objects.filter(call_log=log, text__contains="Boiler restarted.")
        assert rows.count() == 1
    with pytest.raises(StaleError):
        close_event(event_id=event.pk, outcome="x", status_id=calls[0].status_id, actor=agent)


def test_a_call_that_may_not_close_gets_the_comment_and_is_named(
    home: Property, agent: Principal
) -> None:
    waiting, gone, done = ring(home), ring(home), ring(home)
    event = opened(home, agent)
    # nothing leads from Waiting for vendor to Cancelled
    moved = status_named(home.organization, "Waiting for vendor")
    CallLog.objects.filter(pk=waiting.pk).update(status=moved, status_kind=moved.kind)
    resolved = status_named(home.organization, "Resolved")
    CallLog.objects.filter(pk=done.pk).update(
        status=resolved, status_kind=resolved.kind, closed_at=timezone.now()
    )
    withdraw_call_log(call_log_id=gone.pk, reason="Test.", seen_version=None, actor=agent)
    cancelled = status_named(home.organization, "Cancelled")
    closed = close_event(event_id=event.pk, outcome="Over.", status_id=cancelled.pk, actor=agent)
    assert settle(closed, agent, most=20)
    refusals = dict(EventCall.objects.values_list("call_log", "refusal"))
    assert "Waiting for vendor" in refusals[waiting.pk]
    assert "no such call" in refusals[gone.pk]
    assert refusals[done.pk] == ""
    waiting.refresh_from_db()
    assert waiting.status == moved
    assert "Over." in (Comment.objects.filter(call_log=waiting).latest("seq").text or "")
    assert CallLog.objects.get(pk=done.pk).status == resolved


def test_an_event_ends_with_words_and_a_closed_status(home: Property, agent: Principal) -> None:
    event = opened(home, agent)
    new, resolved = (status_named(home.organization, name).pk for name in ("New", "Resolved"))
    for outcome, status_id, field in ((" ", resolved, "outcome"), ("x", new, "status")):
        with pytest.raises(RuleError) as refusal:
            close_event(event_id=event.pk, outcome=outcome, status_id=status_id, actor=agent)
        assert refusal.value.field == field
    event.refresh_from_db()
    assert event.closed_at is None


def test_the_pages_open_tell_join_and_end_an_event(home: Property) -> None:
    client = Client()
    client.force_login(make_membership(home.organization, Role.ADMIN).user)
    log = ring(home)
    sent = {"key": "a", "property": home.pk, "title": "<b>Lift</b>", "line": "Help is coming."}
    assert client.post("/events/open/", sent).status_code == 302
    assert client.post("/events/open/", sent).status_code == 302  # sent twice
    event = BuildingEvent.objects.get()
    at = f"/events/{event.pk}/"
    assert "&lt;b&gt;Lift" in client.get("/events/").text
    page = client.post(at + "join/", {"key": "b", "call": f"#{log.pk}"}, follow=True).text
    assert f"#{log.pk}</a>" in page
    assert client.post(at + "join/", {"key": "c", "call": "#999999999"}).status_code == 404
    assert client.post(at + "join/", {"key": "c", "call": "x"}).status_code == 422
    client.post(at + "line/", {"key": "d", "line": "Doors open again."})
    assert "Doors open again." in client.get(at).text
    resolved = status_named(home.organization, "Resolved").pk
    over = client.post(at + "close/", {"key": "e", "outcome": "Fixed.", "status": resolved})
    assert over.status_code == 302
    log.refresh_from_db()
    assert log.status.name == "Resolved"
    assert "still being closed" not in client.get(at).text
    refused = client.post(at + "close/", {"key": "f", "outcome": "Again.", "status": resolved})
    assert refused.status_code == 409
    assert "Again." not in client.get(at).text
