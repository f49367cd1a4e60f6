"""Whose number was typed into the log form: ranked, in scope, or free to be remembered."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import RememberedNumber
from callcenter.desk.whose import whose
from callcenter.properties.models import Property, Resident, ResidentPhone, Unit
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
    principal_again,
    status_named,
)

pytestmark = pytest.mark.django_db

NUMBER = "+12125550143"


@pytest.fixture
def ana(unit: Unit) -> Resident:
    return make_resident(unit, first_name="Ana", last_name="Ruiz")


@pytest.fixture
def member(me: Membership) -> Principal:
    return principal_again(me)


def names(raw: str, principal: Principal) -> list[str]:
    return [person.name for person in whose(raw, principal).people]


def test_open_matters_come_first_and_then_the_last_call(
    member: Principal, maple: Property, organization: Organization
) -> None:
    now, closed = timezone.now(), status_named(organization, "Closed")
    for name, days in (("Old", 9), ("Never", 0), ("New", 1)):
        person = make_resident(make_unit(maple, number=name), first_name=name, last_name="X")
        make_phone(person, NUMBER)
        if days:
            where = {"property": maple, "unit": person.unit, "resident": person}
            at = now - timedelta(days=days)
            make_call_log(organization, **where, contacted_at=at, status=closed)
    busy = make_resident(make_unit(maple, number="1"), first_name="Busy", last_name="X")
    make_phone(busy, NUMBER)
    make_call_log(organization, property=maple, unit=busy.unit)
    assert names("212-555-0143", member) == ["Busy X", "New X", "Old X", "Never X"]


@pytest.mark.parametrize("raw", ["(212) 555-0143", "2125550143", "+1 212.555.0143 x4"])
def test_a_number_is_known_however_it_is_written(
    member: Principal, ana: Resident, raw: str
) -> None:
    make_phone(ana, NUMBER)
    assert names(raw, member) == ["Ana Ruiz"]


def test_a_number_without_area_code_is_a_guess(member: Principal, ana: Resident) -> None:
    make_phone(ana, NUMBER)
    found = whose("555-0143", member)
    assert (found.is_guess, [person.name for person in found.people]) == (True, ["Ana Ruiz"])
    assert not whose("555-0199", member).is_free


def test_who_gave_it_up_moved_out_or_is_out_of_sight_does_not_have_it(
    member: Principal, ana: Resident, unit: Unit, organization: Organization
) -> None:
    past = timezone.now().date() - timedelta(days=3)
    make_phone(ana, NUMBER, valid_to=past)
    make_phone(make_resident(unit, last_name="Gone", move_out=past), NUMBER)
    for home in (make_property(organization), make_property(make_organization())):
        make_phone(make_resident(make_unit(home, number="1")), NUMBER)
    found = whose(NUMBER, member)
    assert (found.people, found.is_free) == ([], True)


@pytest.mark.parametrize("raw", ["", " ", "Anonymous", "0003*210", "911", "\x00", "x" * 80])
def test_what_is_no_person_s_number_is_nobody_s_and_not_free(member: Principal, raw: str) -> None:
    found = whose(raw, member)
    assert (found.people, found.is_free) == ([], False)


def test_a_digit_picks_one_of_several(htmx: Client, ana: Resident, unit: Unit) -> None:
    for person in (ana, make_resident(unit, first_name="Ben", last_name="Ruiz")):
        phone = make_phone(person, NUMBER)
    with CaptureQueriesContext(connection) as captured:
        text = htmx.get("/whose/", {"phone": NUMBER}).text
    assert len(captured) <= 8
    assert f'href="/new/?resident={person.pk}&amp;number={phone.pk}" data-key="2"' in text
    assert "2 people have this number" in text


def sent(htmx: Client, resident: int, **fields: Any) -> Any:
    form = {"phone": "212 555 0143", "resident": resident, "key": str(uuid.uuid4())}
    return htmx.post("/whose/remember/", form | fields)


def test_a_free_number_is_remembered_for_who_is_chosen(
    htmx: Client, ana: Resident, organization: Organization
) -> None:
    text = htmx.get("/whose/", {"phone": NUMBER, "resident": str(ana.pk)}).text
    assert 'data-key="r"' in text
    assert "Remember it for <bdi>Ana Ruiz</bdi>" in text
    for _ in range(2):
        answer = sent(htmx, ana.pk, key="once")
        assert "Ana Ruiz" in answer.text
        assert 'data-key="1"' in answer.text
    assert ResidentPhone.objects.get().resident_id == ana.pk
    assert RememberedNumber.objects.count() == 1
    assert sent(htmx, ana.pk).status_code == 422


def test_b03_nobody_out_of_sight_gets_a_number(htmx: Client, organization: Organization) -> None:
    for home in (make_property(organization), make_property(make_organization())):
        stranger = make_resident(make_unit(home, number="1"), last_name="Canary")
        assert sent(htmx, stranger.pk).status_code == 404
        page = htmx.get("/whose/", {"phone": NUMBER, "resident": str(stranger.pk)}).text
        assert "Canary" not in page
        assert 'data-key="r"' not in page
    assert not ResidentPhone.objects.exists()
