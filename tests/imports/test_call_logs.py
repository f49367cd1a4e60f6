import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from callcenter.calls.models import CallLog, CallLogReason, Comment, Reason, Status
from callcenter.imports.models import ImportLine, ImportRun
from callcenter.properties.principals import Principal
from tests.factories import (
    make_organization,
    make_principal,
    make_property,
    make_resident,
    make_unit,
)

from .conftest import counts, element, imported, sample, wrapped

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Principal:
    return make_principal(make_organization(), name="Dana Ruiz")


def domain_rows() -> dict[str, int]:
    """Rows of every table that an import of calls may write, audit included."""
    tables = [
        *("calls_calllog", "calls_comment", "calls_calllogreason", "calls_status"),
        *("calls_reason", "calls_calllogauditevent", "calls_statusauditevent"),
        *("calls_reasonauditevent", "imports_sourcerow", "imports_importsourceauditevent"),
    ]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 (ours)
            found[table] = cursor.fetchone()[0]
        return found


def test_the_vendors_sample_has_exactly_the_documented_outcome(admin: Principal) -> None:
    run = imported(sample(), admin)
    assert run.state == "done"
    assert counts(run) == {"lines_read": 2, "created": 1, "duplicate": 1}
    log = CallLog.objects.get()
    assert (log.property_id, log.unit_id, log.resident_id) == (None, None, None)
    assert (log.call_from, log.subject, log.notes) == (
        "sample string 2", "sample string 4", "sample string 5",
    )  # fmt: skip
    assert log.taken_by_name == "sample string 6"
    assert log.contacted_at == datetime(2025, 12, 24, 10, 27, 30, 159093, UTC)
    assert log.contacted_text == "2025-12-24T05:27:30.1590936-05:00"
    status = Status.objects.get(external_id="3")
    assert (status.name, status.is_enabled, log.status_id) == ("#3", False, status.pk)
    links = CallLogReason.objects.order_by("position").values_list(
        "reason__name", "reason__is_enabled"
    )
    assert list(links) == [("#1", False), ("#2", False)]
    comments = list(Comment.objects.in_order())
    assert [c.text for c in comments] == ["sample string 1", "sample string 1"]
    assert {(c.kind, c.author_name, c.raw_time, c.time_is_assumed) for c in comments} == {
        ("import", "sample string 3", "sample string 2", True)
    }
    assert {c.status_name for c in comments} == {"sample string 4"}
    line = ImportLine.objects.get(outcome="created")
    assert line.data is not None
    assert (line.data["property"], line.data["unit"], line.data["resident"]) == ("1", "1", "1")


def test_the_same_file_again_writes_no_row_and_no_audit_event_inv7(admin: Principal) -> None:
    imported(sample(), admin)
    before = domain_rows()
    again = imported(sample(), admin)
    assert counts(again) == {"lines_read": 2, "unchanged": 1, "duplicate": 1}
    assert domain_rows() == before


def test_audit_events_of_an_import_name_who_asked_for_it(admin: Principal) -> None:
    run = imported(sample(), admin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_context FROM calls_calllogauditevent")
        said = json.loads(cursor.fetchone()[0])
    assert said["user"] == admin.user_id
    assert said["kind"] == "task"
    assert said["request"] == run.request_id


def test_known_places_are_linked_and_contradictions_are_not(admin: Principal) -> None:
    home = make_property(admin.organization, source="northgate", external_id="12")
    other = make_property(admin.organization, source="northgate", external_id="13")
    unit = make_unit(home, source="northgate", external_id="340")
    person = make_resident(unit, source="northgate", external_id="7")
    make_unit(other, source="northgate", external_id="341")
    make_unit(home, source="elsewhere", external_id="342")
    imported(
        wrapped(
            element(1, PropertyId=12, UnitId=340, ResidentId=7),
            element(2, UnitId=340),
            element(3, PropertyId=12, UnitId=341),
            element(4, PropertyId=0, UnitId=342),
        ),
        admin,
    )
    placed = CallLog.objects.order_by("pk").values_list("property_id", "unit_id", "resident_id")
    assert list(placed) == [
        (home.pk, unit.pk, person.pk),
        (home.pk, unit.pk, None),
        (home.pk, None, None),
        (None, None, None),
    ]


def changed(admin: Principal, first: dict[str, Any], second: dict[str, Any]) -> ImportRun:
    imported(wrapped(element(1, **first)), admin)
    return imported(wrapped(element(1, **second)), admin)


def test_a_changed_call_is_updated_with_one_version_and_a_line_of_history(
    admin: Principal,
) -> None:
    run = changed(admin, {}, {"Subject": "Burst pipe", "ModuleStatusId": 5, "LogReasons": [2]})
    assert counts(run) == {"lines_read": 1, "updated": 1}
    log = CallLog.objects.get()
    assert (log.subject, log.status.name, log.version) == ("Burst pipe", "#5", 2)
    assert [link.reason.name for link in log.reason_links.all()] == ["#2"]
    rows = Comment.objects.in_order().values_list("kind", "text", "author_name")
    assert list(rows) == [
        ("status", "", "Dana Ruiz"),
        ("edit", "Changed by an import: subject, reasons", "Dana Ruiz"),
    ]
    line = ImportLine.objects.get(run=run)
    assert line.before is not None
    assert line.before["subject"] == ["Water under the sink"]


def test_only_new_comments_are_appended_and_none_is_deleted(admin: Principal) -> None:
    one = {"Comment": "Plumber rung", "Date": "2026-11-20T09:11:40-05:00", "User": "Kim"}
    two = {"Comment": "Fixed", "Date": "2026-11-20", "User": "Kim", "Status": "Resolved"}
    run = changed(admin, {"OldComments": [one]}, {"OldComments": [one, two]})
    assert counts(run) == {"lines_read": 1, "updated": 1}
    rows = list(Comment.objects.in_order())
    assert [row.text for row in rows] == ["Plumber rung", "Fixed"]
    assert [row.time_is_assumed for row in rows] == [False, True]
    assert rows[0].created_at == datetime(2026, 11, 20, 14, 11, 40, tzinfo=UTC)
    assert rows[1].status.name == "Resolved"
    fewer = imported(wrapped(element(1, OldComments=[two])), admin)
    assert fewer.state == "done"
    assert Comment.objects.filter(text="Plumber rung").exists()


def test_what_an_agent_changed_is_kept_and_flagged_inv10(admin: Principal) -> None:
    imported(wrapped(element(1)), admin)
    CallLog.objects.update(subject="Agent's own words")
    run = imported(wrapped(element(1, Subject="From the file", Notes="New notes")), admin)
    log = CallLog.objects.get()
    assert (log.subject, log.notes) == ("Agent's own words", "New notes")
    assert run.kept_edits == 1
    assert ImportLine.objects.get(run=run).kept_fields == ["subject"]


def test_an_agents_edit_is_not_flagged_when_the_file_says_what_it_said(
    admin: Principal,
) -> None:
    imported(wrapped(element(1)), admin)
    CallLog.objects.update(subject="Agent's own words")
    run = imported(wrapped(element(1, Notes="New notes")), admin)
    assert run.kept_edits == 0
    assert CallLog.objects.get().subject == "Agent's own words"


def test_two_files_in_one_equal_the_two_one_after_the_other_inv7(admin: Principal) -> None:
    other = make_principal(make_organization(), name="Dana Ruiz")
    said = {"Comment": "One", "Date": "x", "User": "Kim", "Status": "Open"}
    more = {"Comment": "Two", "Date": "x", "User": "Kim", "Status": "Open"}
    first = [element(1, OldComments=[said]), element(2)]
    second = [element(1, Subject="Later", OldComments=[more])]
    imported(wrapped(*first), admin)
    imported(wrapped(*second), admin)
    imported(wrapped(*first, *second), other)
    states = []
    for principal in (admin, other):
        logs = CallLog.objects.visible_to(principal).order_by("external_id")
        comments = Comment.objects.visible_to(principal).filter(kind="import").order_by("pk")
        states.append(
            (list(logs.values_list("subject", "notes")), [comment.text for comment in comments])
        )
    assert states[0] == states[1]
    assert states[0][1] == ["One", "Two"]


def test_two_sources_may_use_the_same_ids(admin: Principal) -> None:
    imported(wrapped(element(1)), admin, source="North")
    imported(wrapped(element(1)), admin, source="South")
    assert CallLog.objects.count() == 2
    assert set(Status.objects.filter(external_id="3").values_list("name", flat=True)) == {
        "#3", "#3 (south)",
    }  # fmt: skip
    assert Reason.objects.filter(external_id="9").count() == 2


@pytest.mark.parametrize(
    ("created_on", "moment", "flag"),
    [
        ("2026-11-20T09:03:11", datetime(2026, 11, 20, 14, 3, 11, tzinfo=UTC), "assumed"),
        ("2026-11-01T01:30:00", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "ambiguous"),
        ("2026-03-08T02:30:00", datetime(2026, 3, 8, 7, 30, tzinfo=UTC), "impossible"),
        ("2026-12-31T23:59:60Z", datetime(2027, 1, 1, tzinfo=UTC), "exact"),
    ],
)
def test_f19_a_time_without_offset_is_read_on_the_propertys_clock_and_flagged(
    admin: Principal, created_on: str, moment: datetime, flag: str
) -> None:
    imported(wrapped(element(1, CreatedOn=created_on)), admin)
    log = CallLog.objects.get()
    assert (log.contacted_at, log.contacted_flag) == (moment, flag)
