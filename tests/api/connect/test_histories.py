"""What of a call is told, and in which form: its history, its times, its reasons."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from callcenter.api.connect import logs, places, writes
from callcenter.calls.models import CallLog, CallLogReason, CommentWithdrawal, Reason
from callcenter.properties.models import Property, Resident, Unit
from tests.factories import make_call_log, make_comment

from .house import RANG, House, code_of


def told(house: House, log: int = 4711) -> Any:
    """One call."""
    return json.loads(house.get(f"/api/calllogs/{log}").content)


def test_comments_moves_and_imported_rows_are_told_and_no_others(house: House) -> None:
    log = CallLog.objects.get(pk=4712)
    for kind in ("comment", "status", "edit", "fold", "import"):
        make_comment(log, text=f"a row of kind {kind}", kind=kind)
    gone = make_comment(log, text="withdrawn")
    CommentWithdrawal.objects.create(comment=gone, reason="Wrong call")
    rows = [row["Comment"] for row in told(house, 4712)["OldComments"]]
    assert rows == [f"a row of kind {kind}" for kind in ("comment", "status", "import")]


def test_of_an_erased_row_only_date_and_status_stay(house: House) -> None:
    before = told(house)["OldComments"][0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT calls_erase_comments(1, ARRAY(SELECT id FROM calls_comment"
            " WHERE call_log_id = 4711 AND seq = 1))"
        )
    assert told(house)["OldComments"][0] == before | {"Comment": "", "User": ""}


def test_a_status_in_the_history_keeps_the_name_of_its_time(house: House) -> None:
    house.put({"ModuleStatusId": 5, "NewComments": "Done"})
    status = CallLog.objects.get(pk=4711).status
    status.name = "Finished"
    status.save(update_fields=["name"])
    assert [row["Status"] for row in told(house)["OldComments"]] == [
        "In Progress",
        "In Progress",
        "Resolved",
    ]
    assert json.loads(house.get("/api/modulestatus/5").content)["Name"] == "Finished"


@pytest.mark.parametrize(
    ("zone", "at", "text"),
    [
        ("America/New_York", "2026-07-01T12:00:00+00:00", "2026-07-01T08:00:00.000000-04:00"),
        ("America/New_York", "2026-11-01T05:30:00+00:00", "2026-11-01T01:30:00.000000-04:00"),
        ("America/New_York", "2026-11-01T06:30:00+00:00", "2026-11-01T01:30:00.000000-05:00"),
        ("Etc/UTC", "2026-07-01T12:00:00.000010+00:00", "2026-07-01T12:00:00.000010+00:00"),
        ("Asia/Kolkata", "1999-12-31T20:00:00+00:00", "2000-01-01T01:30:00.000000+05:30"),
    ],
    ids=["summer", "first", "second", "zero", "half"],
)
def test_times_have_the_offset_of_the_property_and_six_digits(
    house: House, zone: str, at: str, text: str
) -> None:
    Property.objects.filter(pk=12).update(time_zone=zone)
    CallLog.objects.filter(pk=4712).update(contacted_at=datetime.fromisoformat(at))
    make_comment(CallLog.objects.get(pk=4712), created_at=datetime.fromisoformat(at))
    log = told(house, 4712)
    assert (log["CreatedOn"], log["OldComments"][0]["Date"]) == (text, text)
    house.organization.time_zone = "Asia/Tokyo"
    house.organization.save(update_fields=["time_zone"])
    assert told(house, 4714)["CreatedOn"] == "2026-11-20T23:03:11.000000+09:00"


def test_the_main_reason_comes_first_and_the_others_ascend(house: House) -> None:
    for pk in (30, 20, 40):
        Reason.objects.create(
            id=pk, organization=house.organization, name=f"Reason {pk}", is_enabled=False
        )
    log = make_call_log(house.organization, id=4717, contacted_at=RANG)
    for position, reason_id in enumerate((30, 40, 9, 20, 2)):
        CallLogReason.objects.create(
            organization=house.organization, call_log=log, reason_id=reason_id, position=position
        )
    assert told(house, 4717)["LogReasons"] == [30, 2, 9, 20, 40]
    listed = json.loads(house.get("/api/calllogs?reason=30").content)["Elements"]
    assert [one["LogReasons"] for one in listed] == [[30, 2, 9, 20, 40]]


def test_a_later_name_of_the_resident_does_not_touch_the_call(house: House) -> None:
    Resident.objects.filter(pk=77).update(last_name="Other")
    assert told(house, 4712)["CallFrom"] == "Ana Ruiz"
    new = {"UnitId": 340, "ResidentId": 77, "CallFrom": "typed"}
    assert json.loads(house.post(new).content)["CallFrom"] == "Ana Other"
    new = {"PropertyId": 12, "ResidentId": 79, "CallFrom": "typed"}
    assert json.loads(house.post(new).content)["CallFrom"] == "typed"


def withdraw(pk: int) -> None:
    """Withdraw a call."""
    gone = {"withdrawn_at": timezone.now(), "withdrawn_reason": "Wrong number"}
    CallLog.objects.filter(pk=pk).update(**gone)


def test_a_row_that_goes_away_during_the_request_is_absent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(module: Any, look: str, happens: Callable[[], object]) -> None:
        """Let something happen after the row was looked for, and found."""
        real = getattr(module, look)
        monkeypatch.setattr(module, look, lambda *said: (real(*said), happens())[0])

    meanwhile(logs, "require_log", partial(withdraw, 4711))
    assert code_of(house.get("/api/calllogs/4711")) == 106
    meanwhile(writes, "require_log", partial(withdraw, 4712))
    assert code_of(house.put({"Notes": "x"}, log=4712)) == 106
    meanwhile(places, "require_linked", Unit.objects.filter(pk=341).delete)
    assert code_of(house.get("/api/units/341")) == 106
