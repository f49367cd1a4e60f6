"""The states of agents: colleagues see those that are shown, owners and admins all of them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Availability, Membership, Organization, Role, User
from callcenter.desk.board import now_of
from callcenter.desk.board_agents import Agent
from callcenter.properties.models import Property
from callcenter.telephony.models import PhoneCall, PhoneCallParty
from tests.factories import (
    make_call_log,
    make_extension,
    make_membership,
    make_organization,
    make_party,
    make_phone_call,
    make_property,
    principal_again,
)


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def me(organization: Organization) -> Membership:
    return make_membership(organization, name="Priya Nair")


@pytest.fixture
def kim(organization: Organization) -> Membership:
    """A colleague who is away and whose state is hidden, as it is at first."""
    kim = make_membership(organization, name="Kim Osei")
    Membership.objects.filter(pk=kim.pk).update(availability=Availability.AWAY)
    return kim


@pytest.fixture
def maple(organization: Organization, me: Membership, kim: Membership) -> Property:
    """A property that nobody here is linked to. Everybody is signed in from now on."""
    User.objects.update(last_login=timezone.now())
    return make_property(organization)


def shows(membership: Membership, *, shown: bool = True) -> None:
    User.objects.filter(pk=membership.user_id).update(shows_state=shown)


def seen_by(membership: Membership) -> dict[str, Agent]:
    return {agent.name: agent for agent in now_of(principal_again(membership)).agents}


def save(client: Client, **fields: Any) -> Any:
    looks = {"name": "Kim Osei", "time_zone": "", "theme": "dark", "density": "compact"}
    return client.post("/profile/", {"key": str(uuid.uuid4())} | looks | fields)


@pytest.mark.usefixtures("maple")
def test_a_state_is_hidden_from_colleagues_until_its_person_shows_it(
    client: Client, me: Membership, kim: Membership
) -> None:
    assert set(seen_by(me)) == {"Priya Nair"}
    client.force_login(kim.user)
    assert "Show my state to colleagues" in client.get("/profile/").text
    assert save(client, shows_state="on").status_code == 302
    assert {name: one.said for name, one in seen_by(me).items()} == {
        "Kim Osei": "Away",
        "Priya Nair": "Ready",
    }
    assert set(seen_by(kim)) == {"Kim Osei"}  # who shows sees no more for it
    assert save(client).status_code == 302
    assert set(seen_by(me)) == {"Priya Nair"}


@pytest.mark.usefixtures("maple")
@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_see_every_state_and_hide_their_own_like_others(
    organization: Organization, me: Membership, kim: Membership, role: Role
) -> None:
    boss = make_membership(organization, role, name="Dana Ruiz")
    User.objects.update(last_login=timezone.now())
    assert set(seen_by(boss)) == {"Dana Ruiz", "Kim Osei", "Priya Nair"}
    assert "Dana Ruiz" not in seen_by(me)
    shows(boss)
    assert seen_by(me)["Dana Ruiz"].said == "Ready"


@pytest.mark.usefixtures("maple")
def test_b02_nobody_of_another_organization_or_signed_out_or_left_is_shown(
    me: Membership, kim: Membership
) -> None:
    stranger = make_membership(make_organization(), name="Sam Stranger")
    User.objects.update(last_login=timezone.now(), shows_state=True)
    assert set(seen_by(me)) == {"Kim Osei", "Priya Nair"}
    assert set(seen_by(stranger)) == {"Sam Stranger"}
    User.objects.filter(pk=kim.user_id).update(last_login=timezone.now() - timedelta(hours=13))
    assert set(seen_by(me)) == {"Priya Nair"}
    User.objects.filter(pk=kim.user_id).update(last_login=timezone.now())
    Membership.objects.filter(pk=kim.pk).update(is_active=False)
    assert set(seen_by(me)) == {"Priya Nair"}


def test_a_colleague_who_talks_is_busy_though_the_call_is_out_of_sight(
    organization: Organization, me: Membership, kim: Membership, maple: Property
) -> None:
    shows(kim)
    make_call_log(organization, taken_by=kim.user)
    now = timezone.now()
    call = make_phone_call(organization, property=maple, caller_name="Canary Person")
    party = make_party(call, extension=make_extension(organization, user=kim.user), ringing_at=now)
    parties = PhoneCallParty.objects.filter(pk=party.pk)
    board = now_of(principal_again(me))
    assert board.calls == []
    assert seen_by(me)["Kim Osei"] == Agent(
        "Kim Osei", "rung", "telephone-inbound", "Phone rings", now, None
    )
    later = now + timedelta(seconds=9)
    parties.update(answered_at=later)
    assert (seen_by(me)["Kim Osei"].said, seen_by(me)["Kim Osei"].since) == ("On a call", later)
    parties.update(on_hold_at=later)
    assert seen_by(me)["Kim Osei"].said == "Holding"
    PhoneCall.objects.filter(pk=call.pk).update(flow=2)  # a call between colleagues is one, too
    assert seen_by(me)["Kim Osei"].said == "Holding"
    parties.update(ended_at=later)
    assert seen_by(me)["Kim Osei"].said == "Away"


def test_of_two_calls_the_one_that_was_answered_is_told(
    organization: Organization, me: Membership, maple: Property
) -> None:
    extension = make_extension(organization, user=me.user)
    now = timezone.now()
    make_party(make_phone_call(organization), extension=extension, ringing_at=now)
    talks = make_phone_call(organization, property=maple)
    make_party(talks, extension=extension, answered_at=now)
    make_party(make_phone_call(organization), extension=extension)
    assert seen_by(me)["Priya Nair"].said == "On a call"


@pytest.mark.usefixtures("maple")
def test_the_board_and_the_menu_say_who_sees_the_state(
    client: Client, me: Membership, kim: Membership
) -> None:
    client.force_login(me.user)
    shows(kim)
    page = client.get(reverse("desk:live")).text
    assert "Yours is hidden from them." in page
    assert "Of colleagues only owners and admins see it." in page
    assert "of 2 whom you see" in page
    assert "<bdi>Kim Osei</bdi>" in page
    shows(me)
    page = client.get(reverse("desk:live")).text
    assert "Yours shows to them." in page
    assert "Colleagues see it on the live board." in page


def test_the_board_costs_as_many_statements_however_many_show_their_state(
    organization: Organization, me: Membership, htmx: Client
) -> None:
    htmx.force_login(me.user)
    counts = []
    for n in (1, 4):
        for number in range(n):
            one = make_membership(organization, name=f"Agent {n} {number}")
            shows(one)
            extension = make_extension(organization, f"0003*{n}1{number}", user=one.user)
            make_party(make_phone_call(organization), extension=extension)
        User.objects.update(last_login=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            said = htmx.get(reverse("desk:live"), headers={"hx-target": "live-now"}).text
        assert f"Agent {n} 0" in said
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8
