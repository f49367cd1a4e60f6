"""An unsafe start is refused (B-56, B-57)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error
from django.core.management.base import SystemCheckError
from pytest_django.fixtures import Settings

from callcenter.core.checks import (
    check_database,
    check_folders,
    check_secrets,
    refuse_unsafe_start,
)
from tests.conftest import ROOT

STRONG = "nB7-kZq2_vR9xW4tYp6LmD1sHc8JfG3aUe5oQiXz0TbVwKyNrMhSgPdC"


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.DEBUG = False
    settings.SECRET_KEY = STRONG
    settings.SECRET_KEY_FALLBACKS = []
    settings.ALLOWED_HOSTS = ["desk.example"]
    return settings


def ids(messages: list[Any]) -> list[str]:
    return [message.id for message in messages]


@pytest.mark.parametrize("secret", ["changeme", "x" * 80, "short-but-random-9f8e7d"])
def test_b57_a_weak_secret_is_refused(production: Settings, secret: str) -> None:
    assert check_secrets(app_configs=None) == []
    production.SECRET_KEY = secret
    assert ids(check_secrets(app_configs=None)) == ["callcenter.E001"]


def test_b57_a_weak_old_secret_is_refused_too(production: Settings) -> None:
    production.SECRET_KEY_FALLBACKS = ["old"]
    assert ids(check_secrets(app_configs=None)) == ["callcenter.E001"]


@pytest.mark.parametrize(
    ("hosts", "expected"), [(["*"], "E002"), (["*.example"], "E002"), ([], "E003")]
)
def test_b56_a_wildcard_or_missing_host_is_refused(
    production: Settings, hosts: list[str], expected: str
) -> None:
    production.ALLOWED_HOSTS = hosts
    assert ids(check_secrets(app_configs=None)) == [f"callcenter.{expected}"]


@pytest.mark.django_db
def test_b56_a_database_that_may_lose_what_it_acknowledged_is_refused(
    production: Settings,
) -> None:
    found = check_database(databases=["default"])
    said = [message.msg for message in found if isinstance(message, Error)]
    assert {message.id for message in found} == {"callcenter.E004"}
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert any(name in text for text in said)  # the tests' own server is such a one
    with pytest.raises(SystemCheckError, match="synchronous_commit"):
        refuse_unsafe_start()


@pytest.mark.django_db
def test_development_may_use_a_fast_database(settings: Settings) -> None:
    settings.DEBUG = True
    assert check_database(databases=["default"]) == []


def test_b57_the_web_server_and_the_worker_do_not_start_unsafe() -> None:
    environment = os.environ | {"DEBUG": "0", "LOCAL": "1", "SECRET_KEY": STRONG}
    for command in (
        ["manage.py", "serve", "--port=1"],
        ["-m", "celery", "-A", "callcenter", "worker"],
    ):
        done = subprocess.run(  # noqa: S603 (ours)
            [sys.executable, *command],
            env=environment | {"DATABASE_URL": os.environ["MIGRATE_DATABASE_URL"]},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode != 0
        assert "an acknowledged call can be lost" in done.stderr + done.stdout


def test_b16_folders_of_uploads_lie_outside_what_is_served_and_can_be_written(
    settings: Settings, tmp_path: Path
) -> None:
    assert check_folders(app_configs=None) == []
    (tmp_path / "link").symlink_to(ROOT / "static" / "img")
    for name in ("ATTACHMENT_DIRECTORY", "IMPORT_DIRECTORY"):
        for bad in (ROOT / "static", ROOT / "static" / "files", tmp_path / "link" / "files"):
            setattr(settings, name, bad)
            assert ids(check_folders(app_configs=None)) == ["callcenter.E006"]
        (tmp_path / "file").touch()
        setattr(settings, name, tmp_path / "file" / "folder")
        assert ids(check_folders(app_configs=None)) == ["callcenter.E007"]
        setattr(settings, name, tmp_path / "new" / "folder")
    assert check_folders(app_configs=None) == []
