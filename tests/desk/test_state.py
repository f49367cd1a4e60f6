"""My state in the top bar: what I say of myself, since when."""

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from callcenter.accounts.models import Membership, Role
from tests.factories import make_membership, make_organization


@pytest.fixture
def me(db: None) -> Membership:
    return make_membership(make_organization(), Role.MEMBER)


@pytest.fixture
def client(me: Membership) -> Client:
    client = Client()
    client.force_login(me.user)
    return client


def test_a_state_is_said_and_the_same_again_keeps_since_when(
    client: Client, me: Membership
) -> None:
    before = timezone.now()
    answer = client.post("/state/", {"availability": "away"}, headers={"hx-request": "true"})
    assert answer.text.strip().startswith('<details class="who state" id="state"')
    assert 'data-state="away"' in answer.text
    me.refresh_from_db()
    since = me.availability_since
    assert (me.availability, since >= before) == ("away", True)
    assert client.post("/state/", {"availability": "away"}).headers["Location"] == "/"
    me.refresh_from_db()
    assert me.availability_since == since
    page = client.get("/")
    assert f'data-since="{since.isoformat()[:19]}' in page.text
    assert page.context["mine"] == me


def test_what_is_no_state_changes_nothing(client: Client, me: Membership) -> None:
    answer = client.post("/state/", {"availability": "asleep"}, headers={"hx-request": "true"})
    assert answer.status_code == 422
    me.refresh_from_db()
    assert me.availability == "ready"


def test_no_record_of_states_is_kept(client: Client, me: Membership) -> None:
    events = apps.get_model("accounts", "MembershipAuditEvent").objects.filter(pgh_obj=me)
    before = events.count()
    client.post("/state/", {"availability": "finishing"})
    assert events.count() == before == 1
