"""A body that is too long is refused before it is read (B-15)."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Role
from tests.factories import make_call_log, make_membership, make_organization

pytestmark = pytest.mark.django_db

LARGE = 3_000_000  # more than forms without files carry


@pytest.fixture
def client(client: Client) -> Client:
    organization = make_organization()
    make_call_log(organization)
    user = make_membership(organization, Role.OWNER).user
    client.force_login(user, "callcenter.properties.backends.DeskBackend")
    return client


def send(client: Client, url: str, size: int) -> Any:
    return client.post(url, {"key": "k", "files": SimpleUploadedFile("a.txt", b"x" * size)})


@pytest.mark.parametrize("name", ["account_login", "desk:new", "accounts:profile"])
def test_b15_a_form_without_files_takes_none(
    name: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("something was read")

    for handler in (MemoryFileUploadHandler, TemporaryFileUploadHandler):
        monkeypatch.setattr(handler, "receive_data_chunk", never)
    assert send(client, reverse(name), LARGE).status_code in (400, 413)


def test_b15_a_form_with_files_takes_as_many_as_it_says(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    assert send(client, reverse("desk:files"), LARGE).status_code == 200
    settings.ATTACHMENT_MAX_BYTES = 100_000
    assert send(client, reverse("desk:files"), 200_000).status_code == 422  # says why
    assert send(client, reverse("desk:files"), LARGE).status_code in (400, 413)
