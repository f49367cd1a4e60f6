"""Each guarantee of the record, with a test in which PostgreSQL itself refuses (B-43)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from callcenter.accounts.models import Organization
from callcenter.calls.models import (
    Callback,
    CallLog,
    CallLogReason,
    Comment,
    CommentWithdrawal,
    Reason,
    Status,
)
from tests.factories import (
    make_call_log,
    make_comment,
    make_organization,
    make_property,
    make_resident,
    make_unit,
    make_user,
    reason_named,
    status_named,
)

pytestmark = pytest.mark.django_db


@contextmanager
def refused(*, by: str) -> Iterator[None]:
    """The database says no and names `by`; the transaction goes on."""
    with pytest.raises(Error, match=by), transaction.atomic():
        yield


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def call_log(organization: Organization) -> CallLog:
    return make_call_log(organization)


def test_b43_the_tests_run_as_the_role_of_the_app_that_owns_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, tableowner FROM pg_tables WHERE tablename = 'calls_comment'"
        )
        role, owner = cursor.fetchone()
    assert role != owner


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calls_comment SET text = 'changed' WHERE id = %s",
        "DELETE FROM calls_comment WHERE id = %s",
        (
            "INSERT INTO calls_comment SELECT * FROM calls_comment WHERE id = %s"
            " ON CONFLICT (id) DO UPDATE SET text = 'changed'"
        ),
    ],
)
def test_b43_the_app_may_not_change_or_delete_a_comment(call_log: CallLog, statement: str) -> None:
    comment = make_comment(call_log)
    with refused(by="permission denied"):
        sql(statement, comment.pk)
    assert Comment.objects.get(pk=comment.pk).text == "Plumber rung"


@pytest.mark.parametrize("table", ["calls_comment", "calls_calllog", "calls_commentwithdrawal"])
def test_b43_the_app_may_not_truncate_evidence(table: str) -> None:
    with refused(by="permission denied"):
        sql(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("verb", ["UPDATE {} SET pgh_label = ''", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["calls_calllogauditevent", "accounts_membershipauditevent"])
def test_b43_the_app_may_not_touch_the_audit(table: str, verb: str) -> None:
    with refused(by="permission denied"):
        sql(verb.format(table))


def test_inv31_a_call_is_never_deleted(call_log: CallLog) -> None:
    with refused(by="permission denied"):
        CallLog.objects.filter(pk=call_log.pk)._raw_delete("default")  # noqa: SLF001


def test_b43_only_the_erase_function_gets_through(call_log: CallLog) -> None:
    comment = make_comment(call_log)
    digest, last = bytes(Comment.objects.get().text_digest), bytes(Comment.objects.get().hash)
    sql("SELECT calls_erase_comments(%s, %s)", call_log.organization_id, [comment.pk])
    erased = Comment.objects.get(pk=comment.pk)
    assert (erased.text, erased.salt, erased.author_name) == (None, None, None)
    assert erased.erased_at is not None
    assert (bytes(erased.text_digest), bytes(erased.hash)) == (digest, last)


def test_the_erase_function_stays_within_the_organisation(call_log: CallLog) -> None:
    comment = make_comment(call_log)
    sql("SELECT calls_erase_comments(%s, %s)", make_organization().pk, [comment.pk])
    assert Comment.objects.get(pk=comment.pk).text == "Plumber rung"


def test_inv2_the_database_numbers_and_chains_comments_whatever_was_sent(
    call_log: CallLog,
) -> None:
    for text in ("one", "two", "drei ü"):
        make_comment(call_log, text=text, seq=99, hash=b"forged", previous_hash=b"forged")
    rows = list(Comment.objects.filter(call_log=call_log).order_by("seq"))
    assert [row.seq for row in rows] == [1, 2, 3]
    before = b""
    for row in rows:
        digest = hashlib.sha256(bytes(row.salt or b"") + (row.text or "").encode()).digest()
        assert bytes(row.text_digest) == digest
        assert bytes(row.previous_hash) == before
        assert bytes(row.hash) == expected_hash(row, before)
        before = bytes(row.hash)


def expected_hash(row: Comment, previous: bytes) -> bytes:
    """The chain of design.md 5, computed apart from the database."""
    micros = round(row.created_at.timestamp() * 1_000_000)
    author = "" if row.author_id is None else str(row.author_id)
    words = (
        str(row.organization_id),
        str(row.call_log_id),
        str(row.seq),
        author,
        row.kind,
        str(row.status_id),
        row.status_name,
        str(micros),
    )
    parts = [previous, *(word.encode() for word in words), bytes(row.text_digest)]
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hashlib.sha256(framed).digest()


def test_a_comment_is_not_born_erased(call_log: CallLog) -> None:
    with refused(by="not born erased"):
        make_comment(call_log, text=None, author_name=None, erased_at=timezone.now())


@pytest.mark.parametrize("closed", [True, False])
def test_closed_at_is_set_if_and_only_if_the_status_is_closed(
    organization: Organization, *, closed: bool
) -> None:
    status = status_named(organization, "New" if closed else "Closed")
    with refused(by="calllog_closed_at_iff_closed"):
        make_call_log(organization, status=status, closed_at=timezone.now() if closed else None)


def test_the_kind_on_a_call_is_that_of_its_status(organization: Organization) -> None:
    log = make_call_log(organization)
    with refused(by="calls_calllog_status_kind_within_organization_id"):
        CallLog.objects.filter(pk=log.pk).update(status_kind="waiting")


def test_the_kind_of_a_used_status_stays(organization: Organization) -> None:
    call_log = make_call_log(organization, status=status_named(organization, "In progress"))
    with refused(by="calls_calllog_status_kind_within_organization_id"):
        Status.objects.filter(pk=call_log.status_id).update(kind="waiting")


def test_a_unit_needs_its_property(organization: Organization) -> None:
    unit = make_unit(make_property(organization))
    with refused(by="calllog_unit_and_resident_need_property"):
        make_call_log(organization, unit=unit)


def test_b27_unit_and_resident_are_of_the_property(organization: Organization) -> None:
    here, there = make_property(organization), make_property(organization)
    with refused(by="calls_calllog_unit_id_within_property_id"):
        make_call_log(organization, property=here, unit=make_unit(there))
    with refused(by="calls_calllog_resident_id_within_property_id"):
        make_call_log(organization, property=here, resident=make_resident(there))


def test_a_call_stays_within_its_organisation(organization: Organization) -> None:
    other = make_organization()
    with refused(by="calls_calllog_property_id_within_organization_id"):
        make_call_log(organization, property=make_property(other))
    with refused(by="calls_calllog_status_kind_within_organization_id"):
        make_call_log(organization, status=status_named(other))


def test_reasons_and_comments_stay_within_the_organisation_of_the_call(
    organization: Organization, call_log: CallLog
) -> None:
    other = make_organization()
    with refused(by="calls_calllogreason_reason_id_within_organization_id"):
        CallLogReason.objects.create(
            organization=organization,
            call_log=call_log,
            reason=reason_named(other, "el"),
            position=0,
        )
    with refused(by="calls_comment_call_log_id_within_organization_id"):
        Comment.objects.create(
            organization=other,
            call_log=call_log,
            text="x",
            author_name="x",
            status=status_named(other),
            status_name="New",
        )


def test_a_reason_stands_once_at_one_place(organization: Organization, call_log: CallLog) -> None:
    leak, noise = reason_named(organization, "el"), reason_named(organization, "cn")
    link = {"organization": organization, "call_log": call_log}
    CallLogReason.objects.create(**link, reason=leak, position=0)
    with refused(by="calllogreason_position_once"):
        CallLogReason.objects.create(**link, reason=noise, position=0)
    with refused(by="calllogreason_once"):
        CallLogReason.objects.create(**link, reason=leak, position=1)


@pytest.mark.parametrize("mnemonic", ["e", "el", "elx"])
def test_no_mnemonic_begins_another_one(organization: Organization, mnemonic: str) -> None:
    with refused(by="mnemonic"):
        Reason.objects.create(organization=organization, name="Other", mnemonic=mnemonic)


def test_a_call_says_who_called(organization: Organization) -> None:
    with refused(by="calllog_says_who_called"):
        make_call_log(organization, call_from="")


def test_a_withdrawn_call_says_why(call_log: CallLog) -> None:
    with refused(by="calllog_withdrawn_with_reason"):
        CallLog.objects.filter(pk=call_log.pk).update(withdrawn_at=timezone.now())


def test_a_call_is_not_its_own_head(call_log: CallLog) -> None:
    with refused(by="calllog_not_folded_into_itself"):
        CallLog.objects.filter(pk=call_log.pk).update(folded_into=call_log.pk)


def test_inv25_a_call_is_not_updated_before_it_was_created(call_log: CallLog) -> None:
    with refused(by="calllog_created_before_updated"):
        CallLog.objects.filter(pk=call_log.pk).update(updated_at="2000-01-01T00:00Z")


def test_a_promise_ends_only_with_an_outcome(organization: Organization, call_log: CallLog) -> None:
    with refused(by="callback_ends_with_an_outcome"):
        Callback.objects.create(
            organization=organization, call_log=call_log, due_at=timezone.now(), state="done"
        )


def test_a_withdrawn_comment_says_why(call_log: CallLog) -> None:
    comment = make_comment(call_log)
    with refused(by="commentwithdrawal_has_reason"):
        CommentWithdrawal.objects.create(comment=comment, withdrawn_by=make_user(), reason="")


def test_one_source_key_is_one_call(organization: Organization) -> None:
    make_call_log(organization, source="old", external_id="7")
    with refused(by="calllog_source_key"):
        make_call_log(organization, source="old", external_id="7")


def test_the_day_and_the_hour_are_those_of_the_zone(organization: Organization) -> None:
    log = make_call_log(
        organization,
        contacted_at=datetime(2026, 11, 21, 3, 30, tzinfo=UTC),
        contacted_zone="America/St_Johns",
    )
    log.refresh_from_db()
    assert (str(log.contacted_on), log.contacted_hour) == ("2026-11-21", 0)
    with refused(by="time zone"):
        make_call_log(organization, contacted_zone="Mars/Olympus")
