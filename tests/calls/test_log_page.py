"""The page of a call: what it tells, and every act on it with htmx and without."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.actions import withdraw_comment
from callcenter.calls.models import CallLog, Comment, CommentKind, Visibility
from tests.calls.conftest import post, signed_in
from tests.factories import (
    make_call_log,
    make_comment,
    make_organization,
    make_phone,
    make_property,
    principal_again,
    status_named,
)

ROLES = ["owner", "admin", "member"]


def page(client: Client, log: CallLog) -> Any:
    return client.get(reverse("calls:detail", args=[log.pk]))


def history(log: CallLog) -> list[tuple[str, str | None, str]]:
    rows = Comment.objects.filter(call_log=log).order_by("seq")
    return [(row.kind, row.text, row.status_name) for row in rows]


@pytest.fixture
def admin(people: dict[str, Membership]) -> Client:
    return signed_in(people["admin"])


@pytest.mark.parametrize("role", ROLES)
def test_the_page_tells_facts_history_and_memory(
    people: dict[str, Membership], log: CallLog, role: str
) -> None:
    assert log.resident
    make_phone(log.resident, "+12125550143", label="cell")
    make_comment(log, text="Plumber rung", visibility=Visibility.SHAREABLE)
    other = make_call_log(log.organization, property=log.property, unit=log.unit)
    text = page(signed_in(people[role]), log).text
    for words in ("Active leak or burst", "12B", "Maple Court", "Ana de la Cruz", "(212) 555-0143"):
        assert words in text
    for words in ("Plumber rung", "Shareable", "Ring 7 for the key", "Dog, Biscuit", "Emergency"):
        assert words in text
    assert f"#{other.pk} " in text


def test_b07_a_call_that_one_may_not_see_is_a_call_that_is_not_there(
    people: dict[str, Membership], organization: Organization
) -> None:
    hidden = make_call_log(organization, property=make_property(organization))
    foreign = make_call_log(make_organization())
    member = signed_in(people["member"])
    absent = page(member, CallLog(pk=10**15))
    for log in (hidden, foreign):
        assert page(member, log).status_code == absent.status_code == 404
        for verb in ("comment", "status", "notes", "correct", "withdraw"):
            assert post(member, f"calls:{verb}", log.pk, text="x").status_code in (404, 422)
        assert history(log) == []


def test_inv2_the_history_stands_oldest_first_with_the_status_of_the_moment(
    admin: Client, log: CallLog
) -> None:
    make_comment(log, text="First words")
    moved = status_named(log.organization, "In progress")
    make_comment(log, text="Second words", status=moved, status_name="In progress")
    text = page(admin, log).text
    assert text.index("First words") < text.index("Second words")
    entry = text[text.index("entry-2") :]
    assert "In progress" in entry[: entry.index("</li>")]


def test_withdrawn_words_are_struck_through_for_managers_and_hidden_from_members(
    people: dict[str, Membership], log: CallLog
) -> None:
    comment = make_comment(log, text="Meant for 11B")
    actor = principal_again(people["admin"])
    withdraw_comment(comment_id=comment.pk, reason="wrong unit", actor=actor)
    for role in ("owner", "admin"):
        text = page(signed_in(people[role]), log).text
        assert 'class="event withdrawn"' in text
        assert "Withdrawn by Kim Osei: wrong unit" in text
    member = page(signed_in(people["member"]), log).text
    assert "Meant for 11B" not in member
    assert "wrong unit" not in member


def test_erased_words_say_that_something_was_said(admin: Client, log: CallLog) -> None:
    comment = make_comment(log, text="Secret words")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT calls_erase_comments(%s, ARRAY[%s]::bigint[])",
            [log.organization_id, comment.pk],
        )
    text = page(admin, log).text
    assert "The words were erased" in text
    assert "Secret words" not in text


@pytest.mark.parametrize("role", ROLES)
def test_the_page_costs_eight_statements_with_2_or_500_comments(
    people: dict[str, Membership], log: CallLog, role: str
) -> None:
    client = signed_in(people[role])
    counts = []
    for many in (2, 498):
        for n in range(many):
            make_comment(log, text=f"Words {n}")
        with CaptureQueriesContext(connection) as queries:
            assert page(client, log).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_htmx", [True, False])
def test_a_comment_is_appended_with_the_status_of_the_moment(
    people: dict[str, Membership], log: CallLog, role: str, *, is_htmx: bool
) -> None:
    client = signed_in(people[role], htmx=is_htmx)
    answer = post(client, "calls:comment", log.pk, text="Rang\r\nback", visibility="shareable")
    if is_htmx:
        assert answer.status_code == 200
        assert answer.text.lstrip().startswith('<section class="zone centre" id="log"')
        assert "Comment added." in answer.text
    else:
        assert (answer.status_code, answer["Location"]) == (302, f"/calls/{log.pk}/")
    row = Comment.objects.get(call_log=log)
    assert (row.text, row.visibility, row.status_name) == ("Rang\nback", "shareable", "New")
    assert row.author_name == people[role].user.name


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_htmx", [True, False])
def test_an_empty_comment_is_refused_with_words(
    people: dict[str, Membership], log: CallLog, role: str, *, is_htmx: bool
) -> None:
    answer = post(signed_in(people[role], htmx=is_htmx), "calls:comment", log.pk, text="  ")
    assert answer.status_code == 422
    assert ("<!doctype html>" in answer.text) is not is_htmx
    assert re.search(r'role="alert">.*a comment cannot be empty', answer.text, re.DOTALL)
    assert history(log) == []


def test_what_was_typed_comes_back_with_the_refusal(admin: Client, log: CallLog) -> None:
    answer = post(admin, "calls:comment", log.pk, text="x" * 50_001, visibility="shareable")
    assert answer.status_code == 422
    assert "x" * 50_001 in answer.text
    assert 'value="shareable" checked' in answer.text


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_htmx", [True, False])
def test_the_status_moves_on_and_the_page_says_so(
    people: dict[str, Membership], log: CallLog, role: str, *, is_htmx: bool
) -> None:
    to = status_named(log.organization, "Resolved")
    client = signed_in(people[role], htmx=is_htmx)
    answer = post(client, "calls:status", log.pk, status=to.pk, seen_version=1, comment="Fixed")
    assert answer.status_code == (200 if is_htmx else 302)
    if is_htmx:
        assert "Status changed." in answer.text
    log.refresh_from_db()
    assert (log.status, log.version) == (to, 2)
    assert history(log) == [("status", "Fixed", "Resolved")]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_htmx", [True, False])
def test_b45_a_stale_status_is_refused_with_409_and_the_words_are_kept(
    people: dict[str, Membership], log: CallLog, role: str, *, is_htmx: bool
) -> None:
    to = status_named(log.organization, "Resolved")
    CallLog.objects.filter(pk=log.pk).update(version=4)
    client = signed_in(people[role], htmx=is_htmx)
    fields = {"status": to.pk, "seen_version": 1, "comment": "My long words"}
    answer = post(client, "calls:status", log.pk, **fields)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "My long words</textarea>" in answer.text
    assert ("<!doctype html>" in answer.text) is not is_htmx
    assert history(log) == []
    assert post(client, "calls:status", log.pk, **fields | {"seen_version": 4}).status_code < 400


def test_only_what_the_workflow_allows_is_offered(admin: Client, log: CallLog) -> None:
    text = page(admin, log).text
    offered = re.findall(r'name="status" value="(\d+)"', text)
    names = ("In progress", "Escalated", "Resolved", "Cancelled")
    assert offered == [str(status_named(log.organization, name).pk) for name in names]


def test_opening_a_closed_call_again_needs_a_comment(
    admin: Client, organization: Organization
) -> None:
    log = make_call_log(organization, status=status_named(organization, "Closed"))
    to = status_named(organization, "In progress").pk
    answer = post(admin, "calls:status", log.pk, status=to, seen_version=1)
    assert answer.status_code == 422
    assert re.search(r'id="status-comment"[^>]*aria-invalid="true"', answer.text)
    again = post(admin, "calls:status", log.pk, status=to, seen_version=1, comment="Leaks again")
    assert again.status_code == 302


@pytest.mark.parametrize("status", ["", "x", "0", "99999999999999999999"])
def test_b20_a_status_that_is_none_is_refused(admin: Client, log: CallLog, status: str) -> None:
    answer = post(admin, "calls:status", log.pk, status=status, seen_version=1)
    assert answer.status_code == 422
    assert history(log) == []


@pytest.mark.parametrize("is_htmx", [True, False])
def test_b45_the_loser_of_two_editors_sees_both_texts_and_saves_in_the_end(
    people: dict[str, Membership], log: CallLog, *, is_htmx: bool
) -> None:
    mine = signed_in(people["admin"], htmx=is_htmx)
    theirs = signed_in(people["member"])
    sent = {"seen_version": 1, "seen_digest": digest_on(page(theirs, log))}
    assert post(theirs, "calls:notes", log.pk, notes="Hers", **sent).status_code == 302
    answer = post(mine, "calls:notes", log.pk, notes="Mine", **sent)
    assert answer.status_code == 409
    assert re.search(r"Saved now.*Hers.*Yours.*Mine", answer.text, re.DOTALL)
    assert "Mine</textarea>" in answer.text
    sent = {"seen_version": version_on(answer), "seen_digest": digest_on(answer)}
    assert post(mine, "calls:notes", log.pk, notes="Hers\nMine", **sent).status_code < 400
    log.refresh_from_db()
    assert (log.notes, log.version) == ("Hers\nMine", 3)


def test_b45_a_comment_in_between_is_no_conflict_of_notes(admin: Client, log: CallLog) -> None:
    sent = {"seen_version": 1, "seen_digest": digest_on(page(admin, log))}
    post(admin, "calls:comment", log.pk, text="In between")
    assert post(admin, "calls:notes", log.pk, notes="Mine", **sent).status_code == 302
    log.refresh_from_db()
    assert (log.notes, log.version) == ("Mine", 3)


def test_b45_notes_without_a_remembered_text_go_by_the_version(admin: Client, log: CallLog) -> None:
    post(admin, "calls:comment", log.pk, text="In between")
    assert post(admin, "calls:notes", log.pk, notes="Mine", seen_version=1).status_code == 409


def digest_on(response: Any) -> str:
    found = re.search(r'name="seen_digest" value="(\w+)"', response.text)
    assert found
    return found[1]


def version_on(response: Any) -> str:
    found = re.search(r'name="seen_version" value="(\d+)"', response.text)
    assert found
    return found[1]


def test_b46_the_same_form_twice_has_one_effect_and_one_answer(admin: Client, log: CallLog) -> None:
    key, to = str(uuid.uuid4()), status_named(log.organization, "Resolved")
    for _ in range(3):
        assert post(admin, "calls:comment", log.pk, text="Once", key=key).status_code == 302
    for _ in range(3):
        fields = {"status": to.pk, "seen_version": 2, "key": key}
        assert post(admin, "calls:status", log.pk, **fields).status_code == 302
    assert [kind for kind, *_ in history(log)] == ["comment", "status"]
    log.refresh_from_db()
    assert log.version == 3


def test_b46_a_used_key_with_other_words_is_refused_and_the_words_are_kept(
    admin: Client, log: CallLog
) -> None:
    key = str(uuid.uuid4())
    post(admin, "calls:comment", log.pk, text="Once", key=key)
    answer = post(admin, "calls:comment", log.pk, text="Other words", key=key)
    assert answer.status_code == 409
    assert "Other words</textarea>" in answer.text
    assert len(history(log)) == 1


@pytest.mark.parametrize("key", ["", "é", "x" * 256])
def test_a_form_without_a_good_key_is_refused(admin: Client, log: CallLog, key: str) -> None:
    assert post(admin, "calls:comment", log.pk, text="Words", key=key).status_code == 422
    assert history(log) == []


@pytest.mark.parametrize("verb", ["comment", "status", "notes"])
def test_b25_no_act_by_get_and_none_without_a_token(
    people: dict[str, Membership], log: CallLog, verb: str
) -> None:
    address = reverse(f"calls:{verb}", args=[log.pk])
    assert signed_in(people["admin"]).get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["admin"].user, backend="callcenter.properties.backends.DeskBackend")
    assert strict.post(address, {"text": "x", "key": "k"}).status_code == 403


def test_b44_what_one_wrote_is_signed_by_the_session_alone(
    people: dict[str, Membership], log: CallLog
) -> None:
    admin = signed_in(people["admin"])
    post(admin, "calls:comment", log.pk, text="Mine", author="1", author_name="X", status="1")
    row = Comment.objects.get(call_log=log)
    assert (row.author_id, row.author_name) == (people["admin"].user_id, "Kim Osei")
    assert (row.kind, row.status_name) == (CommentKind.COMMENT, "New")
