"""Folding calls about one matter: reversible, nothing moved, nothing lost (users.md ask 8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from callcenter.accounts.models import Organization, Role
from callcenter.calls.actions import append_comment, withdraw_call_log
from callcenter.calls.folding import fold_call, same_matter, undo_fold, unfold_call
from callcenter.calls.models import CallLog, CallLogReason, Comment, CommentKind
from callcenter.calls.timeline import timeline
from callcenter.calls.views.log import visible_call
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.properties.models import Unit
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_principal,
    make_property,
    make_unit,
    principal_again,
    reason_named,
    status_named,
)


@pytest.fixture
def unit(organization: Organization) -> Unit:
    return make_unit(make_property(organization))


def call(unit: Unit, mnemonic: str = "", *, minutes: int = 0, **fields: Any) -> CallLog:
    at = timezone.now() - timedelta(minutes=minutes)
    log = make_call_log(
        unit.organization, property=unit.property, unit=unit, contacted_at=at, **fields
    )
    if mnemonic:
        CallLogReason.objects.create(
            organization=unit.organization,
            call_log=log,
            reason=reason_named(unit.organization, mnemonic),
            position=0,
        )
    return log


def said(log: CallLog) -> list[tuple[str, str]]:
    rows = Comment.objects.filter(call_log=log).in_order()
    return [(row.kind, row.text or "") for row in rows]


def test_ask8_a_fold_points_to_the_head_and_stands_in_both_histories(
    unit: Unit, agent: Principal
) -> None:
    head, log = call(unit, call_from="Ana"), call(unit, call_from="Joe")
    fold_call(call_log_id=log.pk, head_id=head.pk, actor=agent)
    log.refresh_from_db()
    head.refresh_from_db()
    assert log.folded_into_id == head.pk
    assert (log.status.name, log.version, head.version) == ("Duplicate", 2, 2)
    assert log.closed_at is not None
    assert said(log) == [(CommentKind.FOLD, f"Folded into #{head.pk}.")]
    assert said(head) == [(CommentKind.FOLD, f"#{log.pk} of Joe folded into this call.")]


def test_folding_into_a_folded_call_goes_to_its_head(unit: Unit, agent: Principal) -> None:
    head, second, third = call(unit), call(unit), call(unit)
    fold_call(call_log_id=second.pk, head_id=head.pk, actor=agent)
    fold_call(call_log_id=third.pk, head_id=second.pk, actor=agent)
    third.refresh_from_db()
    assert third.folded_into_id == head.pk


def test_a_closed_call_keeps_its_status(
    organization: Organization, unit: Unit, agent: Principal
) -> None:
    head, log = call(unit), call(unit, status=status_named(organization, "Resolved"))
    fold_call(call_log_id=log.pk, head_id=head.pk, actor=agent)
    log.refresh_from_db()
    assert log.status.name == "Resolved"


def test_what_cannot_be_folded_is_refused_and_stays(
    organization: Organization, unit: Unit, agent: Principal
) -> None:
    head, log, other = call(unit), call(unit), call(unit)
    waiting = call(unit, status=status_named(organization, "Waiting for resident"))
    fold_call(call_log_id=log.pk, head_id=head.pk, actor=agent)
    gone = call(unit)
    withdraw_call_log(call_log_id=gone.pk, reason="Test.", seen_version=None, actor=agent)
    refusals = {
        (other.pk, other.pk): "itself",
        (log.pk, other.pk): "already",
        (head.pk, other.pk): "Other calls are folded",
        (waiting.pk, head.pk): "cannot go from",
        (other.pk, gone.pk): "no such call",
        (other.pk, 10**15): "no such call",
    }
    before = Comment.objects.count()
    for (call_log_id, head_id), words in refusals.items():
        with pytest.raises(RuleError, match=words) as refusal:
            fold_call(call_log_id=call_log_id, head_id=head_id, actor=agent)
        assert refusal.value.field == "head"
    with pytest.raises(StaleError):
        fold_call(call_log_id=other.pk, head_id=head.pk, seen_version=9, actor=agent)
    assert Comment.objects.count() == before


def test_b07_calls_of_others_are_not_there(unit: Unit, agent: Principal) -> None:
    head, log = call(unit), call(unit)
    elsewhere = make_call_log(make_organization())
    outsider = make_principal(unit.organization, Role.MEMBER)
    with pytest.raises(NotFoundError):
        fold_call(call_log_id=log.pk, head_id=head.pk, actor=outsider)
    with pytest.raises(NotFoundError):
        fold_call(call_log_id=elsewhere.pk, head_id=head.pk, actor=agent)
    with pytest.raises(RuleError, match="no such call"):
        fold_call(call_log_id=log.pk, head_id=elsewhere.pk, actor=agent)


def test_taken_out_again_it_is_open_and_both_histories_say_why(
    unit: Unit, agent: Principal
) -> None:
    head, log = call(unit), call(unit)
    fold_call(call_log_id=log.pk, head_id=head.pk, actor=agent)
    with pytest.raises(RuleError) as refusal:
        unfold_call(call_log_id=log.pk, comment=" ", actor=agent)
    assert refusal.value.field == "comment"
    unfold_call(call_log_id=log.pk, comment="Another tap.", actor=agent)
    log.refresh_from_db()
    assert (log.folded_into_id, log.status.name, log.closed_at) == (None, "In progress", None)
    assert said(log)[-1] == (CommentKind.FOLD, f"Taken out of #{head.pk}: Another tap.")
    assert said(head)[-1] == (CommentKind.FOLD, f"#{log.pk} taken out of this call: Another tap.")
    with pytest.raises(RuleError, match="not folded"):
        unfold_call(call_log_id=log.pk, comment="Again.", actor=agent)


def test_undo_puts_it_back_to_where_it_stood_unless_it_changed(
    unit: Unit, agent: Principal
) -> None:
    head, log = call(unit), call(unit)
    row = fold_call(call_log_id=log.pk, head_id=head.pk, actor=agent).as_row()
    undo_fold(row, agent)
    log.refresh_from_db()
    assert (log.folded_into_id, log.status.name) == (None, "New")
    row = fold_call(call_log_id=log.pk, head_id=head.pk, actor=agent).as_row()
    append_comment(call_log_id=log.pk, text="Wait.", actor=agent)
    with pytest.raises(StaleError):
        undo_fold(row, agent)


def test_the_head_shows_what_was_said_in_both_by_time_with_its_origin(
    unit: Unit, agent: Principal
) -> None:
    head, log = call(unit), call(unit)
    for target, text in ((head, "one"), (log, "two"), (head, "three"), (log, "four")):
        append_comment(call_log_id=target.pk, text=text, actor=agent)
    # within one transaction all times are one: give the rows those of four minutes
    fold_call(call_log_id=log.pk, head_id=head.pk, actor=agent)
    rows, folded = timeline(visible_call(agent, head.pk), agent)
    assert [call.pk for call in folded] == [log.pk]
    told = [(row["text"], row["origin"] and row["origin"].pk) for row in rows]
    assert [text for text, origin in told if origin is None][:2] == ["one", "three"]
    assert [text for text, origin in told if origin == log.pk] == ["two", "four"]
    own, none = timeline(visible_call(agent, log.pk), agent)
    assert [row["text"] for row in own][:2] == ["two", "four"]
    assert none == []


def test_what_may_be_the_same_matter_is_offered_likeliest_first(
    unit: Unit, agent: Principal
) -> None:
    neighbour = make_unit(unit.property)
    same = call(unit, "el", minutes=90)
    other_reason = call(unit, "pb", minutes=10)
    closed = call(unit, "el", minutes=30, status=status_named(unit.organization, "Resolved"))
    near = call(neighbour, "es", minutes=20)
    call(neighbour, "pb", minutes=5)
    call(unit, "el", minutes=60 * 24 * 40)
    call(make_unit(make_property(unit.organization)), "el")
    log = call(unit, "el")
    found = same_matter(
        agent,
        unit_id=unit.pk,
        property_id=unit.property_id,
        families={"Emergency"},
        without=log.pk,
    )
    assert [one.pk for one in found] == [same.pk, closed.pk, other_reason.pk, near.pk]


def test_the_page_folds_with_two_keys_and_offers_undo(unit: Unit) -> None:
    membership = make_membership(unit.organization, Role.ADMIN)
    client = Client(headers={"HX-Request": "true"})
    client.force_login(membership.user)
    head, log = call(unit, "el", minutes=5, call_from="<b>Ana</b>"), call(unit, "el")
    panel = client.get(f"/calls/{log.pk}/fold/").text
    assert f'name="head" value="{head.pk}" data-key="1"' in panel
    assert "&lt;b&gt;Ana" in panel
    sent = {"key": "k1", "head": str(head.pk), "seen_version": "1"}
    answer = client.post(f"/calls/{log.pk}/fold/", sent)
    assert answer.status_code == 200
    assert f'Folded into <a href="/calls/{head.pk}/">' in answer.text
    assert 'data-key="z"' in answer.text
    twin = client.post(f"/calls/{log.pk}/fold/", sent)
    assert twin.status_code == 200
    assert Comment.objects.filter(call_log=log).count() == 1
    assert f"/calls/{log.pk}/" in client.get(f"/calls/{head.pk}/").text
    refused = client.post(f"/calls/{head.pk}/fold/", sent | {"key": "k2", "head": "#x"})
    assert refused.status_code == 422
    answer = client.post(f"/calls/{log.pk}/unfold/", {"key": "k3", "comment": "Other tap."})
    assert answer.status_code == 200
    log.refresh_from_db()
    assert log.folded_into_id is None


def test_opposite_folds_at_once_end_with_one_head(committed_db: str) -> None:
    organization = make_organization()
    membership = make_membership(organization, Role.ADMIN)
    agent = principal_again(membership)
    unit = make_unit(make_property(organization))
    calls = [call(unit) for _ in range(4)]

    def fold(pair: tuple[int, int]) -> str:
        try:
            fold_call(call_log_id=pair[0], head_id=pair[1], actor=agent)
        except RuleError:
            return "refused"
        finally:
            connections.close_all()
        return "done"

    pairs = [(a.pk, b.pk) for a in calls for b in calls if a != b]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(fold, pairs))
    folded = CallLog.objects.exclude(folded_into=None)
    assert folded.exists()
    assert not folded.exclude(folded_into__folded_into=None).exists()
