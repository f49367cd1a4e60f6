"""What PostgreSQL refuses about properties, units, residents, their numbers and links."""

from datetime import date

import pytest

from callcenter.accounts.models import Organization
from callcenter.properties.models import (
    Property,
    PropertyLink,
    Resident,
    ResidentPhone,
    Unit,
)
from tests.factories import (
    make_membership,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def place(organization: Organization) -> Property:
    return make_property(organization, name="Hill House")


@pytest.fixture
def elsewhere() -> Property:
    """A property of another organisation."""
    return make_property(make_organization())


def test_a_property_has_a_name_of_its_own(organization: Organization, place: Property) -> None:
    with refused(by="property_name_once"):
        make_property(organization, name="Hill House")
    with refused(by="property_has_name"):
        make_property(organization, name="")


def test_one_source_key_is_one_row(organization: Organization, place: Property) -> None:
    key = {"source": "old", "external_id": "7"}
    make_property(organization, **key)
    with refused(by="property_source_key"):
        make_property(organization, **key)
    make_unit(place, **key)
    with refused(by="unit_source_key"):
        make_unit(place, **key)
    make_resident(place, **key)
    with refused(by="resident_source_key"):
        make_resident(place, **key)


@pytest.mark.parametrize("number", ["12 b", "12-B", "#12b", "12B"])
def test_a_unit_has_one_number_however_it_is_written(place: Property, number: str) -> None:
    make_unit(place, number="12B")
    with refused(by="unit_number_once"):
        make_unit(place, number=number)


def test_leading_zeros_make_another_unit(place: Property) -> None:
    make_unit(place, number="101")
    assert make_unit(place, number="0101").number_key == "0101"


def test_a_resident_has_a_name(place: Property) -> None:
    with refused(by="resident_has_name"):
        make_resident(place, first_name="", last_name="")


def test_nobody_moves_out_before_moving_in(place: Property) -> None:
    with refused(by="resident_moves_in_before_out"):
        make_resident(place, move_in=date(2026, 2, 2), move_out=date(2026, 2, 1))


def test_a_number_is_stored_in_the_form_of_its_column(place: Property) -> None:
    resident = make_resident(place)
    for e164 in ("2125550101", "+1-212", "+", "+12", "+1234567890123456"):
        with refused(by="residentphone_e164_form"):
            make_phone(resident, e164=e164, digits_reversed="")
    with refused(by="residentphone_digits_are_digits"):
        make_phone(resident, digits_reversed="101x")
    with refused(by="residentphone_valid_in_order"):
        make_phone(resident, valid_from=date(2026, 2, 2), valid_to=date(2026, 2, 1))


def test_a_number_stands_once_until_it_has_moved(place: Property) -> None:
    resident = make_resident(place)
    phone = make_phone(resident)
    with refused(by="residentphone_once"):
        make_phone(resident)
    ResidentPhone.objects.filter(pk=phone.pk).update(valid_to=date(2026, 1, 1))
    assert make_phone(resident).pk


def test_a_link_is_given_once(organization: Organization, place: Property) -> None:
    member = make_membership(organization, links=[place])
    with refused(by="propertylink_once"):
        PropertyLink.objects.create(organization=organization, membership=member, property=place)


def test_rows_stay_within_their_organisation(
    organization: Organization, place: Property, elsewhere: Property
) -> None:
    with refused(by="properties_unit_property_id_within_organization_id"):
        Unit.objects.create(organization=organization, property=elsewhere, number="1")
    with refused(by="properties_resident_property_id_within_organization_id"):
        Resident.objects.create(organization=organization, property=elsewhere, last_name="Ruiz")
    with refused(by="properties_residentphone_resident_id_within_organization_id"):
        ResidentPhone.objects.create(
            organization=organization, resident=make_resident(elsewhere), raw="0"
        )
    member = make_membership(organization)
    with refused(by="properties_propertylink_property_id_within_organization_id"):
        PropertyLink.objects.create(
            organization=organization, membership=member, property=elsewhere
        )
    foreign = make_membership(elsewhere.organization)
    with refused(by="properties_propertylink_membership_id_within_organization_id"):
        PropertyLink.objects.create(organization=organization, membership=foreign, property=place)


def test_a_resident_lives_in_a_unit_of_the_property(
    organization: Organization, place: Property
) -> None:
    unit = make_unit(make_property(organization))
    with refused(by="properties_resident_unit_id_within_property_id"):
        Resident.objects.create(
            organization=organization, property=place, unit=unit, last_name="Ruiz"
        )


def test_units_and_residents_keep_their_property(
    organization: Organization, place: Property
) -> None:
    other = make_property(organization)
    unit, resident = make_unit(place), make_resident(place)
    with refused(by="properties_unit keeps its property"):
        Unit.objects.filter(pk=unit.pk).update(property=other)
    with refused(by="properties_resident keeps its property"):
        Resident.objects.filter(pk=resident.pk).update(property=other)
