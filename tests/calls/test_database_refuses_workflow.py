"""What PostgreSQL refuses about statuses, reasons, drafts, anchors and two rows at one place."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from callcenter.accounts.models import Organization
from callcenter.calls.models import CallLog, Comment, Draft, HistoryAnchor, Presence, Reason, Status
from tests.factories import (
    make_call_log,
    make_comment,
    make_organization,
    make_user,
    status_named,
)
from tests.refusals import refused


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


def test_a_status_has_a_name_of_its_own_and_a_known_kind(organization: Organization) -> None:
    with refused(by="status_name_once"):
        Status.objects.create(organization=organization, name="New", kind="open")
    with refused(by="status_kind_known"):
        Status.objects.create(organization=organization, name="Lost", kind="lost")


def test_one_status_is_the_first_and_it_is_open(organization: Organization) -> None:
    fields = {"organization": organization, "name": "First", "is_initial": True}
    with refused(by="status_one_initial"):
        Status.objects.create(**fields, kind="open")
    new = status_named(organization)
    with refused(by="status_initial_is_enabled_and_open"):
        Status.objects.filter(pk=new.pk).update(kind="waiting")
    with refused(by="status_initial_is_enabled_and_open"):
        Status.objects.filter(pk=new.pk).update(is_enabled=False)


def test_one_status_is_of_callbacks_and_it_waits(organization: Organization) -> None:
    fields = {"organization": organization, "name": "Ring back", "is_callback": True}
    with refused(by="status_one_callback"):
        Status.objects.create(**fields, kind="waiting")
    due = status_named(organization, "Callback due")
    assert due.is_callback
    with refused(by="status_callback_is_enabled_and_waiting"):
        Status.objects.filter(pk=due.pk).update(kind="open")
    with refused(by="status_callback_is_enabled_and_waiting"):
        Status.objects.filter(pk=due.pk).update(is_enabled=False)


def test_only_a_waiting_status_pauses_the_clock(organization: Organization) -> None:
    with refused(by="status_pausing_is_waiting"):
        Status.objects.filter(pk=status_named(organization).pk).update(pauses_clock=True)


def test_one_source_key_is_one_status_and_one_reason(organization: Organization) -> None:
    key = {"organization": organization, "source": "old", "external_id": "7"}
    Status.objects.create(**key, name="One", kind="open")
    with refused(by="status_source_key"):
        Status.objects.create(**key, name="Two", kind="open")
    Reason.objects.create(**key, name="One", is_enabled=False)
    with refused(by="reason_source_key"):
        Reason.objects.create(**key, name="Two", is_enabled=False)


def test_a_reason_has_a_name_of_its_own_and_a_mnemonic_to_type(organization: Organization) -> None:
    with refused(by="reason_name_once"):
        Reason.objects.create(organization=organization, name="Noise", is_enabled=False)
    for mnemonic in ("Z", "z1", "z "):
        with refused(by="reason_mnemonic_form"):
            Reason.objects.create(organization=organization, name="Other", mnemonic=mnemonic)
    with refused(by="reason_enabled_has_mnemonic"):
        Reason.objects.create(organization=organization, name="Other", is_enabled=True)


def test_inv5_a_version_begins_with_one(organization: Organization) -> None:
    log = make_call_log(organization)
    with refused(by="calllog_version_counts"):
        CallLog.objects.filter(pk=log.pk).update(version=0)


def test_a_comment_is_of_a_known_kind_and_names_its_author(organization: Organization) -> None:
    log = make_call_log(organization)
    with refused(by="comment_kind_known"):
        make_comment(log, kind="rumour")
    with refused(by="comment_erased_without_text"):
        make_comment(log, author_name=None)


def test_inv2_two_writers_past_the_lock_do_not_get_one_number(committed_db: str) -> None:
    log = make_call_log(make_organization())
    written, refusals = threading.Event(), []

    def second() -> None:
        written.wait(20)
        try:
            make_comment(log, text="second")
        except IntegrityError as refusal:
            refusals.append(str(refusal))
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        make_comment(log, text="first")
        written.set()
        thread.join(0.5)
    thread.join(20)
    assert len(refusals) == 1
    assert "comment_seq_once" in refusals[0]
    assert [row.text for row in Comment.objects.filter(call_log=log)] == ["first"]


def test_inv4_no_call_is_folded_into_a_folded_one_and_no_head_is_folded(
    organization: Organization,
) -> None:
    head, folded, third = (make_call_log(organization) for _ in range(3))
    CallLog.objects.filter(pk=folded.pk).update(folded_into=head)
    with refused(by="calllog_head_is_not_folded|is folded itself"):
        CallLog.objects.filter(pk=third.pk).update(folded_into=folded)
    with refused(by="calllog_head_is_not_folded|is a head"):
        CallLog.objects.filter(pk=head.pk).update(folded_into=third)


def test_a_draft_and_an_anchor_stand_once(organization: Organization) -> None:
    draft = {"organization": organization, "user": make_user(), "key": "call:1"}
    Draft.objects.create(**draft)
    with refused(by="draft_once"):
        Draft.objects.create(**draft)
    anchor = {
        "organization": organization,
        "first_comment_id": 1,
        "last_comment_id": 2,
        "comments": 2,
        "digest": bytes(32),
    }
    HistoryAnchor.objects.create(**anchor)
    with refused(by="historyanchor_once"):
        HistoryAnchor.objects.create(**anchor)


def test_somebody_is_present_once(organization: Organization) -> None:
    log, user = make_call_log(organization), make_user()
    fields = {"organization": organization, "call_log": log, "user": user}
    Presence.objects.create(**fields)
    with refused(by="presence_once"):
        Presence.objects.create(**fields)
