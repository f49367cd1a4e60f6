"""The pages of credentials: issue and show once, list, log of requests, revoke (B-39 to B-41)."""

import html
import logging
import re
import uuid
from datetime import date, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from callcenter.accounts.models import ApiCredential, IdempotencyRecord, Membership, Role
from callcenter.properties.credentials import find_caller
from callcenter.properties.models import Property
from tests.factories import (
    make_api_request,
    make_credential,
    make_membership,
    make_organization,
    make_property,
)

pytestmark = pytest.mark.django_db
SECRET = re.compile(r'id="secret" value="([0-9a-f-]{36})"')


@pytest.fixture
def owner() -> Membership:
    return make_membership(make_organization(), Role.OWNER, name="Olivia Brandt")


@pytest.fixture
def place(owner: Membership) -> Property:
    return make_property(owner.organization, name="Harbor Point")


@pytest.fixture
def member(owner: Membership, place: Property) -> Membership:
    return make_membership(owner.organization, links=[place], name="Kim Osei")


def browser(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user)
    return client


def wanted(**fields: Any) -> dict[str, Any]:
    usual = {"name": "Portal", "role": "member", "reach": "all", "wire": "documented"}
    return usual | {"key": str(uuid.uuid4())} | fields


def issued(client: Client, **fields: Any) -> str:
    answer = client.post("/credentials/issue/", wanted(**fields))
    found = SECRET.search(answer.text)
    assert answer.status_code == 200, answer.text
    assert found is not None
    return found[1]


def refused(client: Client, **fields: Any) -> str:
    before = ApiCredential.objects.count()
    answer = client.post("/credentials/issue/", wanted(**fields))
    assert answer.status_code == 422
    assert ApiCredential.objects.count() == before
    return answer.text


def test_an_owner_issues_in_the_name_of_a_member(
    owner: Membership, member: Membership, place: Property
) -> None:
    secret = issued(
        browser(owner),
        membership=member.pk,
        can_write="on",
        reach="chosen",
        properties=[place.pk],
        wire="deployed",
        expires_at="2027-01-31",
    )

    row = ApiCredential.objects.get()
    assert (row.owner, row.created_by, row.role) == (member.user, owner.user, "member")
    assert (row.can_write, row.wire, row.is_narrowed) == (True, "deployed", True)
    zone = ZoneInfo(owner.organization.time_zone)
    assert row.expires_at == datetime(2027, 1, 31, 23, 59, 59, tzinfo=zone)
    found = find_caller(secret, request_id="r")
    assert found is not None
    assert found.principal.property_ids == frozenset([place.pk])


def test_the_secret_and_what_to_do_with_it_are_in_the_answer(owner: Membership) -> None:
    form = wanted(membership=owner.pk, role="admin")

    answer = browser(owner).post("/credentials/issue/", form)

    secret = SECRET.search(answer.text)
    assert secret is not None
    newest = "http://localhost:8000/api/calllogs?page=1&pageSize=3"
    command = f'Authorization: Bearer {secret[1]}" "{newest}"'
    assert command in html.unescape(answer.text)
    assert str(ApiCredential.objects.get().client_id) in answer.text
    assert 'href="/docs/connect/"' in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_single_permissions_stand_instead_of_a_role(owner: Membership) -> None:
    issued(browser(owner), membership=owner.pk, role="read_call_log_item")
    row = ApiCredential.objects.get()
    assert (row.role, row.permissions) == ("", ["read_call_log_item"])


def test_a_member_issues_what_reads_for_oneself_and_nothing_else(
    member: Membership, owner: Membership
) -> None:
    client = browser(member)
    page = client.get("/credentials/").text
    for name in ("can_write", "membership"):
        assert f'name="{name}"' not in page
    assert 'value="admin"' not in page
    refused(client, role="admin")
    refused(client, role="owner")

    issued(client, can_write="on", membership=owner.pk)

    row = ApiCredential.objects.get()
    assert (row.owner, row.role, row.can_write) == (member.user, "member", False)


def test_an_admin_issues_up_to_the_own_role_and_for_members(
    owner: Membership, member: Membership
) -> None:
    client = browser(make_membership(owner.organization, Role.ADMIN))
    assert 'value="owner"' not in client.get("/credentials/").text
    refused(client, role="owner")
    assert "Select a valid choice" in refused(client, membership=owner.pk)

    issued(client, membership=member.pk)

    assert ApiCredential.objects.get().owner == member.user


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "This field is required"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"role": ""}, "This field is required"),
        ({"role": "read_call_log_item", "can_write": "on"}, "Single permissions only read"),
        ({"reach": "chosen"}, "Tick at least one property"),
        ({"reach": "chosen", "properties": ["1000000"]}, "Select a valid choice"),
        ({"membership": "1000000"}, "Select a valid choice"),
        ({"wire": "x"}, "Select a valid choice"),
        ({"expires_at": "2020-01-01"}, "over already"),
        ({"expires_at": "9999-12-31"}, "At most ten years"),
        ({"expires_at": "soon"}, "Enter a valid date"),
        ({"key": ""}, "This form is too old"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_the_text_stays(
    fields: dict[str, Any], said: str, owner: Membership, place: Property
) -> None:
    text = refused(browser(owner), **{"membership": owner.pk, "name": "Resident portal"} | fields)
    assert said in text
    assert "name" in fields or 'value="Resident portal"' in text


def test_htmx_gets_the_refused_form_as_a_part(owner: Membership) -> None:
    answer = browser(owner).post(
        "/credentials/issue/", wanted(name=""), headers={"hx-request": "true"}
    )
    assert answer.status_code == 422
    assert answer.text.strip().startswith('<div class="stack" id="credentials"')


def test_today_is_a_last_day_still_to_come(owner: Membership) -> None:
    zone = ZoneInfo(owner.organization.time_zone)
    today: date = timezone.now().astimezone(zone).date()
    issued(browser(owner), membership=owner.pk, expires_at=today.isoformat())
    assert ApiCredential.objects.get().is_in_force


def test_b48_a_form_that_is_sent_twice_issues_once_and_shows_the_secret_once(
    owner: Membership,
) -> None:
    client, form = browser(owner), wanted(membership=owner.pk)

    first, second = (client.post("/credentials/issue/", form) for _ in range(2))

    assert SECRET.search(first.text)
    assert not SECRET.search(second.text)
    assert "cannot be shown again" in second.text
    assert ApiCredential.objects.count() == 1
    other = client.post("/credentials/issue/", form | {"name": "Else"})
    assert other.status_code == 409
    assert ApiCredential.objects.count() == 1


def test_b39_the_secret_is_nowhere_after_it_was_shown(owner: Membership) -> None:
    said = StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    client = browser(owner)
    try:
        secret = issued(client, membership=owner.pk)
    finally:
        logging.getLogger().removeHandler(handler)
    pk = ApiCredential.objects.get().pk

    events: Any = apps.get_model("accounts", "ApiCredentialAuditEvent")
    kept = [
        said.getvalue(),
        client.get("/credentials/").text,
        client.get(f"/credentials/{pk}/").text,
        client.get(f"/admin/accounts/apicredential/{pk}/change/").text,
        client.get(f"/admin/accounts/apicredential/{pk}/history/").text,
        repr(client.cookies),
        repr([row.get_decoded() for row in Session.objects.all()]),
        repr(list(events.objects.values())),
        repr(list(IdempotencyRecord.objects.values())),
        repr(list(ApiCredential.objects.values())),
    ]
    for text in kept:
        assert secret not in text
        assert secret.replace("-", "") not in text


def test_a_member_sees_and_ends_own_credentials_only(owner: Membership, member: Membership) -> None:
    theirs, _ = make_credential(owner, name="Accounting")
    mine, secret = make_credential(member, name="Wallboard")
    client = browser(member)

    page = client.get("/credentials/").text
    assert ("Wallboard" in page, "Accounting" in page) == (True, False)
    assert client.get(f"/credentials/{theirs.pk}/").status_code == 404
    assert client.post(f"/credentials/{theirs.pk}/revoke/").status_code == 404
    done = client.post(f"/credentials/{mine.pk}/revoke/", follow=True)

    assert "Wallboard does not work any more." in done.text
    assert find_caller(secret, request_id="r") is None
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_owners_and_admins_see_and_end_all_of_the_organisation(
    owner: Membership, member: Membership
) -> None:
    row, _ = make_credential(member, name="Wallboard")
    make_api_request(row, path="/api/units/7/calllogs")
    client = browser(make_membership(owner.organization, Role.ADMIN))

    assert "Wallboard" in client.get("/credentials/").text
    assert "/api/units/7/calllogs" in client.get(f"/credentials/{row.pk}/").text
    client.post(f"/credentials/{row.pk}/revoke/")

    row.refresh_from_db()
    assert row.revoked_by is not None
    assert row.revoked_by != member.user


def test_b07_a_foreign_credential_is_not_there(member: Membership) -> None:
    row, _ = make_credential(member)
    stranger = browser(make_membership(make_organization(), Role.OWNER))
    assert stranger.get(f"/credentials/{row.pk}/").status_code == 404
    assert stranger.post(f"/credentials/{row.pk}/revoke/").status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None
