"""The demo's last month on the telephone, as loaded: realistic, consistent, and left alone."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.missed import missed
from callcenter.calls.models import CallLog, Direction, HandledMissedCall
from callcenter.calls.phone_days import phone_days
from callcenter.calls.unlogged import unlogged
from callcenter.core.text import fold
from callcenter.demo.colleagues import catch_up
from callcenter.demo.past import SPAN, STILL_TO_LOG, WAITING
from callcenter.demo.team import PEOPLE
from callcenter.demo.telephones import demo_owner
from callcenter.properties.access import principal_for
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from callcenter.telephony.models import (
    Disposition,
    Extension,
    Flow,
    PhoneCall,
    PhoneCallParty,
    Upstream,
)
from tests.demo.conftest import NOW

pytestmark = pytest.mark.usefixtures("demo")

IN_VAIN = Q(flow=Flow.INCOMING, answered_at=None)


@pytest.fixture(autouse=True)
def at_that_time() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner() -> Principal:
    owner = demo_owner(Organization.objects.get(slug="demo"))
    assert owner is not None
    return owner


def acting(email: str) -> Principal:
    membership = Membership.objects.get(user__email=email)
    principal = principal_for(
        user_id=membership.user_id, organization_id=membership.organization_id, request_id="test"
    )
    assert principal is not None
    return principal


def share(rows: Any, of: Any) -> float:
    return float(100 * rows.count() / of.count())


def test_a_month_of_calls_is_over_and_none_is_older_or_later() -> None:
    calls = PhoneCall.objects.all()
    logs = CallLog.objects.filter(contacted_at__gte=NOW - SPAN)
    assert logs.count() < calls.count() < 1.5 * logs.count()
    assert not calls.live().exists()
    assert not calls.filter(Q(published_at__lt=NOW - SPAN) | Q(ended_at__gt=NOW)).exists()
    assert not calls.exclude(stored_at=F("published_at")).exists()
    days = set(calls.values_list("published_at__date", flat=True))
    assert len(days) >= SPAN.days


def test_calls_go_as_those_of_a_small_desk() -> None:
    calls = PhoneCall.objects.all()
    incoming = calls.filter(flow=Flow.INCOMING)
    vain = incoming.filter(answered_at=None)
    gave_up = vain.filter(ended_at__lt=F("published_at") + timedelta(seconds=20))
    assert share(calls.filter(flow=Flow.OUTGOING), calls) == pytest.approx(27, abs=6)
    assert share(vain, incoming) == pytest.approx(18, abs=5)
    assert share(gave_up, incoming) == pytest.approx(9, abs=4)
    assert not calls.filter(flow=Flow.LOCAL).exists()
    outgoing = calls.filter(flow=Flow.OUTGOING)
    assert outgoing.filter(disposition=Disposition.NO_ANSWER).exists()
    assert incoming.filter(disposition=Disposition.BUSY).exists()
    assert incoming.filter(caller_digits_reversed="").exists()  # withheld
    assert calls.exclude(caller_name="").exists()


def test_most_calls_come_in_the_hours_of_business(owner: Principal) -> None:
    hours = Counter(at.hour for at in PhoneCall.objects.values_list("published_at", flat=True))
    by_day = sum(hours[hour] for hour in range(13, 24))  # UTC, of mostly American places
    assert by_day > 3 * sum(hours[hour] for hour in range(4, 10))
    days, total = phone_days(owner, days=30, home=None)
    assert sum(bool(day.figures.incoming) for day in days) >= 29
    assert total.wait is not None
    assert 3 <= total.wait <= 18
    assert total.talk is not None
    assert 60 < total.talk < 300


def test_several_ring_at_once_and_one_answers() -> None:
    calls = PhoneCall.objects.annotate(n=Count("parties")).filter(flow=Flow.INCOMING)
    assert set(calls.values_list("n", flat=True)) == {1, 2, 3, 4}
    several = calls.filter(n__gt=1, answered_at__isnull=False)
    answered = Count("parties", filter=Q(parties__disposition=Disposition.ANSWERED))
    assert set(several.annotate(a=answered).values_list("a", flat=True)) == {1}


def test_a_property_has_a_line_that_rings_its_office_and_those_who_serve_it(
    owner: Principal,
) -> None:
    offices = Extension.objects.filter(user=None)
    homes = list(Property.objects.order_by("pk"))
    assert list(offices.order_by("number").values_list("property_id", flat=True)) == [
        home.pk for home in homes
    ]
    assert not Extension.objects.exclude(user=None).exclude(property=None, own_line="").exists()
    rung = PhoneCall.objects.filter(property__isnull=False)
    assert share(rung, PhoneCall.objects.filter(flow=Flow.INCOMING)) > 80
    assert not rung.exclude(flow=Flow.INCOMING).exists()
    office = PhoneCallParty.objects.filter(
        phone_call=OuterRef("pk"),
        extension__property=OuterRef("property"),
        extension__own_line=OuterRef("called_e164"),
        answered_at=None,
    )
    assert not rung.filter(~Exists(office)).exists()
    for home in homes:
        _, total = phone_days(owner, days=30, home=home)
        assert total.answered > 0
    for email, *_ in PEOPLE:
        seen = PhoneCall.objects.visible_on_pages_to(acting(email))
        mine = PhoneCall.objects.filter(parties__extension__user__email=email)
        assert not mine.exclude(pk__in=seen.values("pk")).exists()


def test_nobody_talks_to_two_at_once() -> None:
    parties = PhoneCallParty.objects.filter(answered_at__isnull=False).order_by("answered_at")
    talks: dict[int | None, list[Any]] = {}
    for party in parties:
        talks.setdefault(party.extension_id, []).append((party.answered_at, party.ended_at))
    assert len(talks) == len(STILL_TO_LOG)
    for times in talks.values():
        assert all(one[1] <= other[0] for one, other in pairwise(times))


def test_ids_follow_the_times_and_no_two_calls_have_one() -> None:
    rows = list(PhoneCall.objects.order_by("pk").values_list("published_at", "external_id"))
    assert [at for at, _ in rows] == sorted(at for at, _ in rows)
    assert all(name.startswith("past.") for _, name in rows)


def test_most_logs_of_the_month_are_tied_to_the_call_that_they_were_written_in() -> None:
    logs = CallLog.objects.filter(contacted_at__gte=NOW - SPAN)
    tied = logs.filter(phone_call__isnull=False)
    assert share(tied, logs) > 55
    assert not CallLog.objects.filter(
        contacted_at__lt=NOW - SPAN, phone_call__isnull=False
    ).exists()
    mine = PhoneCallParty.objects.filter(
        Q(answered_at__isnull=False) | Q(flow=Flow.OUTGOING),  # also when nobody picked up
        phone_call=OuterRef("phone_call"),
        extension__user=OuterRef("taken_by"),
    )
    assert not tied.filter(~Exists(mine)).exists()
    assert not tied.exclude(contacted_at=F("phone_call__published_at")).exists()
    for log in tied.select_related("phone_call", "resident"):
        call = log.phone_call
        assert call is not None
        is_inbound = log.direction == Direction.INBOUND
        assert is_inbound == (call.flow == Flow.INCOMING)
        assert (call.caller_e164 if is_inbound else call.called_e164) == log.phone_e164
        assert log.duration_seconds in (None, call.talk_seconds)
        if is_inbound and log.resident is not None:
            assert fold(call.caller_name) == fold(log.call_from[:60])


@pytest.mark.parametrize(
    ("email", "most"),
    list(zip((email for email, *_ in PEOPLE), STILL_TO_LOG, strict=True)),
)
def test_everybody_has_a_few_talks_still_to_log(email: str, most: int) -> None:
    assert 1 <= unlogged(acting(email)).count() <= most


def test_a_few_missed_calls_wait_and_of_others_somebody_said_what_was_done(
    owner: Principal,
) -> None:
    assert 1 <= missed(owner).count() <= WAITING
    handled = HandledMissedCall.objects.all()
    assert handled.count() > WAITING
    assert handled.values("reason").distinct().count() > 3
    assert not handled.filter(handled_at__lt=F("phone_call__ended_at")).exists()
    assert not handled.filter(handled_at__gt=NOW).exists()
    assert not handled.exclude(phone_call__in=PhoneCall.objects.filter(IN_VAIN)).exists()
    back = PhoneCall.objects.filter(
        flow=Flow.OUTGOING,
        answered_at__isnull=False,
        called_digits_reversed=OuterRef("caller_digits_reversed"),
        published_at__gt=OuterRef("published_at"),
    )
    assert PhoneCall.objects.filter(IN_VAIN, Exists(back)).exists()


def test_the_people_who_catch_up_leave_what_was_loaded(owner: Principal) -> None:
    upstream, before = Upstream.objects.get(), missed(owner).count()
    with time_machine.travel(NOW + timedelta(hours=4), tick=False):
        assert catch_up(owner, upstream, NOW + timedelta(hours=4), random.Random(1)) == 0  # noqa: S311
    assert missed(owner).count() == before


def test_the_audit_names_the_load_of_these_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(pgh_context ->> 'request'), max(pgh_context ->> 'request')"
            " FROM telephony_phonecallauditevent"
        )
        assert cursor.fetchone() == (PhoneCall.objects.count(), "demo_data", "demo_data")
