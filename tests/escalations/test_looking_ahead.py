"""The nightly look ahead: a worklist that is written once, handled, and mailed once."""

import smtplib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from callcenter.accounts.models import User
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.escalations import looking_ahead, tasks
from callcenter.escalations.looking_ahead import ask_for_checks, handle_finding
from callcenter.escalations.models import Finding, NightCheck, Responder, ScheduleTurn
from callcenter.outbox.models import OutboxMessage
from tests.escalations.conftest import Cast
from tests.factories import (
    make_escalation,
    make_organization,
    make_policy,
    make_principal,
    make_property,
    make_responder,
    make_ring,
    make_schedule,
)

NOW = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)  # Monday, 05:30 in New York
MAILER = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def look() -> None:
    """What beat asks for, then what the worker does with each message."""
    tasks.look_ahead()
    work()


def work() -> None:
    """Deliver what waits, in order, until nothing does."""
    while message := OutboxMessage.objects.filter(done_at=None).order_by("pk").first():
        task = {looking_ahead.CHECK: tasks.check_nights, looking_ahead.MAIL: tasks.mail_findings}
        task[message.task](message_id=message.pk, **message.arguments)


def next_day(clock: Any, days: int = 1) -> None:
    clock.move_to(NOW + timedelta(days=days))


def told() -> list[str]:
    return [finding.words() for finding in Finding.objects.holding().for_list()]


@pytest.fixture
def ray(cast: Cast) -> Responder:
    """Rung every Friday at Harbor Row, without a verified number."""
    ray = make_responder(
        cast.organization, name="Ray Okafor", e164="+19175550191", is_verified=False
    )
    week = make_schedule(cast.organization, (0, time(0), cast.joe), (4, time(18), ray))
    week.turns.create(
        organization=cast.organization, weekday=5, starts_at=time(8), responder=cast.marta
    )
    home = make_property(cast.organization, name="Harbor Row")
    make_policy(cast.organization, week, name="Harbor", property=home)
    return ray


def test_holes_and_people_become_findings_once(cast: Cast, ray: Responder) -> None:
    chain = make_escalation(cast.organization, property=cast.maple)
    for _ in range(3):
        make_ring(chain, responder=cast.joe)
    make_property(cast.organization, name="Bare")
    look()
    assert told() == [
        "Fri 6 Nov, Harbor: nobody would ring for 14 h",
        "Fri 13 Nov, Harbor: nobody would ring for 14 h",
        "Joe Tran missed the last three rings",
        "Bare has no chain for ordinary calls",
        "Ray Okafor has no verified number",
    ]
    check = NightCheck.objects.get()
    assert (check.day, check.opened, check.gone) == (date(2026, 11, 2), 5, 0)
    before = list(Finding.objects.values_list("pk", flat=True))
    look()
    tasks.check_nights(message_id=OutboxMessage.objects.earliest("pk").pk, check_id=check.pk)
    looking_ahead.check_nights(check_id=check.pk, actor=cast.admin)  # a twin that was late
    assert list(Finding.objects.values_list("pk", flat=True)) == before
    assert NightCheck.objects.count() == 1


def test_the_next_day_writes_only_what_changed(cast: Cast, ray: Responder, clock: Any) -> None:
    look()
    next_day(clock)
    look()
    assert (Finding.objects.count(), NightCheck.objects.count()) == (3, 2)
    ray.lines.update(verified_at=NOW)
    next_day(clock, 2)
    look()
    assert told() == []
    last = NightCheck.objects.latest("day")
    assert (last.opened, last.gone) == (0, 3)
    assert set(Finding.objects.values_list("gone_in", flat=True)) == {last.pk}


def test_a_handled_finding_stays_off_the_list_until_it_changes(
    cast: Cast, ray: Responder, clock: Any
) -> None:
    look()
    hole = Finding.objects.get(night=date(2026, 11, 6))
    for actor, wrong in (
        (cast.member, NotAllowedError),
        (make_principal(make_organization()), NotFoundError),
    ):
        with pytest.raises(wrong):
            handle_finding(finding_id=hole.pk, comment="Joe does it", actor=actor)
    with pytest.raises(RuleError, match="what was done"):
        handle_finding(finding_id=hole.pk, comment="  ", actor=cast.admin)
    handle_finding(finding_id=hole.pk, comment=" Joe does it ", actor=cast.admin)
    with pytest.raises(StaleError):
        handle_finding(finding_id=hole.pk, comment="again", actor=cast.owner)
    hole.refresh_from_db()
    assert (hole.comment, hole.handled_by_name) == ("Joe does it", "Kim Osei")
    next_day(clock)
    look()
    assert Finding.objects.filter(night=date(2026, 11, 6)).count() == 1
    ScheduleTurn.objects.filter(weekday=5).update(starts_at=time(7))  # now Marta comes earlier
    next_day(clock, 2)
    look()
    hole.refresh_from_db()
    assert hole.gone_in is not None
    again = Finding.objects.holding().get(night=date(2026, 11, 6))
    assert (again.seconds, again.handled_at) == (13 * 3600, None)


def test_before_five_in_the_morning_nothing_is_asked_for(cast: Cast) -> None:
    assert ask_for_checks(now=datetime(2026, 11, 2, 9, 59, tzinfo=UTC)) == 0
    assert ask_for_checks(now=datetime(2026, 11, 2, 10, 0, tzinfo=UTC)) == 1
    assert ask_for_checks(now=datetime(2026, 11, 2, 23, 0, tzinfo=UTC)) == 0
    assert OutboxMessage.objects.get().arguments == {"check_id": NightCheck.objects.get().pk}


def test_where_no_chain_is_planned_at_all_nothing_is_missed(db: None) -> None:
    make_property(make_principal(make_organization()).organization)
    look()
    assert told() == []


def test_owners_and_admins_get_one_mail_with_what_changed(
    cast: Cast, ray: Responder, clock: Any, settings: Settings
) -> None:
    settings.MAILERS = MAILER
    look()
    addresses = {User.objects.get(pk=who.user_id or 0).email for who in (cast.owner, cast.admin)}
    assert {message.to[0] for message in mail.outbox} == addresses
    assert mail.outbox[0].subject == "Next nights: 3 new findings"
    assert "- Ray Okafor has no verified number" in mail.outbox[0].body
    assert reverse("escalations:health") in mail.outbox[0].body
    look()
    next_day(clock)
    look()
    assert len(mail.outbox) == 2  # nothing changed, nothing is said
    ray.lines.update(verified_at=NOW)
    next_day(clock, 2)
    look()
    assert len(mail.outbox) == 4
    assert "No longer so:" in mail.outbox[-1].body


def test_without_mail_nobody_is_written_to(cast: Cast, ray: Responder, settings: Settings) -> None:
    settings.MAILERS = {}
    look()
    assert not OutboxMessage.objects.filter(task=looking_ahead.MAIL).exists()
    assert Finding.objects.exists()


def test_a_mail_that_failed_is_tried_again_and_the_other_is_not_repeated(
    cast: Cast, ray: Responder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAILERS = MAILER
    tasks.look_ahead()
    check = OutboxMessage.objects.get(task=looking_ahead.CHECK)
    tasks.check_nights(message_id=check.pk, **check.arguments)
    first = OutboxMessage.objects.filter(task=looking_ahead.MAIL).earliest("pk")

    def refuse(**_: Any) -> None:
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr("callcenter.escalations.mailing.send_text", refuse)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            tasks.mail_findings(message_id=first.pk, **first.arguments)
    assert mail.outbox == []
    work()
    tasks.mail_findings(message_id=first.pk, **first.arguments)
    assert len(mail.outbox) == 2


def test_the_list_is_worked_off_on_the_page(cast: Cast, ray: Responder) -> None:
    look()
    client = Client()
    client.force_login(User.objects.get(pk=cast.admin.user_id or 0))
    page = client.get(reverse("escalations:health"))
    assert len(page.context["open"]) == 3
    finding = page.context["open"][0]
    handle = reverse("escalations:handle", args=[finding.pk])
    refused = client.post(handle, {"key": "a" * 20, "comment": " "})
    assert (refused.status_code, "Say what was done about it." in refused.text) == (422, True)
    for _ in range(2):  # sent twice
        done = client.post(handle, {"key": "b" * 20, "comment": "Asked Joe"})
        assert done.headers["Location"] == reverse("escalations:health")
    page = client.get(reverse("escalations:health"))
    assert (len(page.context["open"]), len(page.context["handled"])) == (2, 1)
    assert "Asked Joe" in page.text
    assert client.post(handle, {"key": "c" * 20, "comment": "x"}).status_code == 409
