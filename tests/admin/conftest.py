"""Two organisations, and browsers of the people of the first."""

import pytest
from django.test import Client

from callcenter.accounts.models import Membership
from tests.worlds import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """The organisation that the tests sign in to."""
    return make_world("ours5b1c")


@pytest.fixture
def other(db: None) -> World:
    """Another one."""
    return make_world("canary7f3a9c")


def signed_in(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user, "callcenter.properties.backends.DeskBackend")
    return client


@pytest.fixture
def owner(world: World) -> Client:
    return signed_in(world.owner)


@pytest.fixture
def admin(world: World) -> Client:
    return signed_in(world.admin)


@pytest.fixture
def member(world: World) -> Client:
    return signed_in(world.member)
