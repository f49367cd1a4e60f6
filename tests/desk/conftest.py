"""The cast of the tests of the desk: 12B at Maple Court, and who logs its calls."""

import pytest
from django.test import Client

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.properties.models import Property, Resident, Unit
from tests.calls.conftest import signed_in
from tests.factories import (
    make_membership,
    make_organization,
    make_property,
    make_resident,
    make_unit,
)


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def maple(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court")


@pytest.fixture
def unit(maple: Property) -> Unit:
    return make_unit(maple, number="12B")


@pytest.fixture
def ana(unit: Unit) -> Resident:
    return make_resident(unit, first_name="Ana", last_name="Cruz")


@pytest.fixture
def me(organization: Organization, maple: Property) -> Membership:
    """Who has the least right to log a call."""
    return make_membership(organization, Role.MEMBER, links=[maple], name="Priya Nair")


@pytest.fixture
def client(me: Membership) -> Client:
    return signed_in(me)


@pytest.fixture
def htmx(me: Membership) -> Client:
    return signed_in(me, htmx=True)
