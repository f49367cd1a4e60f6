"""The cast of the tests of calls: one organisation, its three roles, and a stranger."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.models import CallLog
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_principal,
    make_property,
    make_resident,
    make_unit,
    principal_again,
    reason_named,
)


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization(members_see_unplaced=False)


@pytest.fixture
def maple(organization: Organization) -> Property:
    return make_property(organization, name="Maple Court")


@pytest.fixture
def people(organization: Organization, maple: Property) -> dict[str, Membership]:
    """An owner, an admin and a member linked to Maple Court."""
    return {
        "owner": make_membership(organization, Role.OWNER, name="Dana Ruiz"),
        "admin": make_membership(organization, Role.ADMIN, name="Kim Osei"),
        "member": make_membership(organization, Role.MEMBER, links=[maple], name="Priya Nair"),
    }


@pytest.fixture
def admin(people: dict[str, Membership]) -> Principal:
    return principal_again(people["admin"])


@pytest.fixture
def member(people: dict[str, Membership]) -> Principal:
    return principal_again(people["member"])


@pytest.fixture
def me(organization: Organization, maple: Property) -> Membership:
    """A member linked to Maple Court, where the test is about nobody else."""
    return make_membership(organization, Role.MEMBER, links=[maple], name="Priya Nair")


@pytest.fixture
def agent(organization: Organization) -> Principal:
    """Who may do everything with calls."""
    return make_principal(organization, name="Kim")


@pytest.fixture
def log(organization: Organization, maple: Property) -> CallLog:
    """A call of Ana de la Cruz from 12B, Maple Court, about an active leak."""
    unit = make_unit(maple, number="12B", instructions="Ring 7 for the key", pets="Dog, Biscuit")
    ana = make_resident(unit, first_name="Ana", last_name="de la Cruz")
    log = make_call_log(
        organization, property=maple, unit=unit, resident=ana, call_from="Ana de la Cruz"
    )
    leak = reason_named(organization, "el")
    log.reason_links.create(organization=organization, reason=leak, position=0)
    return log


def signed_in(membership: Membership, *, htmx: bool = False) -> Client:
    """A browser of this person, whose requests are htmx's or plain."""
    client = Client(headers={"hx-request": "true"} if htmx else {})
    client.force_login(membership.user, backend="callcenter.properties.backends.DeskBackend")
    return client


def post(client: Client, view: str, pk: int, **fields: Any) -> Any:
    """Send a form of the page of a call, with a fresh key unless one is given."""
    return client.post(reverse(view, args=[pk]), {"key": str(uuid.uuid4())} | fields)
