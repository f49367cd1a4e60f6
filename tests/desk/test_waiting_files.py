"""Files of a call that is not saved yet: kept at once, attached by its save (C22, B-46)."""

import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from callcenter.accounts.models import Membership, Role
from callcenter.calls.attaching import sweep
from callcenter.calls.models import Attachment, CallLog, WaitingFile
from callcenter.calls.tasks import sweep_attachments
from tests.factories import make_membership, make_organization, status_named

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Settings) -> Path:
    """A folder for the files of this test."""
    settings.ATTACHMENT_DIRECTORY = tmp_path / "attachments"
    return tmp_path / "attachments"


@pytest.fixture
def owner() -> Membership:
    return make_membership(make_organization(), Role.OWNER)


def client_of(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user, "callcenter.properties.backends.DeskBackend")
    return client


def keep(client: Client, name: str = "note.txt", content: bytes = b"drips", key: str = "") -> Any:
    data = {"files": SimpleUploadedFile(name, content), "key": key or str(uuid.uuid4())}
    return client.post(reverse("desk:files"), data)


def save(client: Client, owner: Membership, *tokens: str, **fields: Any) -> Any:
    status = status_named(owner.organization).pk
    typed = {"call_from": "FedEx driver", "direction": "inbound", "status": status}
    typed |= {"key": str(uuid.uuid4()), "files": " ".join(tokens)}
    return client.post(reverse("desk:new"), typed | fields)


def on_disk(place: Path) -> set[str]:
    return {path.name for path in place.rglob("*") if path.is_file()}


def test_a_kept_file_becomes_part_of_the_call_with_its_save(owner: Membership, place: Path) -> None:
    client = client_of(owner)
    first, second = keep(client).json(), keep(client, "plan.txt").json()
    assert (first["name"], first["size"], first["done"]) == (
        "note.txt",
        "5\xa0bytes",
        "Kept for this call.",
    )
    assert save(client, owner, second["token"], first["token"]).status_code == 302
    log = CallLog.objects.get()
    assert [row.name for row in log.attachments.order_by("pk")] == ["plan.txt", "note.txt"]
    assert [(row.text or "").split(",")[0] for row in log.comments.order_by("seq")] == [
        "Attached plan.txt",
        "Attached note.txt",
    ]
    assert not WaitingFile.objects.exists()
    save(client, owner, first["token"])
    assert Attachment.objects.count() == 2
    assert CallLog.objects.count() == 2


def test_b46_a_file_that_is_sent_twice_waits_once(owner: Membership, place: Path) -> None:
    client, key = client_of(owner), str(uuid.uuid4())
    assert keep(client, key=key).json() == keep(client, key=key).json()
    assert WaitingFile.objects.count() == 1
    assert len(on_disk(place)) == 1


def test_a_refused_file_and_a_refused_call_lose_nothing(owner: Membership, place: Path) -> None:
    client = client_of(owner)
    refused = keep(client, "run.txt", b"MZ\x90\0" * 9)
    assert refused.status_code == 422
    assert "was not taken" in refused.json()["error"]
    assert client.post(reverse("desk:files"), {"key": "x"}).status_code == 422
    assert on_disk(place) == set()
    token = keep(client).json()["token"]
    page = save(client, owner, token, call_from="")
    assert page.status_code == 422
    assert f'name="files" value="{token}"' in page.text
    answer = client.get(reverse("desk:files"), {"token": [token, "0" * 32]})
    assert [file["token"] for file in answer.json()["files"]] == [token]


def test_c22_a_waiting_file_is_its_persons_alone(owner: Membership, place: Path) -> None:
    token = keep(client_of(owner)).json()["token"]
    colleague = make_membership(owner.organization, Role.OWNER)
    other = client_of(colleague)
    assert other.get(reverse("desk:files"), {"token": token}).json() == {"files": []}
    assert other.delete(reverse("desk:file", args=[token])).status_code == 200
    save(other, colleague, token)
    assert WaitingFile.objects.get().stored_as == token
    assert Attachment.objects.count() == 0
    assert on_disk(place) == {token}


def test_a_file_that_was_added_by_mistake_is_gone_at_once(owner: Membership, place: Path) -> None:
    client = client_of(owner)
    token = keep(client).json()["token"]
    for _ in range(2):
        assert client.delete(reverse("desk:file", args=[token])).status_code == 200
    assert on_disk(place) == set()
    assert save(client, owner, token).status_code == 302
    assert Attachment.objects.count() == 0


def test_what_is_never_saved_is_forgotten_with_the_drafts(owner: Membership, place: Path) -> None:
    client = client_of(owner)
    old, young = (keep(client).json()["token"] for _ in range(2))
    for path in (place / "incoming").iterdir():
        os.utime(path, (0, 0))
    assert sweep() == (0, 0)
    age = timezone.now() - timedelta(days=14, minutes=1)
    WaitingFile.objects.filter(stored_as=old).update(added_at=age)
    sweep_attachments()
    assert on_disk(place) == {young}
    assert WaitingFile.objects.get().stored_as == young


def test_a_person_keeps_only_so_much_waiting(
    owner: Membership, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.calls.waiting.MOST", 1)
    client = client_of(owner)
    assert keep(client).status_code == 200
    assert keep(client).status_code == 422
    assert len(on_disk(place)) == 1


def test_a_call_is_never_refused_for_its_files(
    owner: Membership, place: Path, settings: Settings
) -> None:
    client = client_of(owner)
    tokens = [keep(client).json()["token"] for _ in range(2)]
    settings.ATTACHMENTS_PER_CALL = 1
    assert save(client, owner, *tokens, "x", "../../etc").status_code == 302
    assert CallLog.objects.count() == 1
    assert WaitingFile.objects.count() == 2
