"""Credentials in the admin: issued with the secret shown once, revoked after a question."""

import re
import uuid
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from callcenter.accounts.models import ApiCredential
from callcenter.properties.credentials import find_caller
from tests.admin.pages import page
from tests.factories import make_credential
from tests.worlds import World

pytestmark = pytest.mark.django_db
SECRET = re.compile(r'id="secret" value="([0-9a-f-]{36})"')


def wanted(world: World, **fields: Any) -> dict[str, Any]:
    usual = {"name": "Portal", "role": "member", "membership": world.member.pk}
    rest = {"reach": "all", "wire": "documented", "key": str(uuid.uuid4())}
    return usual | rest | fields


def test_b39_one_is_issued_and_its_secret_shown_in_the_answer_only(
    world: World, admin: Client
) -> None:
    form = wanted(world)
    answer = admin.post(page(ApiCredential, "add"), form)

    found = SECRET.search(answer.text)
    assert found is not None
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
    caller = find_caller(found[1], request_id="r")
    assert caller is not None
    assert caller.principal.user_id == world.member.user_id
    row = ApiCredential.objects.get(pk=caller.principal.credential_id or 0)
    assert row.created_by == world.admin.user
    again = admin.post(page(ApiCredential, "add"), form)
    kept = [
        again.text,
        repr(admin.cookies),
        repr([kept.get_decoded() for kept in Session.objects.all()]),
        admin.get(page(ApiCredential, "changelist")).text,
        admin.get(page(ApiCredential, "change", row.pk)).text,
        admin.get(page(ApiCredential, "history", row.pk)).text,
    ]
    assert not [text for text in kept if found[1] in text]


def test_b09_an_admin_issues_no_owners_credential(world: World, admin: Client) -> None:
    before = ApiCredential.objects.count()
    for fields in ({"role": "owner"}, {"membership": world.owner.pk}, {"name": ""}):
        answer = admin.post(page(ApiCredential, "add"), wanted(world, **fields))
        assert answer.status_code == 422
        assert "errorlist" in answer.text
    assert ApiCredential.objects.count() == before


def test_a_credential_is_not_changed(world: World, owner: Client) -> None:
    row = world.rows["ApiCredential"]
    answer = owner.post(page(ApiCredential, "change", row.pk), {"name": "Else"})
    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.name != "Else"


def test_those_chosen_are_revoked_after_a_question_and_no_foreign_one(
    world: World, other: World, admin: Client
) -> None:
    mine, secret = make_credential(world.member, name="Wallboard")
    foreign = other.rows["ApiCredential"]
    chosen = {"action": "revoke", "_selected_action": [mine.pk, foreign.pk]}
    listed = page(ApiCredential, "changelist")

    asked = admin.post(listed, chosen)
    assert "Wallboard" in asked.text
    assert other.word not in asked.text
    assert find_caller(secret, request_id="r")
    done = admin.post(listed, chosen | {"confirmed": "1"}, follow=True)

    assert "1 credential is revoked." in done.text
    assert find_caller(secret, request_id="r") is None
    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert mine.revoked_by == world.admin.user
    assert foreign.revoked_at is None
