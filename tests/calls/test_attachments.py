"""Files on calls: what is taken, what is refused, what a crash leaves (C05, B-15, B-16)."""

import hashlib
import io
import os
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django.fixtures import Settings

from callcenter.accounts.models import Organization, Role
from callcenter.calls.actions import withdraw_comment
from callcenter.calls.attaching import (
    attach_files,
    discard,
    opened,
    receive,
    settle,
    sweep,
)
from callcenter.calls.content import Content
from callcenter.calls.models import Attachment, CallLog, Comment
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.file_names import shown_name
from callcenter.properties.principals import Principal
from tests.calls.files import REFUSED, TAKEN, archive, bomb, photograph, picture, upload
from tests.factories import make_call_log, make_organization, make_principal, make_property

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Path:
    """A folder for the files of this test."""
    settings.ATTACHMENT_DIRECTORY = tmp_path / "attachments"
    return tmp_path / "attachments"


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def admin(organization: Organization) -> Principal:
    return make_principal(organization, Role.ADMIN, name="Kim Osei")


@pytest.fixture
def log(organization: Organization) -> CallLog:
    return make_call_log(organization)


def attach(log: CallLog, actor: Principal, *uploads: SimpleUploadedFile) -> list[Attachment]:
    files = [receive(one) for one in uploads]
    rows = attach_files(call_log_id=log.pk, files=files, actor=actor)
    settle(files)
    return rows


def on_disk(place: Path) -> set[str]:
    return {path.name for path in place.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", TAKEN)
def test_c05_what_a_file_is_stands_in_it(name: str, place: Path) -> None:
    content, media_type = TAKEN[name]
    received = receive(upload("anything.bin", content))
    assert received.media_type == media_type
    assert Content(media_type).name_for(name) == name
    ending = name.rpartition(".")[2]
    assert re.fullmatch(rf"run\.exe\.({ending}|txt)", Content(media_type).name_for("run.exe"))


@pytest.mark.parametrize("kind", REFUSED)
def test_c05_what_calls_do_not_take_is_refused_whatever_its_name(kind: str, place: Path) -> None:
    for name in ("ceiling.jpg", "note.txt", "letter.docx"):
        with pytest.raises(RuleError, match=f"“{name}” was not taken"):
            receive(upload(name, REFUSED[kind]))
    assert on_disk(place) == set()


def test_b15_an_archive_with_a_very_long_list_is_not_opened(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = archive(**{f"member{n:05}": b"" for n in range(20_000)})

    def never(*_: Any) -> None:
        raise AssertionError("the archive was opened")

    monkeypatch.setattr(zipfile, "ZipFile", never)
    with pytest.raises(RuleError):
        receive(upload("letter.docx", many))


def test_b15_nothing_of_a_document_is_unpacked_but_what_it_is(place: Path) -> None:
    types = {"[Content_Types]DOTxml": b"<Types>" + b" " * 50_000_000}
    with pytest.raises(RuleError):
        receive(upload("letter.docx", archive(**types)))


def test_b16_a_file_is_private_and_under_a_name_of_our_own(
    place: Path, log: CallLog, admin: Principal
) -> None:
    (row,) = attach(log, admin, upload("../../etc/passwd.txt", b"hello"))
    assert row.name == "passwd.txt"
    assert re.fullmatch("[0-9a-f]{32}", row.stored_as)
    path = place / row.stored_as
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert path.read_bytes() == b"hello"
    assert bytes(row.sha256) == hashlib.sha256(b"hello").digest()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\fotos\\drip.png", "drip.png"),
        ("/var/../drip.png", "drip.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("a\u200bb\u2066c\r\nd\x00e.txt", "abc de.txt"),
        ("..", "file"),
        (" . ", "file"),
        ("", "file"),
        ("\u202e", "file"),
        ("Übergabe 12B, Küche.pdf", "Übergabe 12B, Küche.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("x" * 300, "x" * 255),
        ("x." + "y" * 300, "x." + "y" * 253),
    ],
)
def test_b21_a_name_is_shown_safely(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown


def test_a_file_is_a_line_of_history_with_its_digest_and_a_new_version(
    place: Path, log: CallLog, admin: Principal
) -> None:
    first, second = attach(log, admin, upload("note.txt", b"one"), upload("plan.txt", b"two"))
    log.refresh_from_db()
    rows = Comment.objects.filter(call_log=log).order_by("seq")
    digest = hashlib.sha256(b"one").hexdigest()
    assert [row.kind for row in rows] == ["edit", "edit"]
    assert rows[0].text == f"Attached note.txt, 3\xa0bytes\nSHA-256 {digest}"
    assert [first.comment, second.comment] == list(rows)
    assert log.version == 2
    assert (first.added_by_id, first.added_by_name) == (admin.user_id, "Kim Osei")


def test_limits_hold_for_a_file_and_for_a_call(
    place: Path, log: CallLog, admin: Principal, settings: Settings
) -> None:
    settings.ATTACHMENT_MAX_BYTES, settings.ATTACHMENT_BYTES_PER_CALL = 10, 25
    settings.ATTACHMENTS_PER_CALL = 3
    with pytest.raises(RuleError, match="is larger than 10"):
        receive(upload("big.txt", b"x" * 11))
    with pytest.raises(RuleError, match="is empty"):
        receive(upload("nothing.txt", b""))
    with pytest.raises(RuleError, match="Choose a file"):
        attach(log, admin)
    attach(log, admin, upload("a.txt", b"x" * 10), upload("b.txt", b"x" * 10))
    with pytest.raises(RuleError, match="room for 25"):
        attach(log, admin, upload("c.txt", b"x" * 6))
    with pytest.raises(RuleError, match="room for 3 files"):
        attach(log, admin, upload("c.txt", b"x"), upload("d.txt", b"x"))
    attach(log, admin, upload("c.txt", b"x" * 5))
    assert Attachment.objects.filter(call_log=log).count() == 3


def test_a_call_that_one_does_not_see_gets_no_file(place: Path, log: CallLog) -> None:
    stranger = make_principal(make_organization(), Role.OWNER)
    files = [receive(upload("note.txt", b"hello"))]
    with pytest.raises(NotFoundError):
        attach_files(call_log_id=log.pk, files=files, actor=stranger)
    assert Attachment.objects.count() == 0
    discard(files)
    assert on_disk(place) == set()


def test_the_small_picture_is_painted_anew_upright_and_without_a_place(
    place: Path, log: CallLog, admin: Principal
) -> None:
    original = photograph()
    assert b"SECRETPHONE" in original
    (row,) = attach(log, admin, upload("ceiling.jpg", original))
    with opened(row.stored_as) as file:
        assert file.read() == original
    with opened(row.thumbnail_as) as file:
        small = file.read()
    shown = Image.open(io.BytesIO(small))
    assert shown.size == (128, 256)
    above, below = (shown.convert("RGB").getpixel((64, y)) for y in (20, 236))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert above[0] > 200 > below[0]
    assert below[2] > 200 > above[2]
    assert not shown.getexif()
    assert b"SECRETPHONE" not in small
    assert b"Exif" not in small


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_every_kind_of_picture_that_browsers_make_gets_a_small_one(kind: str, place: Path) -> None:
    received = receive(upload("picture", picture(kind)))
    with opened(received.thumbnail_as) as file, Image.open(file) as small:
        assert (small.format, small.size) == ("JPEG", (256, 192))


def test_what_is_hidden_behind_a_picture_stays_behind(place: Path) -> None:
    both = picture("GIF") + b"<script>alert(1)</script>" + archive(aDOTclass=b"\xca\xfe")
    received = receive(upload("polyglot.gif", both))
    assert received.media_type == "image/gif"
    with opened(received.thumbnail_as) as file:
        small = file.read()
    assert b"script" not in small
    assert b"PK" not in small


@pytest.mark.parametrize("content", [bomb(), picture("PNG")[:60], picture("JPEG")[:200]])
def test_f25_a_bomb_or_a_broken_picture_has_no_small_one(content: bytes, place: Path) -> None:
    received = receive(upload("bomb.png", content))
    assert received.thumbnail_as == ""
    assert on_disk(place) == {received.stored.name}


def test_a_withdrawn_file_is_for_owners_and_admins_and_stays_on_the_disk(
    place: Path, organization: Organization, admin: Principal
) -> None:
    home = make_property(organization)
    log = make_call_log(organization, property=home)
    member = make_principal(organization, Role.MEMBER, links=[home])
    (row,) = attach(log, member, upload("note.txt", b"hello"))
    assert Attachment.objects.visible_to(member).get() == row
    withdraw_comment(comment_id=row.comment_id, reason="wrong person", actor=admin)
    assert not Attachment.objects.visible_to(member).exists()
    seen = Attachment.objects.visible_to(admin).of_call(log.pk).get()
    assert seen.comment.withdrawal.reason == "wrong person"
    assert on_disk(place) == {row.stored_as}


def test_the_sweeper_keeps_what_a_row_knows_and_removes_the_rest(
    place: Path, log: CallLog, admin: Principal
) -> None:
    killed_before = receive(upload("lost.jpg", picture()))
    killed_after = receive(upload("kept.jpg", picture()))
    (row,) = attach_files(call_log_id=log.pk, files=[killed_after], actor=admin)
    assert sweep() == (0, 0)
    for path in (place / "incoming").iterdir():
        os.utime(path, (0, 0))
    with opened(row.stored_as) as file:
        assert file.read() == picture()
    assert sweep() == (2, 2)
    assert on_disk(place) == {row.stored_as, row.thumbnail_as}
    assert killed_before.stored.name not in on_disk(place)
    assert sweep() == (0, 0)
