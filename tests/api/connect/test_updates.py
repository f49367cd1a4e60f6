"""PUT: three members count, all others are ignored, and what was GOT can be put back (B-08)."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db.models.functions import Now

from callcenter.calls.models import CallLog, Status

from .house import House, code_of, row_texts, state_of

FORM = "application/x-www-form-urlencoded"


def as_pairs(log: dict[str, Any]) -> list[tuple[str, str]]:
    """A log as the libraries of Python make a form of it: null left out, one pair for each part."""
    pairs = []
    for name, value in log.items():
        for part in value if isinstance(value, list) else [value]:
            parts = part if isinstance(part, dict) else [part]
            pairs += [(name, str(one)) for one in parts if one is not None]
    return pairs


def as_brackets(log: dict[str, Any]) -> list[tuple[str, str]]:
    """A log as jQuery and PHP make a form of it: paths in brackets, null as nothing."""
    pairs = []
    for name, value in log.items():
        if not isinstance(value, list):
            pairs.append((name, "" if value is None else str(value)))
            continue
        for index, part in enumerate(value):
            if isinstance(part, dict):
                pairs += [(f"{name}[{index}][{key}]", said) for key, said in part.items()]
            else:
                pairs.append((f"{name}[{index}]", str(part)))
    return pairs


@pytest.mark.parametrize("kind", ["application/json", "text/json", "pairs", "brackets"])
def test_what_is_got_is_put_back_without_a_trace(house: House, kind: str) -> None:
    for log in (4711, 4712, 4713, 4714):
        got = house.get(f"/api/calllogs/{log}")
        sent: Any = got.content
        if kind == "pairs":
            sent = urlencode(as_pairs(json.loads(got.content)))
        elif kind == "brackets":
            sent = urlencode(as_brackets(json.loads(got.content)))
        before = state_of(log)
        answer = house.put(sent, log=log, content_type=kind if "/" in kind else FORM)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["ETag"] == got.headers["ETag"]
        assert state_of(log) == before


def test_a_log_of_a_list_is_put_back_without_a_trace(house: House) -> None:
    for log in json.loads(house.get("/api/units/340/calllogs").content)["Elements"]:
        before = state_of(log["LogId"])
        assert house.put(log, log=log["LogId"]).status_code == 200
        assert state_of(log["LogId"]) == before


def test_the_sample_of_the_documents_is_taken_with_the_ids_of_ours(house: House) -> None:
    comment = {"Comment": "sample string 1", "Date": "sample string 2"}
    comment |= {"User": "sample string 3", "Status": "sample string 4"}
    sample: dict[str, Any] = {"LogId": 4711, "PropertyId": 1, "UnitId": 1, "ResidentId": 1}
    sample |= {"CallFrom": "sample string 2", "ModuleStatusId": 3, "Subject": "sample string 4"}
    sample |= {"Notes": "sample string 5", "LogReasons": [1, 2], "Takenby": "sample string 6"}
    sample |= {"OldComments": [comment, comment], "NewComments": "sample string 7"}
    sample |= {"CreatedOn": "2025-12-24T05:23:07.6949493-05:00"}
    before = json.loads(house.get("/api/calllogs/4711").content)
    assert house.put(sample).status_code == 200
    after = json.loads(house.get("/api/calllogs/4711").content)
    assert after["Notes"] == "sample string 5"
    assert after["OldComments"][-1]["Comment"] == "sample string 7"
    same = set(after) - {"Notes", "OldComments"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["OldComments"][:-1] == before["OldComments"]


READ_ONLY: dict[str, list[Any]] = {
    "PropertyId": [13, 90, 999_999, None, "x", [13]],
    "UnitId": [341, 990, None, {}],
    "ResidentId": [77, 997, "77"],
    "CallFrom": ["Somebody", "", None, 5],
    "Subject": ["Else", "", None],
    "LogReasons": [[2], [], None, "x", [92]],
    "Takenby": ["Somebody", None],
    "OldComments": [[], None, [{"Comment": "forged"}], "x"],
    "CreatedOn": ["2001-01-01T00:00:00Z", None, 5],
    "id": [4712],
    "_id": [4712],
    "pk": [4712],
    "owner": ["stranger"],
    "organization": [2],
    "organization_id": [2],
    "created_at": ["2001-01-01T00:00:00Z"],
    "updated_at": ["2001-01-01T00:00:00Z"],
    "deletedAt": ["2001-01-01T00:00:00Z"],
    "withdrawn_at": ["2001-01-01T00:00:00Z"],
    "version": [99],
    "is_staff": [True],
    "role": ["owner"],
    "taken_by": [1],
    "status_id": [5],
    "status": [5],
}


def test_b08_other_members_have_no_effect(house: House) -> None:
    before = state_of()
    for name, values in READ_ONLY.items():
        for value in values:
            answer = house.put({"LogId": 4711, "NewComments": None, name: value})
            assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"'), (name, value)
    form = urlencode({"NewComments": ""} | dict.fromkeys(READ_ONLY, "13"))
    assert house.put(form, content_type=FORM).status_code == 200
    assert state_of() == before


def test_b08_other_members_have_no_effect_beside_a_change(house: House) -> None:
    others = {name: values[0] for name, values in READ_ONLY.items()}
    assert house.put(others | {"NewComments": "Rung"}).status_code == 200
    log = json.loads(house.get("/api/calllogs/4711").content)
    assert (log["PropertyId"], log["Subject"]) == (12, "Water under the sink")
    assert (log["CallFrom"], log["LogReasons"], log["Takenby"]) == ("Ana Ruiz", [9, 2], "Kim Osei")
    assert log["ModuleStatusId"] == 3
    assert row_texts()[-1] == (4, "comment", "Rung")


def test_log_id_is_the_paths_or_nothing(house: House) -> None:
    for said in (4711, "4711", "", None, "0004711"):
        assert house.put({"LogId": said, "Notes": None}).status_code == 200, said
    before = state_of()
    said_of: list[tuple[Any, int]] = [(4712, 112), ("4712", 112), (0, 112), (-1, 112)]
    for said, code in [*said_of, ("x", 114), ("-1", 114)]:
        assert code_of(house.put({"LogId": said, "NewComments": "x"})) == code, said
    assert state_of() == before


def test_null_leaves_a_thing_and_an_empty_text_clears_the_notes(house: House) -> None:
    before = state_of()
    nothing = {"ModuleStatusId": None, "Notes": None, "NewComments": None}
    for body in ({name: None} for name in nothing):
        assert house.put(body).status_code == 200
    assert house.put({"NewComments": " \n\t "}).status_code == 200
    assert state_of() == before
    assert house.put({"Notes": ""}).headers["ETag"] == '"2"'
    log = json.loads(house.get("/api/calllogs/4711").content)
    assert (log["Notes"], len(log["OldComments"])) == ("", 2)  # a change of notes tells nothing


def test_comment_and_move_share_a_row_and_a_move_alone_leaves_one(house: House) -> None:
    house.put({"ModuleStatusId": 5, "NewComments": "Done"})
    house.put({"ModuleStatusId": 3, "NewComments": "Not yet"})
    house.put({"ModuleStatusId": "5"})
    log = json.loads(house.get("/api/calllogs/4711").content)
    told = [(row["Comment"], row["Status"], row["User"]) for row in log["OldComments"][2:]]
    assert told == [
        ("Done", "Resolved", "Kim Osei"),
        ("Not yet", "In Progress", "Kim Osei"),
        ("", "Resolved", "Kim Osei"),
    ]


def test_b45_a_stale_version_writes_nothing_and_without_one_the_last_wins(house: House) -> None:
    assert house.put({"Notes": "one"}, if_match='"1"').headers["ETag"] == '"2"'
    before = state_of()
    for tag in ('"1"', '"3"', 'W/"2"', '"x"', '""', '"1", "3"', '"99999999999999999999"'):
        body = {"Notes": "two", "ModuleStatusId": 5, "NewComments": "x"}
        assert code_of(house.put(body, if_match=tag)) == 1007, tag
    assert state_of() == before
    for tag in ("*", '"1", "3"', '"4"'):
        assert house.put({"Notes": f"by {tag}"}, if_match=tag).status_code == 200, tag
    assert house.put({"Notes": "last"}).status_code == 200


def test_names_are_read_in_any_case(house: House) -> None:
    body = {"logid": 4711, "MODULESTATUSID": 5, "newComments": "Done", "notes": "n"}
    assert house.put(body).status_code == 200
    log = json.loads(house.get("/API/CallLogs/4711/").content)
    assert (log["ModuleStatusId"], log["Notes"]) == (5, "n")


def test_without_a_type_a_body_is_json(house: House) -> None:
    assert house.put({"Notes": "n"}, content_type="").status_code == 200


def test_a_duplicate_that_is_opened_leaves_its_head(house: House) -> None:
    Status.objects.filter(pk=8).update(needs_head_call=True)
    duplicate = {"folded_into": 4711, "status": 8, "status_kind": "closed", "closed_at": Now()}
    CallLog.objects.filter(pk=4712).update(**duplicate)
    moved = {"ModuleStatusId": 3, "NewComments": "Not the same leak"}
    assert house.put(moved, log=4712).status_code == 200
    assert CallLog.objects.get(pk=4712).folded_into_id is None
    assert row_texts(4712)[-2][1:] == ("fold", "Taken out of #4711: It goes to In Progress.")
    assert row_texts(4711)[-1][1:] == ("fold", "#4712 taken out of this call: Not the same leak")
    CallLog.objects.filter(pk=4712).update(**duplicate | {"folded_into": 4713})
    before = state_of(4712), state_of(4713)
    refused = house.put(moved, who="narrowed", log=4712)  # does not see 4713
    assert (refused.status_code, code_of(refused)) == (409, 112)
    assert (state_of(4712), state_of(4713)) == before
