"""The live board: calls by state, agents as they say, figures that are only what one sees."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Availability, Membership, Organization, Role, User
from callcenter.calls.models import Callback, HandledMissedCall
from callcenter.desk.board import LiveCall, now_of
from callcenter.desk.board_agents import Agent
from callcenter.desk.board_today import promises_of, screen_of, today_so_far
from callcenter.outbox.models import OutboxMessage
from callcenter.properties.access import principal_of_wallboard
from callcenter.properties.wallboards import create_wallboard, find_wallboard, revoke_wallboard
from callcenter.telephony.models import EventKind, Extension, PhoneCall, UpstreamPoll
from callcenter.telephony.taking import take_event
from tests.factories import (
    make_call_log,
    make_escalation,
    make_extension,
    make_membership,
    make_organization,
    make_party,
    make_phone,
    make_phone_call,
    make_property,
    make_resident,
    make_unit,
    make_upstream,
    principal_again,
)

pytestmark = pytest.mark.django_db
ANA, LOST = "+12125550143", "+17185550162"


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def owner(organization: Organization) -> Membership:
    return make_membership(organization, Role.OWNER, name="Dana Ruiz")


@pytest.fixture
def mine(organization: Organization, owner: Membership) -> Extension:
    return make_extension(organization, "0003*210", user=owner.user)


def from_number(number: str) -> dict[str, str]:
    """The columns of a call from this number."""
    digits = number.removeprefix("+1")[::-1]
    return {"caller_e164": number, "caller_raw": number, "caller_digits_reversed": digits}


def lost(organization: Organization, number: str = LOST, **fields: Any) -> PhoneCall:
    """A missed call of ten minutes ago."""
    at = timezone.now() - timedelta(minutes=10)
    told = {"published_at": at, "ended_at": at + timedelta(seconds=30), "disposition": 3}
    return make_phone_call(organization, **told, **from_number(number), **fields)


def rows_of(membership: Membership) -> list[LiveCall]:
    return now_of(principal_again(membership)).calls


def agents_of(membership: Membership) -> dict[str, Agent]:
    return {agent.name: agent for agent in now_of(principal_again(membership)).agents}


def test_calls_stand_by_state_with_place_and_agent(
    organization: Organization, owner: Membership, mine: Extension
) -> None:
    now = timezone.now()
    maple = make_property(organization, name="Maple Court")
    make_phone(make_resident(make_unit(maple, number="12B")), ANA)
    waiting = make_phone_call(
        organization, published_at=now - timedelta(seconds=50), **from_number(ANA)
    )
    make_party(waiting, extension=mine, ringing_at=now)
    answered = now - timedelta(seconds=40)
    talking = make_phone_call(
        organization, published_at=answered, answered_at=answered, property=maple
    )
    make_party(talking, extension=mine, answered_at=answered)
    held = make_phone_call(organization, published_at=answered, answered_at=answered)
    make_party(held, extension=mine, answered_at=answered, on_hold_at=now)
    make_phone_call(organization, flow=2)  # between colleagues
    shown = rows_of(owner)
    assert [(row.state, row.place, row.agents) for row in shown] == [
        ("waiting", "12B, Maple Court", "rings Dana Ruiz"),
        ("talking", "Maple Court line", "Dana Ruiz"),
        ("held", "withheld", "Dana Ruiz"),
    ]
    assert [row.is_late for row in shown] == [True, False, False]
    assert [row.since for row in shown] == [waiting.published_at, answered, now]
    make_call_log(organization, phone_call=held, unit=make_unit(maple, number="9"), property=maple)
    assert rows_of(owner)[2].place == "9, Maple Court"


def test_a_number_of_two_households_names_none(
    organization: Organization, owner: Membership
) -> None:
    maple = make_property(organization, name="Maple Court")
    for number in ("1", "2"):
        make_phone(make_resident(make_unit(maple, number=number)), ANA)
    make_phone_call(organization, **from_number(ANA))
    assert rows_of(owner)[0].place == "unknown number"


def test_agents_are_as_the_telephone_and_they_themselves_say(
    organization: Organization, owner: Membership, mine: Extension
) -> None:
    kim = make_membership(organization, name="Kim Osei")
    gone = make_membership(organization, name="Sam Whitlock")
    now = timezone.now()
    User.objects.update(last_login=now)
    User.objects.filter(pk=gone.user_id).update(last_login=now - timedelta(hours=13))
    Membership.objects.filter(pk=kim.pk).update(availability=Availability.AWAY)
    assert {name: one.said for name, one in agents_of(owner).items()} == {
        "Dana Ruiz": "Ready",
        "Kim Osei": "Away",
    }
    assert set(agents_of(kim)) == {"Kim Osei"}  # members do not watch each other
    call = make_phone_call(organization)
    party = make_party(call, extension=mine, ringing_at=now)
    assert agents_of(owner)["Dana Ruiz"].said == "Phone rings"
    type(party).objects.update(answered_at=now)
    assert agents_of(owner)["Dana Ruiz"].said == "On a call"
    make_call_log(organization, taken_by=owner.user)
    assert agents_of(owner)["Dana Ruiz"].today == 1


def test_a_member_sees_the_own_calls_and_nobody_of_another_organization(
    organization: Organization, owner: Membership, mine: Extension
) -> None:
    make_party(make_phone_call(organization), extension=mine)
    member = make_membership(organization)
    stranger = make_membership(make_organization(), Role.OWNER)
    for one, n in ((owner, 1), (member, 0), (stranger, 0)):
        assert len(rows_of(one)) == n


def test_a_telephone_system_that_is_silent_is_named(
    organization: Organization, owner: Membership
) -> None:
    upstream = make_upstream(
        organization,
        polls=True,
        base_url="https://pbx.example",
        client_id="app",
        sealed_secret=b"x",
        name="Switchboard",
    )
    now = timezone.now()
    UpstreamPoll.objects.create(organization=organization, upstream=upstream, live_at=now)
    assert now_of(principal_again(owner)).silences == []
    UpstreamPoll.objects.update(live_at=now - timedelta(minutes=2))
    (silence,) = now_of(principal_again(owner)).silences
    assert (silence.name, silence.since) == ("Switchboard", now - timedelta(minutes=2))
    take_event(upstream=upstream, kind=EventKind.DIAL_IN, fields={"CallID": "1"})
    assert len(now_of(principal_again(owner)).silences) == 1  # it came just now
    OutboxMessage.objects.update(created_at=now - timedelta(seconds=11))
    names = {one.name for one in now_of(principal_again(owner)).silences}
    assert names == {"Switchboard", ""}


def test_the_day_counts_what_was_answered_quickly_and_logged(
    organization: Organization, owner: Membership
) -> None:
    now = timezone.now()
    for seconds in (5, 20, 21):
        answered = now + timedelta(seconds=seconds)
        make_phone_call(organization, published_at=now, answered_at=answered)
    lost(organization)
    make_phone_call(organization)  # still rings: neither
    make_call_log(organization)
    make_escalation(organization, started_at=now)
    said = today_so_far(principal_again(owner))
    assert (said.answered.n, said.answered.quick, said.answered.percent) == (4, 2, 50)
    assert said.logged == sum(hour.n for hour in said.hours) == 1
    assert len(said.chains) == 1


def test_what_was_promised_is_counted(organization: Organization, owner: Membership) -> None:
    log = make_call_log(organization)
    now = timezone.now()
    for minutes in (-5, 60 * 24 * 3):
        Callback.objects.create(
            organization=organization, call_log=log, due_at=now + timedelta(minutes=minutes)
        )
    assert promises_of(principal_again(owner)).late.n == 1


def parts() -> list[tuple[str, str]]:
    """The addresses of the board's parts, with the ids that htmx puts them into."""
    names = ("live", "live_queue", "live_today")
    ids = ("live-now", "live-queue", "live-today")
    return [(reverse(f"desk:{name}"), one) for name, one in zip(names, ids, strict=True)]


def test_each_part_costs_eight_statements_at_most_however_many_rows(
    organization: Organization, owner: Membership, mine: Extension, htmx: Client
) -> None:
    htmx.force_login(owner.user)
    counts = []
    for n in (1, 5):
        for number in range(n):
            call = make_phone_call(organization, **from_number(f"+1212555020{number}"))
            make_party(call, extension=mine)
            lost(organization, f"+1212555{n}30{number}")
            make_escalation(organization)
        spent = []
        for url, target in parts():
            with CaptureQueriesContext(connection) as captured:
                said = htmx.get(url, headers={"hx-target": target}).text
            assert f'id="{target}"' in said
            spent.append(len(captured))
        counts.append(spent)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 8


def test_a_missed_call_is_marked_with_a_reason_on_the_board(
    organization: Organization, owner: Membership, htmx: Client
) -> None:
    htmx.force_login(owner.user)
    call = lost(organization)
    url = reverse("desk:live_handled")
    refused = htmx.post(url, {"missed": call.pk, "key": "k1"})
    assert refused.status_code == 422
    assert "checked" in refused.text
    answer = htmx.post(url, {"missed": call.pk, "reason": "Rang back, all well", "key": "k2"})
    assert "1 missed call is handled." in answer.text
    assert HandledMissedCall.objects.get().reason == "Rang back, all well"


def test_a_screen_shows_figures_and_no_person(
    organization: Organization, owner: Membership, mine: Extension, client: Client
) -> None:
    board, token = create_wallboard(name="Wall", actor=principal_again(owner))
    ringing = make_phone_call(organization, caller_name="Ana Canary", **from_number(ANA))
    make_party(ringing, extension=mine)
    lost(organization)
    make_call_log(organization, call_from="Ben Canary", notes="Canary words")
    found = find_wallboard(token)
    assert found is not None
    screen = screen_of(principal_of_wallboard(found, request_id=""))
    assert (screen.waiting.n, screen.missed.n, screen.logged.n) == (1, 1, 1)
    url = reverse("desk:tv", args=[token])
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert len(captured) <= 8
    assert answer.status_code == 200
    for secret in ("Canary", "2125550143", "7185550162", "Dana", "0003*210"):
        assert secret not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.post(url).status_code in (403, 405)
    revoke_wallboard(wallboard_id=board.pk, actor=principal_again(owner))
    assert client.get(url).status_code == 404


def test_screens_are_made_and_ended_by_owners_and_admins_alone(
    organization: Organization, owner: Membership, client: Client
) -> None:
    member = make_membership(organization)
    client.force_login(member.user)
    create, listed = reverse("desk:wallboard_create"), reverse("desk:wallboards")
    assert client.post(create, {"name": "Mine"}).status_code == 403
    client.force_login(owner.user)
    assert client.post(create, {"name": "  "}).status_code == 422
    made = client.post(create, {"name": "North wall"})
    address = made.text.partition('id="address" value="')[2].partition('"')[0]
    assert "/tv/" in address
    assert client.get(address.partition("localhost:8000")[2] or address).status_code == 200
    assert "North wall" in client.get(listed).text
    assert address.rpartition("/tv/")[2] not in client.get(listed).text
    stranger = make_membership(make_organization(), Role.OWNER)
    board = owner.organization.wallboards.get()
    client.force_login(stranger.user)
    url = reverse("desk:wallboard_revoke", args=[board.pk])
    assert client.post(url).status_code == 404
    client.force_login(owner.user)
    assert client.post(url).status_code == 302
    board.refresh_from_db()
    assert board.revoked_at is not None
