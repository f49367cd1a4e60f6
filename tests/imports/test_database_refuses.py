"""What PostgreSQL refuses about sources, runs and their ledger."""

from typing import Any

import pytest
from django.utils import timezone

from callcenter.accounts.models import Organization
from callcenter.imports.models import ImportLine, ImportRun, ImportSource, SourceRow
from tests.factories import make_organization, make_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def source(organization: Organization) -> ImportSource:
    return ImportSource.objects.create(
        organization=organization, key="buildium", name="Buildium", kind="roster"
    )


def make_run(source: ImportSource, **fields: Any) -> ImportRun:
    blank: dict[str, Any] = {
        "organization": source.organization,
        "requested_by": make_user(),
        "file_name": "roster.csv",
        "stored_as": "1",
        "sha256": bytes(32),
        "byte_size": 1,
    }
    return ImportRun.objects.create(source=source, **(blank | fields))


def test_a_source_has_a_key_of_its_own(source: ImportSource) -> None:
    same = {"organization": source.organization, "name": "Other", "kind": "roster"}
    with refused(by="importsource_key_once"):
        ImportSource.objects.create(**same, key="buildium")
    with refused(by="importsource_has_key"):
        ImportSource.objects.create(**same, key="")


@pytest.mark.parametrize("state", ["staging", "validating", "applying"])
def test_inv23_a_source_has_one_running_run(source: ImportSource, state: str) -> None:
    make_run(source, state="applying")
    make_run(source, state="pending")
    with refused(by="importrun_one_running"):
        make_run(source, state=state)


def test_inv8_a_run_is_done_only_when_every_line_is_accounted_for(source: ImportSource) -> None:
    done: dict[str, Any] = {"state": "done", "finished_at": timezone.now(), "lines_read": 6}
    counted = {"created": 1, "updated": 1, "unchanged": 1, "rejected": 1, "duplicate": 1}
    with refused(by="importrun_conserves_lines"):
        make_run(source, **done, **counted)
    assert make_run(source, **done, **(counted | {"created": 2})).pk


def test_a_run_has_an_end_if_and_only_if_it_is_over(source: ImportSource) -> None:
    for fields in (
        {"state": "done"},
        {"state": "failed"},
        {"state": "applying", "finished_at": timezone.now()},
    ):
        with refused(by="importrun_finished_at_iff_over"):
            make_run(source, **fields)


def test_a_line_stands_once_and_a_rejected_one_says_why(source: ImportSource) -> None:
    run = make_run(source)
    line = {"organization": source.organization, "run": run, "number": 1}
    with refused(by="importline_rejected_with_reason"):
        ImportLine.objects.create(**line, outcome="rejected")
    ImportLine.objects.create(**line)
    with refused(by="importline_number_once"):
        ImportLine.objects.create(**line)


def test_a_natural_key_is_known_once(source: ImportSource) -> None:
    row = {
        "organization": source.organization,
        "source": source,
        "natural_key": "7",
        "row_hash": bytes(32),
        "object_id": 1,
    }
    SourceRow.objects.create(**row)
    with refused(by="sourcerow_once"):
        SourceRow.objects.create(**row)


def test_runs_lines_and_rows_stay_within_the_organisation(source: ImportSource) -> None:
    other = make_organization()
    run = make_run(source)
    with refused(by="imports_importrun_source_id_within_organization_id"):
        make_run(source, organization=other)
    with refused(by="imports_importline_run_id_within_organization_id"):
        ImportLine.objects.create(organization=other, run=run, number=1)
    with refused(by="imports_sourcerow_source_id_within_organization_id"):
        SourceRow.objects.create(
            organization=other, source=source, natural_key="7", row_hash=b"", object_id=1
        )
