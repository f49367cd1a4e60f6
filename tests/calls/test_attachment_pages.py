"""Files on the page of a call: the form without script, and the download (C05, B-07, B-46)."""

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import Settings

from callcenter.accounts.models import Membership, Role
from callcenter.calls.models import Attachment, CallLog, Comment
from tests.calls.conftest import post, signed_in
from tests.calls.files import picture, upload
from tests.factories import make_membership, make_organization

pytestmark = pytest.mark.django_db

People = dict[str, Membership]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Settings) -> Path:
    """A folder for the files of this test."""
    settings.ATTACHMENT_DIRECTORY = tmp_path / "attachments"
    return tmp_path / "attachments"


def send(client: Client, log: CallLog, *uploads: SimpleUploadedFile, **fields: Any) -> Any:
    """Send files by the form of the page."""
    return post(client, "calls:attach", log.pk, files=uploads, **fields)


def on_disk(place: Path) -> int:
    return sum(path.is_file() for path in place.rglob("*"))


def read(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_files_are_sent_by_a_plain_form_and_shown_as_downloads(
    people: People, log: CallLog
) -> None:
    client = signed_in(people["member"])
    uploads = [upload("ceiling.jpg", picture()), upload("note.txt", b"12:30 drips")]
    answer = send(client, log, *uploads)
    assert (answer.status_code, answer.url) == (302, reverse("calls:detail", args=[log.pk]))
    page = client.get(answer.url).text
    assert "2 files attached." in page
    assert page.count("attached a file") == 2
    image, text = Attachment.objects.order_by("pk")
    assert reverse("calls:attachment", args=[image.pk]) in page
    assert page.count("<img ") == 1
    assert f'<img src="{reverse("calls:thumbnail", args=[image.pk])}"' in page
    assert "Attached note.txt" in page
    assert text.thumbnail_as == ""


def test_c05_a_file_is_downloaded_and_never_shown(people: People, log: CallLog) -> None:
    client = signed_in(people["member"])
    send(client, log, upload("Küche & Bad.exe", picture()))
    row = Attachment.objects.get()
    answer = client.get(reverse("calls:attachment", args=[row.pk]))
    assert read(answer) == picture()
    headers = answer.headers
    name = "K%C3%BCche%20%26%20Bad.exe.jpg"
    assert headers["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox;" in f"{headers['Content-Security-Policy']};"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Length"] == str(len(picture()))


def test_the_small_picture_alone_is_shown(people: People, log: CallLog) -> None:
    client = signed_in(people["member"])
    send(client, log, upload("plan.png", picture("PNG")))
    answer = client.get(reverse("calls:thumbnail", args=[Attachment.objects.get().pk]))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert Image.open(io.BytesIO(read(answer))).size == (256, 192)


@pytest.mark.parametrize("hx", [True, False])
def test_a_refused_file_says_why_and_nothing_of_the_form_is_attached(
    people: People, log: CallLog, place: Path, *, hx: bool
) -> None:
    client = signed_in(people["member"], htmx=hx)
    answer = send(client, log, upload("ok.txt", b"fine"), upload("run.jpg", b"MZ\x90\0" * 50))
    assert answer.status_code == 422
    assert "“run.jpg” was not taken" in answer.text
    assert "Nothing was attached" in answer.text
    assert ("<html" in answer.text) is not hx
    assert (Attachment.objects.count(), Comment.objects.count(), on_disk(place)) == (0, 0, 0)


def test_a_form_without_files_says_what_is_missing(people: People, log: CallLog) -> None:
    answer = send(signed_in(people["member"]), log)
    assert answer.status_code == 422
    assert "Choose a file first" in answer.text


def test_b46_a_form_that_is_sent_twice_attaches_once(
    people: People, log: CallLog, place: Path
) -> None:
    client, key = signed_in(people["member"]), str(uuid.uuid4())
    for _ in range(2):
        assert send(client, log, upload("note.txt", b"drips"), key=key).status_code == 302
    assert Attachment.objects.count() == 1
    assert Comment.objects.count() == 1
    assert on_disk(place) == 1
    other = send(client, log, upload("note.txt", b"other"), key=key)
    assert other.status_code == 409
    assert on_disk(place) == 1


def test_b07_a_foreign_file_is_as_absent_as_one_that_is_not(people: People, log: CallLog) -> None:
    send(signed_in(people["member"]), log, upload("note.txt", b"drips"))
    row = Attachment.objects.get()
    unlinked = make_membership(log.organization, Role.MEMBER)
    for stranger in (make_membership(make_organization(), Role.OWNER), unlinked):
        client = signed_in(stranger)
        for view in ("calls:attachment", "calls:thumbnail"):
            foreign = client.get(reverse(view, args=[row.pk]))
            absent = client.get(reverse(view, args=[10**9]))
            assert foreign.status_code == absent.status_code == 404
        assert send(client, log, upload("x.txt", b"x")).status_code == 404
    assert Attachment.objects.count() == 1


def test_a_file_is_withdrawn_by_owners_and_admins_with_a_reason(
    people: People, log: CallLog
) -> None:
    member, owner = signed_in(people["member"]), signed_in(people["owner"])
    send(member, log, upload("note.txt", b"drips"))
    row = Attachment.objects.get()
    detail, file = (
        reverse("calls:detail", args=[log.pk]),
        reverse("calls:attachment", args=[row.pk]),
    )
    form = reverse("calls:withdraw", args=[log.pk]) + f"?comment={row.comment_id}"
    assert form not in member.get(detail).text
    assert form in owner.get(detail).text
    assert "Withdraw a file" in owner.get(form).text
    post(owner, "calls:withdraw", log.pk, comment=row.comment_id, reason="wrong person")
    assert member.get(file).status_code == 404
    assert "note.txt" not in member.get(detail).text
    assert "Withdrawn: wrong person" in owner.get(detail).text
    assert read(owner.get(file)) == b"drips"


def test_a_call_of_many_files_costs_no_more_statements(people: People, log: CallLog) -> None:
    client, counts = signed_in(people["owner"]), []
    for n in (1, 20):
        send(client, log, *(upload(f"note{n}-{k}.txt", b"drips") for k in range(n)))
        client.get(reverse("calls:list"))  # takes the word that they were attached
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("calls:detail", args=[log.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_file_that_the_disk_lost_is_not_found(people: People, log: CallLog, place: Path) -> None:
    client = signed_in(people["member"])
    send(client, log, upload("note.txt", b"drips"))
    for path in place.rglob("*"):
        if path.is_file():
            path.unlink()
    assert (
        client.get(reverse("calls:attachment", args=[Attachment.objects.get().pk])).status_code
        == 404
    )
