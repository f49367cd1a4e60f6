"""The call that rings: whose it may be, what is remembered, and when nothing pops."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.desk.pop import Pop, pops_of
from callcenter.properties.models import Property, Resident
from callcenter.telephony.models import Extension, Flow, PhoneCall, PhoneCallParty
from tests.factories import (
    make_call_log,
    make_extension,
    make_membership,
    make_organization,
    make_party,
    make_phone,
    make_phone_call,
    make_property,
    make_resident,
    make_unit,
    principal_again,
)

pytestmark = pytest.mark.django_db
ANA = "+12125550143"


@dataclass(frozen=True)
class Desk:
    """Priya at extension 210 of Maple Court, where Ana lives in 12B."""

    organization: Organization
    maple: Property
    priya: Membership
    mine: Extension
    ana: Resident

    def ring(self, caller: str = ANA, **fields: Any) -> PhoneCall:
        """A call that rings at Priya's extension."""
        blank: dict[str, Any] = {
            "caller_e164": caller,
            "caller_raw": caller,
            "caller_digits_reversed": caller.lstrip("+").removeprefix("1")[::-1],
            "property": self.maple,
        }
        call = make_phone_call(self.organization, **(blank | fields))
        make_party(call, extension=self.mine, ringing_at=timezone.now())
        return call

    def pops(self) -> list[Pop]:
        """What Priya's desk shows."""
        return pops_of(principal_again(self.priya))


@pytest.fixture
def desk() -> Desk:
    organization = make_organization()
    maple = make_property(organization, name="Maple Court")
    priya = make_membership(organization, Role.MEMBER, links=[maple])
    mine = make_extension(organization, "0003*210", user=priya.user, property=maple)
    ana = make_resident(make_unit(maple, number="12B"), first_name="Ana", last_name="de la Cruz")
    make_phone(ana, ANA)
    return Desk(organization, maple, priya, mine, ana)


def test_a_ringing_call_shows_the_person_the_place_and_its_memory(desk: Desk) -> None:
    make_call_log(desk.organization, property=desk.maple, unit=desk.ana.unit, resident=desk.ana)
    call = desk.ring()
    (pop,) = desk.pops()
    assert pop.is_ringing
    assert pop.is_sure
    assert pop.who is not None
    assert (pop.who.name, pop.who.place) == ("Ana de la Cruz", "12B, Maple Court")
    assert pop.number == "(212) 555-0143"
    assert pop.url.startswith(f"{reverse('desk:new')}?resident={desk.ana.pk}&number=")
    assert pop.url.endswith(f"&phone_call={call.pk}")
    assert pop.memory is not None
    assert len(pop.memory.open_calls) == 1


def test_an_answered_call_is_shown_until_it_is_written_down_or_over(desk: Desk) -> None:
    call = desk.ring()
    now = timezone.now()
    PhoneCallParty.objects.update(answered_at=now, status=5)
    (pop,) = desk.pops()
    assert (pop.is_ringing, pop.since) == (False, now)
    log = make_call_log(desk.organization, phone_call=call, taken_by=desk.priya.user)
    assert desk.pops() == []
    type(log).objects.update(taken_by=None)  # somebody else's log of the same call
    assert len(desk.pops()) == 1
    PhoneCallParty.objects.update(ended_at=now)
    assert desk.pops() == []


def test_several_people_of_a_number_are_a_choice_and_a_household_is_none(desk: Desk) -> None:
    mateo = make_resident(desk.ana.unit or desk.maple, first_name="Mateo", last_name="de la Cruz")
    make_phone(mateo, ANA)
    desk.ring()
    (pop,) = desk.pops()
    assert pop.is_sure  # both live in 12B, and the form offers both
    assert len(pop.choices) == 2
    other = make_resident(make_unit(desk.maple, number="4C"), first_name="D'Angelo")
    make_phone(other, ANA)
    (pop,) = desk.pops()
    assert not pop.is_sure
    assert {choice.who.name.split()[0] for choice in pop.choices} == {"Ana", "Mateo", "D'Angelo"}
    assert pop.who is None
    assert "resident" not in pop.url


@pytest.mark.parametrize("caller", ["", "anonymous", "+13475550199", "0003*211"])
def test_withheld_unknown_and_inner_numbers_open_a_form_at_the_line_that_rang(
    desk: Desk, caller: str
) -> None:
    is_number = caller.startswith("+")
    call = desk.ring("+13475550199", caller_raw=caller, caller_e164=caller if is_number else "")
    (pop,) = desk.pops()
    assert pop.choices == []
    assert pop.is_sure
    assert pop.line == "Maple Court"
    assert pop.url == f"{reverse('desk:new')}?property={desk.maple.pk}&phone_call={call.pk}"
    assert pop.number


def test_a_number_of_ours_is_no_resident(desk: Desk) -> None:
    make_extension(desk.organization, "0003*219", own_line=ANA)
    desk.ring()
    (pop,) = desk.pops()
    assert pop.choices == []


def test_calls_of_others_of_colleagues_and_of_another_organization_do_not_pop(desk: Desk) -> None:
    kim = make_membership(desk.organization, Role.ADMIN)
    desk.ring()
    assert pops_of(principal_again(kim)) == []  # sees the call, but it is not at her extension
    PhoneCall.objects.update(flow=Flow.LOCAL)
    assert desk.pops() == []
    theirs = make_organization()
    abroad = make_membership(theirs, user=desk.priya.user)
    PhoneCall.objects.update(flow=Flow.INCOMING)
    assert pops_of(principal_again(abroad)) == []


def test_a_call_that_i_make_pops_when_somebody_is_there(desk: Desk) -> None:
    desk.ring("", flow=Flow.OUTGOING, called_e164=ANA, called_raw=ANA)
    assert desk.pops() == []
    PhoneCallParty.objects.update(answered_at=timezone.now())
    (pop,) = desk.pops()
    assert pop.who is not None
    assert pop.who.name == "Ana de la Cruz"


def test_calls_whose_end_was_lost_do_not_hide_the_one_that_rings(desk: Desk) -> None:
    for hours in (3, 2, 1):
        desk.ring("+13475550199", published_at=timezone.now() - timedelta(hours=hours))
    desk.ring()
    assert [pop.number for pop in desk.pops()] == ["(212) 555-0143", "(347) 555-0199"]


def test_a_property_that_is_not_mine_any_more_does_not_ring_here(desk: Desk) -> None:
    desk.ring()
    desk.priya.property_links.all().delete()
    assert desk.pops() == []


def test_the_part_costs_eight_statements_at_most_and_says_who(desk: Desk, htmx: Client) -> None:
    htmx.force_login(desk.priya.user)
    url = reverse("desk:pop")
    assert "data-pop=" not in htmx.get(url).text
    for n in range(4):
        desk.ring(published_at=timezone.now() - timedelta(minutes=n))
    with CaptureQueriesContext(connection) as captured:
        said = htmx.get(url).text
    assert len(captured) <= 8
    assert said.count("data-pop=") == 2
    assert "Ana de la Cruz" in said
    assert 'data-key="Enter, Mod+."' in said


def test_the_form_that_it_opens_is_filled_in_and_ties_the_log_to_the_call(
    desk: Desk, htmx: Client
) -> None:
    htmx.force_login(desk.priya.user)
    call = desk.ring()
    (pop,) = desk.pops()
    form = htmx.get(pop.url, headers={"hx-target": "centre"}).text
    assert f'name="phone_call" value="{call.pk}"' in form
    assert ANA in form
    assert "12B" in form
