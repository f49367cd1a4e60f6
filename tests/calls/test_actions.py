"""The actions on a call: refusal, then success, then the row and its history."""

from datetime import UTC, datetime

import pytest

from callcenter.accounts.models import Organization, Role
from callcenter.calls.actions import (
    append_comment,
    change_status,
    correct_call_log,
    edit_notes,
    log_call,
    withdraw_call_log,
    withdraw_comment,
)
from callcenter.calls.history import reasons_of
from callcenter.calls.models import CallLog, Comment, Direction
from callcenter.calls.values import ContactTime, Correction, NewCall
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_organization,
    make_principal,
    make_property,
    make_resident,
    make_unit,
    reason_named,
    status_named,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def admin(organization: Organization) -> Principal:
    return make_principal(organization, Role.ADMIN, name="Kim Osei")


@pytest.fixture
def call_log(organization: Organization) -> CallLog:
    return make_call_log(organization)


def history(log: CallLog) -> list[tuple[str, str | None, str]]:
    rows = Comment.objects.filter(call_log=log).order_by("seq")
    return [(row.kind, row.text, row.status_name) for row in rows]


def snapshot(log: CallLog) -> dict[str, object]:
    return dict(CallLog.objects.filter(pk=log.pk).values().get()) | {"history": history(log)}


def test_a_call_is_written_down_with_its_place_caller_and_reasons(
    organization: Organization, admin: Principal
) -> None:
    unit = make_unit(make_property(organization, time_zone="America/Denver"))
    resident = make_resident(unit, first_name="Ana", last_name="de la Cruz")
    leak, status = reason_named(organization, "el"), reason_named(organization, "ms")
    call = NewCall(
        resident_id=resident.pk,
        call_from="ignored",
        phone="(212) 555-0143",
        reason_ids=[leak.pk, status.pk, leak.pk],
        notes="Water through the ceiling",
    )
    log = log_call(call=call, actor=admin)
    log.refresh_from_db()
    assert (log.property_id, log.unit_id) == (unit.property_id, unit.pk)
    assert (log.call_from, log.taken_by_name) == ("Ana de la Cruz", "Kim Osei")
    assert (log.phone_e164, log.phone_digits_reversed) == ("+12125550143", "3410555212")
    assert (log.contacted_zone, log.version, log.status.name) == ("America/Denver", 1, "New")
    assert reasons_of(log) == [leak, status]


def test_a_call_without_place_or_caller_is_refused(admin: Principal) -> None:
    with pytest.raises(RuleError, match="Say who called"):
        log_call(call=NewCall(call_from="  "), actor=admin)
    assert not CallLog.objects.exists()


def test_b03_a_foreign_place_reason_or_status_looks_like_an_absent_one(admin: Principal) -> None:
    other = make_organization()
    unit = make_unit(make_property(other))
    foreign = [
        NewCall(unit_id=unit.pk, call_from="x"),
        NewCall(property_id=unit.property_id, call_from="x"),
        NewCall(resident_id=make_resident(unit).pk),
        NewCall(reason_ids=[reason_named(other, "el").pk], call_from="x"),
        NewCall(status_id=status_named(other).pk, call_from="x"),
    ]
    absent = [
        NewCall(unit_id=10**9, call_from="x"),
        NewCall(property_id=10**9, call_from="x"),
        NewCall(resident_id=10**9),
        NewCall(reason_ids=[10**9], call_from="x"),
        NewCall(status_id=10**9, call_from="x"),
    ]
    for theirs, nobodys in zip(foreign, absent, strict=True):
        with pytest.raises(RuleError) as said:
            log_call(call=theirs, actor=admin)
        with pytest.raises(RuleError) as expected:
            log_call(call=nobodys, actor=admin)
        assert (str(said.value), said.value.field) == (str(expected.value), expected.value.field)


def test_a_unit_and_a_resident_of_two_properties_are_refused(
    organization: Organization, admin: Principal
) -> None:
    unit = make_unit(make_property(organization))
    resident = make_resident(make_property(organization))
    with pytest.raises(RuleError, match="another property"):
        log_call(call=NewCall(unit_id=unit.pk, resident_id=resident.pk), actor=admin)


def test_c01_a_member_logs_no_call_at_a_property_that_is_not_linked(
    organization: Organization,
) -> None:
    linked, other = make_property(organization), make_property(organization)
    member = make_principal(organization, Role.MEMBER, links=[linked])
    with pytest.raises(RuleError, match="no such property"):
        log_call(call=NewCall(property_id=other.pk, call_from="x"), actor=member)
    log = log_call(call=NewCall(property_id=linked.pk, call_from="x"), actor=member)
    assert log.pk


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "x" * 50_001])
def test_b18_text_that_no_database_keeps_is_refused(
    admin: Principal, call_log: CallLog, text: str
) -> None:
    before = snapshot(call_log)
    with pytest.raises(RuleError):
        append_comment(call_log_id=call_log.pk, text=text, actor=admin)
    assert snapshot(call_log) == before


def test_a_comment_is_appended_with_the_status_of_that_moment(
    admin: Principal, call_log: CallLog
) -> None:
    comment = append_comment(call_log_id=call_log.pk, text="Plumber rung", actor=admin)
    assert history(call_log) == [("comment", "Plumber rung", "New")]
    assert (comment.author_id, comment.author_name) == (admin.user_id, "Kim Osei")
    call_log.refresh_from_db()
    assert call_log.version == 2


def test_an_empty_comment_is_refused_and_changes_nothing(
    admin: Principal, call_log: CallLog
) -> None:
    before = snapshot(call_log)
    with pytest.raises(RuleError, match="cannot be empty"):
        append_comment(call_log_id=call_log.pk, text=" \n ", actor=admin)
    assert snapshot(call_log) == before


def test_closing_sets_the_time_and_leaves_one_row(
    organization: Organization, admin: Principal, call_log: CallLog
) -> None:
    resolved = status_named(organization, "Resolved")
    change_status(
        call_log_id=call_log.pk,
        status_id=resolved.pk,
        seen_version=1,
        actor=admin,
        comment="Leak fixed",
    )
    call_log.refresh_from_db()
    assert (call_log.status, call_log.version) == (resolved, 2)
    assert call_log.closed_at is not None
    assert history(call_log) == [("status", "Leak fixed", "Resolved")]


def test_from_closed_to_closed_keeps_the_time_of_closing(
    organization: Organization, admin: Principal
) -> None:
    log = make_call_log(organization, status=status_named(organization, "Resolved"))
    closed = status_named(organization, "Closed")
    change_status(call_log_id=log.pk, status_id=closed.pk, seen_version=1, actor=admin)
    assert CallLog.objects.get(pk=log.pk).closed_at == log.closed_at


def test_inv4_a_move_that_the_workflow_forbids_changes_nothing(
    organization: Organization, admin: Principal, call_log: CallLog
) -> None:
    before = snapshot(call_log)
    for name in ("Closed", "Duplicate"):
        status = status_named(organization, name)
        with pytest.raises(RuleError):
            change_status(call_log_id=call_log.pk, status_id=status.pk, seen_version=1, actor=admin)
    assert snapshot(call_log) == before


def test_opening_again_needs_a_comment(organization: Organization, admin: Principal) -> None:
    log = make_call_log(organization, status=status_named(organization, "Closed"))
    again = status_named(organization, "In progress")
    with pytest.raises(RuleError, match="why the call is opened again"):
        change_status(call_log_id=log.pk, status_id=again.pk, seen_version=1, actor=admin)
    change_status(
        call_log_id=log.pk, status_id=again.pk, seen_version=1, actor=admin, comment="Leaks again"
    )
    log.refresh_from_db()
    assert (log.closed_at, log.status) == (None, again)


def test_the_same_status_again_changes_nothing(admin: Principal, call_log: CallLog) -> None:
    before = snapshot(call_log)
    same = call_log.status_id
    row = change_status(call_log_id=call_log.pk, status_id=same, seen_version=1, actor=admin)
    assert row is None
    assert snapshot(call_log) == before


def test_b45_the_second_of_two_writers_is_told_and_changes_nothing(
    organization: Organization, admin: Principal, call_log: CallLog
) -> None:
    edit_notes(call_log_id=call_log.pk, notes="mine", seen_version=1, actor=admin)
    before = snapshot(call_log)
    status = status_named(organization, "Resolved")
    with pytest.raises(StaleError):
        edit_notes(call_log_id=call_log.pk, notes="theirs", seen_version=1, actor=admin)
    with pytest.raises(StaleError):
        change_status(call_log_id=call_log.pk, status_id=status.pk, seen_version=1, actor=admin)
    assert snapshot(call_log) == before


def test_notes_leave_a_row_that_says_in_words_what_changed(
    admin: Principal, call_log: CallLog
) -> None:
    edit_notes(call_log_id=call_log.pk, notes="Valve closed", seen_version=1, actor=admin)
    assert history(call_log) == [("edit", "Notes: nothing → “Valve closed”", "New")]


def test_the_same_notes_change_nothing(admin: Principal, call_log: CallLog) -> None:
    assert not edit_notes(call_log_id=call_log.pk, notes="", seen_version=99, actor=admin)
    assert history(call_log) == []


def correction_of(log: CallLog, **changes: object) -> Correction:
    same: dict[str, object] = {
        "property_id": log.property_id,
        "unit_id": log.unit_id,
        "resident_id": log.resident_id,
        "call_from": log.call_from,
        "reason_ids": [reason.pk for reason in reasons_of(log)],
        "subject": log.subject,
        "direction": Direction(log.direction),
        "contacted": ContactTime(at=log.contacted_at, zone=log.contacted_zone),
    }
    return Correction(**(same | changes))  # type: ignore[arg-type]


def test_a_correction_is_one_edit_row_with_before_and_after(
    organization: Organization, admin: Principal, call_log: CallLog
) -> None:
    unit = make_unit(make_property(organization, name="Maple Court"), number="12B")
    wanted = correction_of(
        call_log,
        unit_id=unit.pk,
        subject="Leak",
        reason_ids=[reason_named(organization, "el").pk],
        contacted=ContactTime(at=datetime(2026, 11, 20, 15, tzinfo=UTC), zone="America/New_York"),
    )
    with pytest.raises(RuleError, match="Say in a comment"):
        correct_call_log(
            call_log_id=call_log.pk, correction=wanted, comment=" ", seen_version=1, actor=admin
        )
    assert correct_call_log(
        call_log_id=call_log.pk,
        correction=wanted,
        comment="Caller named the wrong house",
        seen_version=1,
        actor=admin,
    )
    call_log.refresh_from_db()
    assert (call_log.unit, call_log.property, call_log.version) == (unit, unit.property, 2)
    [(kind, text, _)] = history(call_log)
    assert kind == "edit"
    assert text is not None
    assert text.startswith("Caller named the wrong house\n")
    for line in ("Property: nothing → “Maple Court”", "Reasons: nothing → Active leak"):
        assert line in text
    assert "2026-11-20 10:00:00 EST" in text


def test_a_correction_of_nothing_changes_nothing(admin: Principal, call_log: CallLog) -> None:
    before = snapshot(call_log)
    changed = correct_call_log(
        call_log_id=call_log.pk,
        correction=correction_of(call_log),
        comment="Looked again",
        seen_version=1,
        actor=admin,
    )
    assert not changed
    assert snapshot(call_log) == before


def test_inv31_withdrawing_needs_a_right_and_a_reason_and_hides_the_call(
    organization: Organization, admin: Principal, call_log: CallLog
) -> None:
    member = make_principal(organization, Role.MEMBER)
    with pytest.raises(NotAllowedError):
        withdraw_call_log(call_log_id=call_log.pk, reason="x", seen_version=1, actor=member)
    with pytest.raises(RuleError, match="Say why"):
        withdraw_call_log(call_log_id=call_log.pk, reason=" ", seen_version=1, actor=admin)
    withdraw_call_log(call_log_id=call_log.pk, reason="Test call", seen_version=1, actor=admin)
    assert not CallLog.objects.visible_to(admin).exists()
    assert history(call_log) == [("edit", "Withdrawn: Test call", "New")]
    with pytest.raises(NotFoundError):
        append_comment(call_log_id=call_log.pk, text="x", actor=admin)


def test_a_withdrawn_comment_keeps_its_place_and_text(admin: Principal, call_log: CallLog) -> None:
    comment = append_comment(call_log_id=call_log.pk, text="Wrong call", actor=admin)
    withdraw_comment(comment_id=comment.pk, reason="Other unit", actor=admin)
    assert history(call_log) == [("comment", "Wrong call", "New")]
    assert comment.withdrawal.reason == "Other unit"
    with pytest.raises(RuleError, match="before"):
        withdraw_comment(comment_id=comment.pk, reason="again", actor=admin)


def test_c02_access_taken_away_in_mid_work_stops_the_next_act(organization: Organization) -> None:
    place = make_property(organization)
    member = make_principal(organization, Role.MEMBER, links=[place])
    log = log_call(call=NewCall(property_id=place.pk, call_from="x"), actor=member)
    unlinked = make_principal(organization, Role.MEMBER)
    with pytest.raises(NotFoundError):
        append_comment(call_log_id=log.pk, text="x", actor=unlinked)


def test_b44_every_accepted_change_is_one_audit_row_with_who_and_which_request(
    admin: Principal, call_log: CallLog
) -> None:
    append_comment(call_log_id=call_log.pk, text="x", actor=admin)
    edit_notes(call_log_id=call_log.pk, notes="n", seen_version=2, actor=admin)
    events = call_log.audit_events.order_by("pgh_id")  # type: ignore[attr-defined]
    assert [(event.pgh_label, event.version) for event in events] == [
        ("insert", 1),
        ("update", 2),
        ("update", 3),
    ]
    unknown, *known = [event.pgh_context for event in events]
    assert unknown is None
    for context in known:
        assert context["user"] == admin.user_id
        assert context["request"] == admin.request_id
