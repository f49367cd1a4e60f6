"""A file to import, and a run worked through in this process."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from callcenter.imports import files, runs
from callcenter.imports.actions import NamedSource, start_run
from callcenter.imports.models import ImportRun, SourceKind
from callcenter.properties.principals import Principal

SAMPLE = Path(__file__).with_name("sample.json")


@pytest.fixture(autouse=True)
def _import_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep uploaded files of a test with the test, for workers too."""
    monkeypatch.setattr(settings, "IMPORT_DIRECTORY", tmp_path / "imports")
    monkeypatch.setenv("IMPORT_DIRECTORY", str(tmp_path / "imports"))


def sample() -> bytes:
    """The JSON of the vendor's page, as it stands."""
    return SAMPLE.read_bytes()


def wrapped(*elements: dict[str, Any]) -> bytes:
    """A file of call logs."""
    return json.dumps({"Total": len(elements), "Elements": elements}).encode()


def element(log_id: int = 1, **members: Any) -> dict[str, Any]:
    """An element as the property API writes one."""
    return {
        "LogId": log_id,
        "CallFrom": "Ana Ruiz",
        "ModuleStatusId": 3,
        "Subject": "Water under the sink",
        "Notes": "Valve closed",
        "LogReasons": [9, 2],
        "Takenby": "Kim Osei",
        "OldComments": [],
        "CreatedOn": "2026-11-20T09:03:11.000000-05:00",
    } | members


def bring(
    content: bytes,
    actor: Principal,
    kind: SourceKind = SourceKind.CALL_LOGS,
    *,
    source: str = "Northgate",
    **options: str,
) -> ImportRun:
    """Ask for the import of a file."""
    return start_run(
        stored=files.store(SimpleUploadedFile("file", content)),
        file_name="file",
        source=NamedSource(source, kind),
        options=options,
        actor=actor,
    )


def imported(
    content: bytes,
    actor: Principal,
    kind: SourceKind = SourceKind.CALL_LOGS,
    *,
    source: str = "Northgate",
    **options: str,
) -> ImportRun:
    """The run of a file, worked through here."""
    run = bring(content, actor, kind, source=source, **options)
    runs.work_on(run.pk, lambda: None)
    run.refresh_from_db()
    return run


def counts(run: ImportRun) -> dict[str, int]:
    """The equation of a run, without its zeros."""
    names = ("lines_read", "created", "updated", "unchanged", "rejected", "duplicate")
    return {name: getattr(run, name) for name in names if getattr(run, name)}
