"""Promises to ring back: made, taken, handed on, moved and ended, each with its line."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.actions import change_status, log_call, update_call_log
from callcenter.calls.callbacks import (
    assign_callback,
    end_callback,
    move_callback,
    promise_callback,
    take_callback,
)
from callcenter.calls.models import Callback, CallbackState, CallLog, CommentKind
from callcenter.calls.people import person_named
from callcenter.calls.values import NewCall, Promise
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_membership,
    make_property,
    status_named,
)

type People = dict[str, Membership]


def promise(log: CallLog, actor: Principal, **fields: Any) -> Callback:
    """A promise in two hours."""
    at = timezone.now() + timedelta(hours=2)
    said = Promise(at=at, **{"text": "in 2h"} | fields)
    return promise_callback(call_log_id=log.pk, promise=said, actor=actor)


def last_line(log: CallLog) -> Any:
    return log.comments.order_by("-seq").first()


def move_to(log: CallLog, name: str, actor: Principal, comment: str = "") -> None:
    status = status_named(log.organization, name)
    change_status(
        call_log_id=log.pk, status_id=status.pk, seen_version=None, actor=actor, comment=comment
    )
    log.refresh_from_db()


def test_a_promise_leaves_a_line_and_one_version(log: CallLog, member: Principal) -> None:
    callback = promise(log, member, assignee_id=member.user_id)
    line = last_line(log)
    assert line.kind == CommentKind.EDIT
    assert line.text.startswith("Callback promised: ")
    assert "New York, Priya Nair. Typed: “in 2h”." in line.text
    log.refresh_from_db()
    assert (log.version, log.status.name) == (2, "New")
    assert (callback.state, callback.due_text) == ("pending", "in 2h")


def test_a_promise_takes_the_call_to_the_status_of_callbacks_where_it_may_go(
    log: CallLog, member: Principal
) -> None:
    move_to(log, "In progress", member)
    promise(log, member)
    log.refresh_from_db()
    assert log.status.name == "Callback due"
    line = last_line(log)
    assert (line.kind, line.status_name) == (CommentKind.STATUS, "Callback due")
    assert line.text.startswith("Callback promised: ")


def test_the_status_of_callbacks_brings_a_promise_however_it_is_reached(
    organization: Organization, log: CallLog, member: Principal
) -> None:
    move_to(log, "In progress", member)
    status = status_named(organization, "Callback due")
    update_call_log(call_log_id=log.pk, actor=member, status_id=status.pk)
    made = Callback.objects.get(call_log=log)
    assert made.assignee is None
    assert timedelta(hours=1) < made.due_at - timezone.now() <= timedelta(hours=2)
    assert [row.kind for row in log.comments.order_by("seq")][-2:] == ["status", "edit"]
    logged = log_call(call=NewCall(call_from="X", status_id=status.pk), actor=member)
    assert logged.callbacks.pending().count() == 1


def test_going_there_again_makes_no_second_promise(log: CallLog, member: Principal) -> None:
    promise(log, member)
    move_to(log, "In progress", member)
    move_to(log, "Callback due", member)
    assert log.callbacks.count() == 1


def test_a_call_is_logged_with_its_promise_in_one_go(
    organization: Organization, member: Principal
) -> None:
    said = Promise(at=timezone.now() + timedelta(hours=1), text="1h", assignee_id=member.user_id)
    log = log_call(call=NewCall(call_from="Ana", promise=said), actor=member)
    assert (log.status.name, log.version) == ("Callback due", 1)
    assert log.callbacks.get().assignee_id == member.user_id
    escalated = status_named(organization, "Escalated").pk
    chosen = NewCall(call_from="Ana", promise=said, status_id=escalated)
    assert log_call(call=chosen, actor=member).status.name == "Escalated"


def test_a_refused_promise_logs_nothing(
    organization: Organization, maple: Property, admin: Principal
) -> None:
    outsider = make_membership(organization, Role.MEMBER)
    said = Promise(at=timezone.now() + timedelta(hours=1), assignee_id=outsider.user_id)
    with pytest.raises(RuleError, match="does not see"):
        log_call(call=NewCall(property_id=maple.pk, call_from="A", promise=said), actor=admin)
    assert not CallLog.objects.exists()


def test_the_second_taker_is_told_who_was_first(
    log: CallLog, admin: Principal, member: Principal
) -> None:
    callback = promise(log, admin)
    assert take_callback(callback_id=callback.pk, actor=member)
    assert not take_callback(callback_id=callback.pk, actor=member)
    with pytest.raises(StaleError, match="Priya Nair took this callback first"):
        take_callback(callback_id=callback.pk, actor=admin)
    callback.refresh_from_db()
    assert callback.assignee_id == member.user_id
    assert last_line(log).text.endswith("taken.")


def test_a_promise_goes_only_to_somebody_who_sees_the_call(
    organization: Organization, log: CallLog, admin: Principal, people: People
) -> None:
    callback = promise(log, admin)
    outsider = make_membership(organization, Role.MEMBER, name="Out Sider")
    with pytest.raises(RuleError, match="does not see"):
        assign_callback(callback_id=callback.pk, assignee_id=outsider.user_id, actor=admin)
    member = people["member"].user_id
    assert assign_callback(callback_id=callback.pk, assignee_id=member, actor=admin)
    assert not assign_callback(callback_id=callback.pk, assignee_id=member, actor=admin)
    assert last_line(log).text.endswith(": now Priya Nair, before anyone.")
    with pytest.raises(RuleError, match="Nobody of that name"):
        person_named(log, "Out Sider")
    assert person_named(log, "priya").user_id == member
    make_membership(organization, Role.ADMIN, name="Priya Nair")
    with pytest.raises(RuleError, match="More than one"):
        person_named(log, "Priya Nair")


def test_moving_the_time_is_told_with_both_times(log: CallLog, member: Principal) -> None:
    callback = promise(log, member)
    later = callback.due_at + timedelta(days=1)
    assert move_callback(callback_id=callback.pk, due_at=later, text="tomorrow", actor=member)
    assert not move_callback(callback_id=callback.pk, due_at=later, text="", actor=member)
    assert last_line(log).text.startswith("Callback moved from ")
    callback.refresh_from_db()
    assert (callback.due_at, callback.due_text) == (later, "tomorrow")


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_it_ends_with_a_comment_and_the_matter_goes_on(
    log: CallLog, member: Principal, state: str
) -> None:
    move_to(log, "In progress", member)
    callback = promise(log, member)
    end_callback(
        callback_id=callback.pk, state=CallbackState(state), comment="Told her", actor=member
    )
    callback.refresh_from_db()
    log.refresh_from_db()
    assert callback.state == state
    assert callback.outcome is not None
    assert callback.outcome.text == f"Callback {state}: Told her"
    assert callback.outcome.status_name == log.status.name == "In progress"


def test_an_end_may_say_where_the_matter_goes(
    organization: Organization, log: CallLog, member: Principal
) -> None:
    move_to(log, "In progress", member)
    callback = promise(log, member)
    end_callback(
        callback_id=callback.pk,
        state=CallbackState.DONE,
        comment="All is well",
        status_id=status_named(organization, "Resolved").pk,
        actor=member,
    )
    log.refresh_from_db()
    assert log.closed_at is not None


def test_the_status_stays_while_another_promise_waits(log: CallLog, member: Principal) -> None:
    move_to(log, "In progress", member)
    first, second = promise(log, member), promise(log, member)
    for callback, status in ((first, "Callback due"), (second, "In progress")):
        end_callback(
            callback_id=callback.pk, state=CallbackState.FAILED, comment="No answer", actor=member
        )
        log.refresh_from_db()
        assert log.status.name == status


def test_a_promise_outlives_the_closing_of_its_call(log: CallLog, member: Principal) -> None:
    callback = promise(log, member)
    move_to(log, "Resolved", member)
    assert Callback.objects.visible_to(member).pending().get() == callback
    end_callback(
        callback_id=callback.pk, state=CallbackState.DONE, comment="Thanked us", actor=member
    )
    log.refresh_from_db()
    assert log.status.name == "Resolved"


def test_without_a_comment_nothing_ends(log: CallLog, member: Principal) -> None:
    callback = promise(log, member)
    for state, comment, field in (("done", " \n", "comment"), ("pending", "x", "state")):
        with pytest.raises(RuleError) as refused:
            end_callback(
                callback_id=callback.pk, state=CallbackState(state), comment=comment, actor=member
            )
        assert refused.value.field == field
    callback.refresh_from_db()
    assert callback.state == "pending"


def test_what_has_ended_stays_as_it_is(log: CallLog, admin: Principal, member: Principal) -> None:
    callback = promise(log, admin)
    end_callback(callback_id=callback.pk, state=CallbackState.DONE, comment="Rung", actor=admin)
    with pytest.raises(StaleError, match="has ended: Done, by Kim Osei"):
        take_callback(callback_id=callback.pk, actor=member)
    with pytest.raises(StaleError):
        end_callback(callback_id=callback.pk, state=CallbackState.DONE, comment="x", actor=member)


def test_a_promise_of_a_call_that_is_not_linked_is_not_there(
    organization: Organization, admin: Principal, member: Principal
) -> None:
    elsewhere = make_call_log(organization, property=make_property(organization))
    callback = promise(elsewhere, admin)
    with pytest.raises(NotFoundError):
        take_callback(callback_id=callback.pk, actor=member)
    with pytest.raises(NotFoundError):
        promise(elsewhere, member)
