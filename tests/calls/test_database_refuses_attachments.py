"""What the database itself refuses of the files of calls (B-43)."""

from typing import Any

import pytest
from django.db import Error, connection, transaction

from callcenter.calls.models import Attachment, CallLog, WaitingFile
from tests.factories import make_call_log, make_comment, make_organization, make_user

pytestmark = pytest.mark.django_db


def make(log: CallLog, **fields: Any) -> Attachment:
    blank: dict[str, Any] = {
        "organization": log.organization,
        "call_log": log,
        "comment": make_comment(log),
        "name": "ceiling.jpg",
        "media_type": "image/jpeg",
        "byte_size": 12,
        "sha256": bytes(32),
        "stored_as": "0" * 32,
    }
    return Attachment.objects.create(**blank | fields)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("attachment_has_name", {"name": ""}),
        ("attachment_stored_under_our_name", {"stored_as": "../etc/passwd"}),
        ("attachment_stored_once", {"stored_as": "a" * 32}),
        ("attachment_thumbnail_once", {"thumbnail_as": "b" * 32}),
    ],
)
def test_a_file_has_a_name_and_its_own_place(rule: str, fields: dict[str, Any]) -> None:
    log = make_call_log(make_organization())
    make(log, stored_as="a" * 32, thumbnail_as="b" * 32)
    with pytest.raises(Error, match=rule), transaction.atomic():
        make(log, **fields)


def test_a_history_row_tells_of_one_file(db: None) -> None:
    log = make_call_log(make_organization())
    row = make(log)
    with pytest.raises(Error, match="comment_id"), transaction.atomic():
        make(log, comment=row.comment, stored_as="c" * 32)


def test_a_file_stays_within_its_organisation(db: None) -> None:
    log, other = make_call_log(make_organization()), make_organization()
    with pytest.raises(Error, match="within_organization_id"), transaction.atomic():
        make(log, organization=other)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calls_attachment SET name = 'other'",
        "DELETE FROM calls_attachment",
        "TRUNCATE calls_attachment",
    ],
)
def test_b43_the_app_may_not_change_or_delete_a_file(statement: str) -> None:
    make(make_call_log(make_organization()))
    with (
        pytest.raises(Error, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Attachment.objects.get().name == "ceiling.jpg"


def test_a_file_waits_once() -> None:
    log = make_call_log(make_organization())
    waiting = {"organization": log.organization, "user": make_user(), "name": "a.txt"}
    waiting |= {"media_type": "text/plain", "byte_size": 1, "sha256": bytes(32)}
    WaitingFile.objects.create(**waiting, stored_as="a" * 32)
    with pytest.raises(Error, match="waitingfile_stored_once"), transaction.atomic():
        WaitingFile.objects.create(**waiting, stored_as="a" * 32)
