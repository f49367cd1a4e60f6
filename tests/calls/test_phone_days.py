"""Figures of telephone calls a day: sums, medians, clocks, and that each figure opens its rows."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.phone_days import PICTURE_HEIGHT, phone_days, picture_of
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.calls.conftest import signed_in
from tests.factories import make_organization, make_phone_call, make_property

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # two in the afternoon in New York
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(people: dict[str, Membership]) -> Client:
    return signed_in(people["owner"])


def came(organization: Organization, *, wait: int, talk: int = 0, **fields: Any) -> Any:
    """A call that came an hour ago unless told otherwise; answered if there was talk."""
    at = fields.pop("at", NOW - timedelta(hours=1))
    answered = at + timedelta(seconds=wait) if talk else None
    return make_phone_call(
        organization,
        published_at=at,
        answered_at=answered,
        ended_at=at + timedelta(seconds=wait + talk),
        **fields,
    )


def test_calls_are_counted_by_what_became_of_them(
    organization: Organization, admin: Principal
) -> None:
    for wait, talk in ((4, 60), (10, 90), (18, 300)):
        came(organization, wait=wait, talk=talk)
    came(organization, wait=19)  # gave up
    came(organization, wait=20)
    came(organization, wait=40)
    came(organization, wait=9, talk=9, flow=4)
    came(organization, wait=9, talk=9, flow=2)  # from one of us to another
    make_phone_call(organization)  # goes on
    came(make_organization(), wait=1, talk=1)
    (today, *before), total = phone_days(admin, days=7, home=None)
    assert (today.day, len(before)) == (TODAY, 6)
    assert today.figures == total
    assert (total.incoming, total.answered, total.missed, total.gave_up) == (6, 3, 3, 1)
    assert (total.outgoing, total.wait, total.talk) == (1, 10, 90)
    assert {day.figures.incoming for day in before} == {0}
    assert before[0].figures.wait is None


def test_talk_is_what_the_telephone_system_said_where_it_did(
    organization: Organization, admin: Principal
) -> None:
    came(organization, wait=4, talk=60, talk_seconds=31)
    assert phone_days(admin, days=7, home=None)[1].talk == 31


@pytest.mark.parametrize(
    ("zone", "hour", "day"),
    [
        ("America/New_York", 4, TODAY - timedelta(days=1)),  # 23:30 of the day before
        ("America/New_York", 5, TODAY),
        ("America/Los_Angeles", 7, TODAY - timedelta(days=1)),
        ("Asia/Kolkata", 4, TODAY),  # 10:00
    ],
)
def test_a_day_is_that_of_the_place(
    organization: Organization, admin: Principal, zone: str, hour: int, day: date
) -> None:
    home = make_property(organization, time_zone=zone)
    at = datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
    came(organization, wait=4, talk=60, property=home, at=at)
    for about in (None, home):
        days, _total = phone_days(admin, days=7, home=about)
        assert [one.day for one in days if one.figures.incoming] == [day]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 11, 1), 25), (date(2026, 3, 8), 23)])
def test_days_on_which_clocks_change_have_all_their_hours(
    organization: Organization, admin: Principal, day: date, hours: int
) -> None:
    midnight = datetime(day.year, day.month, day.day, 4 if hours == 25 else 5, tzinfo=UTC)
    for n in range(-2, hours + 2):
        came(organization, wait=4, talk=60, at=midnight + timedelta(hours=n, minutes=30))
    with time_machine.travel(midnight + timedelta(days=3), tick=False):
        days, _total = phone_days(admin, days=7, home=None)
    assert {one.day: one.figures.incoming for one in days}[day] == hours


def test_m13_every_figure_opens_its_calls(
    owner: Client, organization: Organization, maple: Property
) -> None:
    west = make_property(organization, time_zone="America/Los_Angeles")
    for home in (None, maple, west):
        for n in range(30):
            at = NOW - timedelta(hours=3 * n + 1)
            talk = 60 if n % 3 else 0
            flow = 4 if n % 7 == 0 else 8
            came(organization, wait=5 + n, talk=talk, property=home, at=at, flow=flow)
    for query in ("", f"?property={west.pk}&days=7"):
        text = owner.get(reverse("calls:phone_days") + query).text
        figures = re.findall(r'<a href="(/phone/\?[^"]+)">(\d+)</a>', text)
        assert len(figures) > 12
        for address, shown in figures:
            answer = owner.get(unescape(address))
            assert answer.status_code == 200
            assert answer.context["count"].n == int(shown), address


def test_b05_a_member_counts_what_a_member_sees(
    people: dict[str, Membership], organization: Organization, maple: Property
) -> None:
    came(organization, wait=4, talk=60, property=maple)
    away = make_property(organization)
    came(organization, wait=4, talk=60, property=away)
    member = signed_in(people["member"])
    page = member.get(reverse("calls:phone_days"))
    assert page.context["total"].incoming == 1
    assert [home.pk for home in page.context["homes"]] == [maple.pk]
    for named in (str(away.pk), "x", "0"):
        query = {"property": named}
        assert member.get(reverse("calls:phone_days"), query).status_code == 404
        assert member.get(reverse("calls:phone"), query).status_code == 422


def test_the_picture_is_as_high_as_its_highest_day(
    organization: Organization, admin: Principal
) -> None:
    came(organization, wait=4, talk=60)
    for wait in (5, 30, 40):
        came(organization, wait=wait, at=NOW - timedelta(days=1))
    days, _total = phone_days(admin, days=7, home=None)
    columns = picture_of(days)
    assert [column.day.day for column in columns] == sorted(day.day for day in days)
    before, today = columns[-2:]
    assert [(part.kind, part.height) for part in before.parts] == [
        ("missed", PICTURE_HEIGHT * 2 / 3),
        ("gave-up", PICTURE_HEIGHT / 3),
    ]
    assert before.parts[-1].y == 0
    assert [(part.kind, part.height) for part in today.parts] == [("answered", PICTURE_HEIGHT / 3)]
    assert columns[-1].x + columns[-1].width < 100


def test_nothing_yet_says_what_will_stand_here(owner: Client) -> None:
    assert "No phone calls in these days" in owner.get(reverse("calls:phone_days")).text


def test_the_figures_cost_two_statements_however_many_calls(
    owner: Client, organization: Organization
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            owner.get(reverse("calls:phone_days"), {"days": "90"})
        return len(seen)

    came(organization, wait=4, talk=60)
    asked()
    before = asked()
    for n in range(9):
        home = make_property(organization)
        came(organization, wait=4, talk=60, property=home, at=NOW - timedelta(days=n))
    assert asked() == before <= 8
