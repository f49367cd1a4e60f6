"""Undo: what was done goes back by one more record, once, and only if nobody was in between."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Role
from callcenter.calls.actions import append_comment, change_status
from callcenter.calls.models import CallLog, Comment
from callcenter.core.toasts import UNDONE_WITHIN
from callcenter.properties.models import PropertyLink
from tests.calls.conftest import post, signed_in
from tests.factories import make_membership, principal_again, status_named


def move(client: Client, log: CallLog, to: str, **fields: Any) -> Any:
    log.refresh_from_db()
    fields = {"status": status_named(log.organization, to).pk, "seen_version": log.version} | fields
    return post(client, "calls:status", log.pk, **fields)


def token_in(text: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', text)
    assert found
    return found[1]


def undo(client: Client, token: str) -> Any:
    return client.post(reverse("desk:undo"), {"token": token, "back": "/calls/"})


def history(log: CallLog) -> list[tuple[str, str | None]]:
    rows = Comment.objects.filter(call_log=log).order_by("seq")
    return [(row.status_name, row.text) for row in rows]


@pytest.fixture
def htmx_admin(people: dict[str, Membership]) -> Client:
    return signed_in(people["admin"], htmx=True)


def test_a_status_goes_back_and_the_history_keeps_both(htmx_admin: Client, log: CallLog) -> None:
    answer = move(htmx_admin, log, "Resolved")
    assert answer.status_code == 200
    assert 'hx-swap-oob="afterbegin"' in answer.text
    gone_back = undo(htmx_admin, token_in(answer.text))
    assert gone_back.headers["HX-Trigger-After-Swap"] == "undone"
    assert "Undone." in gone_back.text
    log.refresh_from_db()
    assert (log.status.name, log.closed_at, log.version) == ("New", None, 3)
    assert history(log) == [("Resolved", ""), ("New", "Undone.")]


def test_b46_pressing_twice_undoes_once(htmx_admin: Client, log: CallLog) -> None:
    token = token_in(move(htmx_admin, log, "Resolved").text)
    assert undo(htmx_admin, token).status_code == 200
    assert undo(htmx_admin, token).status_code == 200
    assert len(history(log)) == 2


def test_a_call_that_was_closed_before_keeps_its_time_of_closing(
    people: dict[str, Membership], htmx_admin: Client, log: CallLog
) -> None:
    actor = principal_again(people["admin"])
    closed = status_named(log.organization, "Resolved").pk
    change_status(call_log_id=log.pk, status_id=closed, seen_version=None, actor=actor)
    log.refresh_from_db()
    closed_at = log.closed_at
    token = token_in(move(htmx_admin, log, "In progress", comment="Wrong call").text)
    assert undo(htmx_admin, token).status_code == 200
    log.refresh_from_db()
    assert (log.status.name, log.closed_at) == ("Resolved", closed_at)
    assert history(log)[1:] == [("In progress", "Wrong call"), ("Resolved", "Undone.")]


def test_b45_what_somebody_changed_since_stays(
    people: dict[str, Membership], htmx_admin: Client, log: CallLog
) -> None:
    token = token_in(move(htmx_admin, log, "Resolved").text)
    append_comment(call_log_id=log.pk, text="Ray rang", actor=principal_again(people["owner"]))
    answer = undo(htmx_admin, token)
    assert answer.status_code == 409
    assert "was changed since" in answer.text
    log.refresh_from_db()
    assert log.status.name == "Resolved"


def test_the_token_is_its_owners_and_soon_too_old(
    people: dict[str, Membership], htmx_admin: Client, log: CallLog
) -> None:
    token = token_in(move(htmx_admin, log, "Resolved").text)
    stranger = make_membership(log.organization, Role.OWNER)
    assert undo(signed_in(stranger, htmx=True), token).status_code == 422
    assert undo(htmx_admin, token[:-2] + "xx").status_code == 422
    with time_machine.travel(timezone.now() + timedelta(seconds=UNDONE_WITHIN + 2), tick=False):
        late = undo(htmx_admin, token)
    assert (late.status_code, len(history(log))) == (422, 1)
    assert "too late" in late.text


def test_a_member_who_lost_the_property_undoes_nothing(
    people: dict[str, Membership], log: CallLog
) -> None:
    member = signed_in(people["member"], htmx=True)
    token = token_in(move(member, log, "Resolved").text)
    PropertyLink.objects.filter(membership=people["member"]).delete()
    assert undo(member, token).status_code == 404
    assert len(history(log)) == 1


def test_without_script_the_next_page_offers_it_once(
    people: dict[str, Membership], log: CallLog
) -> None:
    plain = signed_in(people["admin"])
    assert move(plain, log, "Resolved").status_code == 302
    shown = plain.get(reverse("calls:detail", args=[log.pk])).text
    assert "Status changed." in shown
    assert "data-toast" not in plain.get(reverse("calls:detail", args=[log.pk])).text
    answer = plain.post(reverse("desk:undo"), {"token": token_in(shown), "back": "/calls/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/calls/")
    log.refresh_from_db()
    assert log.status.name == "New"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_b27_undoing_leads_to_no_other_site(
    people: dict[str, Membership], log: CallLog, back: str
) -> None:
    plain = signed_in(people["admin"])
    move(plain, log, "Resolved")
    token = token_in(plain.get("/").text)
    answer = plain.post(reverse("desk:undo"), {"token": token, "back": back})
    assert answer.headers["Location"] == "/"
