"""Who has which number: added, given up, not to be used, within what one sees."""

from datetime import date, timedelta
from typing import Any

import pytest

from callcenter.accounts.models import Organization, Role
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.properties.models import Property, Resident, ResidentPhone, Unit
from callcenter.properties.numbers import (
    add_number,
    add_resident,
    forbid_number,
    retire_number,
    today_of,
)
from callcenter.properties.people_names import part_name
from callcenter.properties.principals import Principal
from tests.factories import (
    make_organization,
    make_phone,
    make_principal,
    make_property,
    make_resident,
    make_unit,
)

pytestmark = pytest.mark.django_db

NUMBER = "(212) 555-0143"


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def maple(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court")


@pytest.fixture
def unit(maple: Property) -> Unit:
    return make_unit(maple, number="12B")


@pytest.fixture
def ana(unit: Unit) -> Resident:
    return make_resident(unit, first_name="Ana", last_name="Ruiz")


@pytest.fixture
def member(organization: Organization, maple: Property) -> Principal:
    """Who has the least right to it."""
    return make_principal(organization, Role.MEMBER, links=[maple])


def test_a_number_is_kept_as_typed_and_as_it_is_rung(member: Principal, ana: Resident) -> None:
    phone = add_number(resident_id=ana.pk, raw=f" {NUMBER} x4 ", label="cell", actor=member)
    phone.refresh_from_db()
    assert (phone.raw, phone.e164, phone.extension) == (f"{NUMBER} x4", "+12125550143", "4")
    assert (phone.digits_reversed, phone.valid_from, phone.valid_to) == ("3410555212", None, None)


@pytest.mark.parametrize(
    "raw",
    [
        *("", "  ", "Anonymous", "0003*210", "911", "104", "n/a", "2.12556E+09", "no digits"),
        *("212-555-0143 / 212-555-0144", "\x00", "1" * 81),
    ],
)
def test_what_is_no_person_s_number_is_refused(member: Principal, ana: Resident, raw: str) -> None:
    with pytest.raises(RuleError):
        add_number(resident_id=ana.pk, raw=raw, actor=member)
    assert not ana.phones.exists()


@pytest.mark.parametrize("again", [NUMBER, "+1 212 555 0143", "212.555.0143"])
def test_a_number_that_is_known_already_is_not_added_twice(
    member: Principal, ana: Resident, again: str
) -> None:
    add_number(resident_id=ana.pk, raw=NUMBER, actor=member)
    with pytest.raises(RuleError, match="known already"):
        add_number(resident_id=ana.pk, raw=again, actor=member)


def test_a_household_may_share_a_number(member: Principal, ana: Resident, unit: Unit) -> None:
    for person in (ana, make_resident(unit, last_name="Other")):
        add_number(resident_id=person.pk, raw=NUMBER, actor=member)
    assert ResidentPhone.objects.count() == 2


def test_a_number_that_moved_is_theirs_from_the_day_after(
    member: Principal, ana: Resident, unit: Unit
) -> None:
    before = make_resident(unit, last_name="Before")
    make_phone(before, "+12125550143", valid_to=date(2026, 3, 31))
    phone = add_number(resident_id=ana.pk, raw=NUMBER, actor=member)
    assert phone.valid_from == date(2026, 4, 1)


def test_who_gives_a_number_up_keeps_the_row(member: Principal, ana: Resident) -> None:
    phone = make_phone(ana, "+12125550143")
    retire_number(phone_id=phone.pk, actor=member)
    phone.refresh_from_db()
    yesterday = today_of(member) - timedelta(days=1)
    assert (phone.valid_to, phone.do_not_use) == (yesterday, False)
    assert not ana.phones.all().held_on(today_of(member)).exists()
    with pytest.raises(RuleError, match="given up before"):
        retire_number(phone_id=phone.pk, actor=member)
    assert add_number(resident_id=ana.pk, raw="+12125550143", actor=member).pk != phone.pk


def test_a_number_that_was_only_given_today_may_not_be_used_any_more(
    member: Principal, ana: Resident
) -> None:
    phone = make_phone(ana, "+12125550143", valid_from=today_of(member))
    retire_number(phone_id=phone.pk, actor=member)
    phone.refresh_from_db()
    assert (phone.valid_to, phone.do_not_use) == (phone.valid_from, True)
    assert not ana.phones.all().in_use().exists()


def test_do_not_use_is_said_and_taken_back(member: Principal, ana: Resident) -> None:
    phone = make_phone(ana, "+12125550143")
    for said in (True, False):
        forbid_number(phone_id=phone.pk, do_not_use=said, actor=member)
        phone.refresh_from_db()
        assert phone.do_not_use is said


def test_b03_what_is_not_linked_or_foreign_is_like_absent(
    member: Principal, organization: Organization
) -> None:
    places = [
        make_unit(make_property(organization, name="Elsewhere"), number="1"),
        make_unit(make_property(make_organization()), number="1"),
    ]
    phones = [make_phone(make_resident(place), "+12125550143") for place in places]
    acts: list[Any] = [
        lambda phone: add_number(resident_id=phone.resident_id, raw="+12125550144", actor=member),
        lambda phone: retire_number(phone_id=phone.pk, actor=member),
        lambda phone: forbid_number(phone_id=phone.pk, do_not_use=True, actor=member),
        lambda phone: add_resident(unit_id=phone.resident.unit_id, name="Ana", actor=member),
    ]
    for phone in phones:
        for act in acts:
            with pytest.raises(NotFoundError):
                act(phone)
    assert ResidentPhone.objects.filter(valid_to=None, do_not_use=False).count() == 2
    assert Resident.objects.count() == 2


def test_somebody_new_needs_a_name_and_a_unit(member: Principal, unit: Unit) -> None:
    person = add_resident(unit_id=unit.pk, name="Maria de la Cruz", actor=member)
    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Maria", "de la Cruz")
    assert (person.property_id, person.unit_id) == (unit.property_id, unit.pk)
    assert person.search_name == "maria de la cruz"
    for name in ("", "  ", ",", "a" * 200, "Ana \x00"):
        with pytest.raises(RuleError):
            add_resident(unit_id=unit.pk, name=name, actor=member)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("Ana Ruiz", ("Ana", "", "Ruiz")),
        ("Ana de la Cruz", ("Ana", "", "de la Cruz")),
        ("Ana Maria de la Cruz", ("Ana", "Maria", "de la Cruz")),
        ("Ludwig van der Berg", ("Ludwig", "", "van der Berg")),
        ("Cruz, Ana Maria", ("Ana", "Maria", "Cruz")),
        ("de la Cruz,  Ana", ("Ana", "", "de la Cruz")),
        ("Robert Dawes Jr.", ("Robert", "", "Dawes Jr.")),
        ("Robert Dawes, Jr.", ("Robert", "", "Dawes Jr.")),
        ("Henry J. Pope III", ("Henry", "J.", "Pope III")),
        ("Madonna", ("", "", "Madonna")),
        ("De Niro", ("De", "", "Niro")),
        ("  Kim   Osei ", ("Kim", "", "Osei")),
        ("", ("", "", "")),
    ],
)
def test_a_name_is_parted_as_people_write_it(typed: str, parts: tuple[str, str, str]) -> None:
    assert part_name(typed) == parts
