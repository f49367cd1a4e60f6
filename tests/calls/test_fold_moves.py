"""A folded call that is moved on: with its head while closed, out of it when opened."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.actions import change_status, withdraw_call_log
from callcenter.calls.callbacks import end_callback, promise_callback
from callcenter.calls.due_words import read_due
from callcenter.calls.folding import fold_call, unfold_call
from callcenter.calls.models import CallbackState, CallLog, Comment
from callcenter.calls.values import Promise
from callcenter.core.errors import RuleError
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.calls.conftest import post, signed_in
from tests.calls.test_undo import token_in, undo
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_property,
    principal_again,
    status_named,
)


@pytest.fixture
def admin(people: dict[str, Membership]) -> Principal:
    return principal_again(people["admin"])


@pytest.fixture
def head(organization: Organization, maple: Property) -> CallLog:
    return make_call_log(organization, property=maple, call_from="Ana")


def folded(head: CallLog, actor: Principal, **fields: Any) -> CallLog:
    fields = {"property": head.property, "call_from": "Joe"} | fields
    log = make_call_log(head.organization, **fields)
    fold_call(call_log_id=log.pk, head_id=head.pk, actor=actor)
    log.refresh_from_db()
    return log


def said(log: CallLog) -> list[tuple[str, str]]:
    rows = Comment.objects.filter(call_log=log).order_by("seq")
    return [(row.kind, row.text or "") for row in rows]


def standing(log: CallLog) -> tuple[str, int | None]:
    log.refresh_from_db()
    return log.status.name, log.folded_into_id


def to(log: CallLog, name: str) -> int:
    return status_named(log.organization, name).pk


def test_by_the_form_it_leaves_its_head_and_undo_brings_both_back(
    people: dict[str, Membership], admin: Principal, head: CallLog
) -> None:
    log = folded(head, admin)
    client = signed_in(people["admin"], htmx=True)
    assert f"takes it out of #{head.pk}" in client.get(f"/calls/{log.pk}/").text
    move = {"status": to(log, "In progress"), "seen_version": log.version}
    refused = post(client, "calls:status", log.pk, **move)
    assert (refused.status_code, standing(log)) == (422, ("Duplicate", head.pk))
    answer = post(client, "calls:status", log.pk, **move, comment="Another tap.")
    assert standing(log) == ("In progress", None)
    assert said(log)[1:] == [
        ("fold", f"Taken out of #{head.pk}: It goes to In progress."),
        ("status", "Another tap."),
    ]
    assert said(head)[1:] == [("fold", f"#{log.pk} taken out of this call: Another tap.")]
    undo(client, token_in(answer.text))
    assert standing(log) == ("Duplicate", head.pk)
    assert said(log)[-2:] == [("fold", f"Folded into #{head.pk}."), ("status", "Undone.")]
    assert said(head)[-1] == ("fold", f"#{log.pk} of Joe folded into this call.")
    head.refresh_from_db()
    assert head.version == 4


def test_while_it_is_closed_it_stays_with_its_head(admin: Principal, head: CallLog) -> None:
    log = folded(head, admin, status=status_named(head.organization, "Resolved"))
    change_status(call_log_id=log.pk, status_id=to(log, "Closed"), seen_version=None, actor=admin)
    assert standing(log) == ("Closed", head.pk)
    assert len(said(head)) == 1


def test_many_at_once_leave_and_come_back_each_for_itself(
    people: dict[str, Membership], admin: Principal, head: CallLog
) -> None:
    calls = [folded(head, admin) for _ in range(3)]
    form = {
        "act": "status",
        "status": to(head, "In progress"),
        "comment": "Not the same.",
        "call": [f"{log.pk}.{log.version}" for log in calls],
        "key": str(uuid.uuid4()),
    }
    client = signed_in(people["admin"], htmx=True)
    answer = client.post(reverse("calls:bulk"), form)
    assert [standing(log) for log in calls] == [("In progress", None)] * 3
    assert len(said(head)) == 6
    # one becomes a head meanwhile, and so cannot be folded again
    fold_call(call_log_id=make_call_log(head.organization).pk, head_id=calls[0].pk, actor=admin)
    assert "Undone: 2." in undo(client, token_in(answer.text)).text
    assert [standing(log)[1] for log in calls] == [None, head.pk, head.pk]


def test_b02_nobody_writes_into_a_head_out_of_sight(
    people: dict[str, Membership], organization: Organization, admin: Principal, maple: Property
) -> None:
    hidden = make_call_log(organization, property=make_property(organization))
    log = folded(hidden, admin, property=maple)
    move = {"status": to(log, "In progress"), "seen_version": log.version, "comment": "Again."}
    answer = post(signed_in(people["member"], htmx=True), "calls:status", log.pk, **move)
    assert answer.status_code == 422
    assert "a call that you do not see" in answer.text
    assert standing(log) == ("Duplicate", hidden.pk)
    assert len(said(log)) == len(said(hidden)) == 1


def test_it_leaves_a_head_that_was_withdrawn(admin: Principal, head: CallLog) -> None:
    log = folded(head, admin)
    withdraw_call_log(call_log_id=head.pk, reason="Test.", seen_version=None, actor=admin)
    change_status(
        call_log_id=log.pk,
        status_id=to(log, "In progress"),
        seen_version=None,
        comment="It rang.",
        actor=admin,
    )
    assert standing(log) == ("In progress", None)
    assert len(said(head)) == 2


def test_the_end_of_a_promise_takes_it_out_too(admin: Principal, head: CallLog) -> None:
    log = make_call_log(head.organization, property=head.property)
    due = read_due("in 2h", zone=log.contacted_zone, now=log.created_at)
    promise = Promise(at=due.at, text=due.text)
    callback = promise_callback(call_log_id=log.pk, promise=promise, actor=admin)
    fold_call(call_log_id=log.pk, head_id=head.pk, actor=admin)
    end_callback(
        callback_id=callback.pk,
        state=CallbackState.FAILED,
        comment="Another leak.",
        status_id=to(log, "In progress"),
        actor=admin,
    )
    assert standing(log) == ("In progress", None)
    assert said(head)[-1] == ("fold", f"#{log.pk} taken out of this call: Another leak.")


def test_moving_and_taking_out_at_once_do_not_block_each_other(committed_db: str) -> None:
    organization = make_organization()
    admin = principal_again(make_membership(organization, Role.ADMIN))
    head = make_call_log(organization)
    log = make_call_log(organization)
    opened = to(log, "In progress")

    def act(n: int) -> str:
        try:
            if n % 3 == 0:
                fold_call(call_log_id=log.pk, head_id=head.pk, actor=admin)
            elif n % 3 == 1:
                unfold_call(call_log_id=log.pk, comment="Other tap.", actor=admin)
            else:
                change_status(
                    call_log_id=log.pk,
                    status_id=opened,
                    seen_version=None,
                    comment="Again.",
                    actor=admin,
                )
        except RuleError:  # the others were first
            return "refused"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(6) as pool:
        assert "done" in set(pool.map(act, range(60)))
    log.refresh_from_db()
    assert (log.status.name == "Duplicate") == (log.folded_into_id is not None)
    folds = [text for _kind, text in said(head)]
    ins = [text for text in folds if "folded into" in text]
    assert len(ins) - (len(folds) - len(ins)) == (log.folded_into_id is not None)
