"""The list of telephone calls and its figures: odd filters, places of others, odd cursors."""

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization
from callcenter.properties.models import Property, PropertyLink
from tests.calls.conftest import signed_in
from tests.calls.test_missed import rang
from tests.factories import make_extension, make_organization, make_phone_call, make_property

LIST, DAYS = "calls:phone", "calls:phone_days"
FILTERS = (
    *("state", "direction", "extension", "number", "logged", "since", "until", "property"),
    "call",
)
ODD = (
    *("\x00", "a\x00b", "\ud800", "\u202e\u2066", "\u200b", "\uff11\uff12", "-1", "1e3", "%", "_"),
    *("9" * 19, "9" * 5_000, "x" * 100_000, "' OR 1=1 --", "[1]", "{}", "..", "2026-02-30"),
)


@pytest.fixture
def member(people: dict[str, Membership]) -> Client:
    return signed_in(people["member"])


def address(view: str, name: str, value: str) -> str:
    """A page asked with one parameter, whatever its value."""
    return f"{reverse(view)}?{name}={quote(value, errors='surrogatepass')}"


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_b20_odd_filters_are_said_or_find_nothing(
    member: Client, organization: Organization, maple: Property, odd: str
) -> None:
    rang(organization, property=maple)
    for name in FILTERS:
        listed = member.get(address(LIST, name, odd))
        assert listed.status_code in (200, 422), name
        assert not listed.context["page"].rows, name
        assert member.get(address(DAYS, name, odd)).status_code in (200, 404), name


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_b20_odd_cursors_and_days_are_no_error(
    member: Client, organization: Organization, maple: Property, odd: str
) -> None:
    rang(organization, property=maple)
    assert member.get(address(LIST, "cursor", odd)).status_code in (200, 400, 404, 422)
    assert member.get(address(DAYS, "days", odd)).status_code == 200


def test_b03_places_and_extensions_of_others_are_like_none(
    member: Client, organization: Organization, maple: Property
) -> None:
    mine = rang(organization, property=maple)
    hidden = make_property(organization, name="Hidden House")
    elsewhere = make_organization()
    foreign = make_property(elsewhere, name="Foreign House")
    make_phone_call(elsewhere, extension=make_extension(elsewhere, "0003*777"))
    make_phone_call(organization, property=hidden)
    for pk in (hidden.pk, foreign.pk, 2**62):
        answer = member.get(reverse(LIST), {"property": pk})
        assert answer.status_code == 422
        assert not answer.context["page"].rows
        assert "House" not in answer.text
        assert member.get(reverse(DAYS), {"property": pk}).status_code == 404
    assert not member.get(reverse(LIST), {"extension": "0003*777"}).context["page"].rows
    shown = member.get(reverse(LIST)).context["page"].rows
    assert [row.call.pk for row in shown] == [mine.pk]


def test_b06_a_place_that_is_lost_between_two_pages_is_in_no_page_more(
    member: Client, organization: Organization, maple: Property
) -> None:
    for minutes in range(1, 56):
        rang(organization, property=maple, minutes_ago=minutes)
    first = member.get(reverse(LIST)).context["page"]
    assert (len(first.rows), bool(first.next)) == (50, True)
    PropertyLink.objects.all().delete()
    assert not member.get(reverse(LIST), {"cursor": first.next}).context["page"].rows
    total = member.get(reverse(DAYS)).context["total"]
    assert total.incoming == 0


@pytest.mark.parametrize("name", [LIST, DAYS])
def test_they_are_read_and_never_written(member: Client, name: str) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(member, method)(reverse(name)).status_code == 405
