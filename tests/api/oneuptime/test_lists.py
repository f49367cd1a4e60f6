"""get-list, get-item and count: parts, orders, forms, and whose rows (wire/oneuptime.md 1, 7)."""

import json
from typing import Any

import pytest

from .house import (
    ABSENT,
    AWAY,
    FOREIGN_ITEM,
    ITEMS,
    JOE,
    LOG,
    LOGS,
    LOST,
    POLICIES,
    PROJECT,
    RANG,
    RULES,
    TOOK,
    House,
)

ALL = [str(pk) for pk in (LOST, AWAY, TOOK, RANG)]  # newest first


def test_a_list_has_its_envelope_in_both_forms(house: House) -> None:
    asked = {
        "select": {"status": True, "incomingCallLogId": True},
        "query": {"status": "Connected"},
    }
    answer = house.ask("owner", "POST", f"{ITEMS}/get-list?skip=0&limit=10", asked)
    row = f'{{"_id":"{TOOK}","incomingCallLogId":"{LOG}","status":"Connected"}}'
    assert answer.content.decode() == f'{{"count":1,"limit":10,"skip":0,"data":[{row}]}}'
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    typed = house.ask("deployed", "POST", f"{ITEMS}/get-list", asked)
    said = f'{{"_type":"ObjectID","value":"{LOG}"}}'
    row = f'{{"_id":"{TOOK}","incomingCallLogId":{said},"status":"Connected"}}'
    assert typed.content.decode() == f'{{"data":[{row}],"count":1,"skip":0,"limit":10}}'


def test_every_spelling_of_an_address_is_one(house: House) -> None:
    for path in (f"{ITEMS}/get-list/", f"{ITEMS.upper()}/GET-List", f"{ITEMS}/get-list"):
        for method in ("POST", "GET"):
            status, said = house.said(method, path, {"select": {"status": True}})
            assert (status, [row["_id"] for row in said["data"]]) == (200, ALL)


def test_whose_rows_are_seen(house: House) -> None:
    mine = {str(RANG), str(TOOK)}
    for who in ("owner", "deployed", "admin", "item", "all"):
        assert house.ids(who=who) == {*ALL}
    for who in ("member", "writing member", "narrowed"):
        assert house.ids(who=who) == mine
        assert house.ids(who=who, path=LOGS) == {str(LOG)} if who != "item" else True
        assert len(house.ids(who=who, path=POLICIES)) == 1
        assert len(house.ids(who=who, path=RULES)) == 2
        for pk in (AWAY, LOST, FOREIGN_ITEM, ABSENT):
            assert house.said("POST", f"{ITEMS}/{pk}/get-item", {}, who) == (200, {})
    assert house.ids(who="stranger") == {str(FOREIGN_ITEM)}
    for pk in (FOREIGN_ITEM, ABSENT):
        assert house.said("POST", f"{ITEMS}/{pk}/get-item", {}) == (200, {})


LIMITS = [  # asked, documented: rows and limit; deployed: limit
    ("limit=2", 2, 2),
    ("limit=0", 10, 0),
    ("limit=abc", 10, None),
    ("limit=", 10, 10),
    ("limit=1.5", 1, 1),
    ("limit=100", 100, 100),
    ("limit=101", 100, 101),
    ("limit=10000", 100, 10_000),
]


@pytest.mark.parametrize(("asked", "documented", "deployed"), LIMITS)
def test_limits(asked: str, documented: int, deployed: int | None, house: House) -> None:
    path = f"{ITEMS}/get-list?{asked}"
    assert house.said("GET", path)[1]["limit"] == documented
    assert house.said("GET", path, None, "deployed")[1]["limit"] == deployed
    assert len(house.said("GET", path)[1]["data"]) == min(4, documented)


def test_limit_and_skip_of_the_body(house: House) -> None:
    asked = {"limit": 1, "skip": "2"}
    assert house.list(asked)[1]["data"] == [{"_id": ALL[2]}]
    typed = house.list(asked, "deployed")[1]
    assert (typed["data"], typed["limit"], typed["skip"]) == ([{"_id": ALL[2]}], 10, 0)
    beyond = house.said("POST", f"{ITEMS}/get-list?skip=99999999999999999999", {})
    assert beyond[1]["data"] == []
    assert beyond[1]["count"] == 4
    for path in ("limit=-1", "skip=-1"):
        said = house.said("GET", f"{ITEMS}/get-list?{path}")
        assert said == (400, {"error": "positiveNumber cannot be less than 0"})
    for who in ("owner", "deployed"):
        said = house.said("GET", f"{ITEMS}/get-list?limit=10001", None, who)
        assert said == (400, {"error": "Limit should be less than 10000"})


ORDERS: list[tuple[dict[str, Any], list[Any]]] = [
    ({}, [LOST, AWAY, TOOK, RANG]),
    ({"createdAt": "ASC"}, [RANG, TOOK, AWAY, LOST]),
    ({"createdAt": -1}, [LOST, AWAY, TOOK, RANG]),
    ({"createdAt": "whatever"}, [RANG, TOOK, AWAY, LOST]),
    ({"dialDurationInSeconds": 1}, [TOOK, RANG, AWAY, LOST]),
    ({"dialDurationInSeconds": "desc"}, [LOST, AWAY, RANG, TOOK]),
    ({"status": 1, "createdAt": "DESC"}, [TOOK, LOST, AWAY, RANG]),
    ({"status": "DESC"}, [LOST, AWAY, RANG, TOOK]),
    ({"userId": "ASC"}, [RANG, AWAY, TOOK, LOST]),
    ({"incomingCallPolicyEscalationRuleId": "ASC"}, [RANG, TOOK, AWAY, LOST]),
    ({"projectId": "ASC"}, [RANG, TOOK, AWAY, LOST]),
    ({"_id": "DESC"}, [LOST, AWAY, TOOK, RANG]),
]


@pytest.mark.parametrize(("sort", "expected"), ORDERS)
def test_orders(sort: dict[str, Any], expected: list[Any], house: House) -> None:
    said = house.list({"sort": sort})[1]["data"]
    assert [row["_id"] for row in said] == [str(pk) for pk in expected]


def test_relations_are_objects(house: House) -> None:
    wanted = {
        "user": {"name": True, "email": 1},
        "incomingCallLog": {"status": True, "createdAt": True, "callerPhoneNumber": False},
        "incomingCallPolicyEscalationRule": True,
        "project": {"name": True},
    }
    status, said = house.said("POST", f"{ITEMS}/{RANG}/get-item", {"select": wanted})
    assert status == 200
    assert said["user"] == {"_id": str(JOE), "name": "Joe Tran", "email": "joe@example.com"}
    assert said["incomingCallLog"] == {
        "_id": str(LOG),
        "createdAt": "2026-03-01T10:00:00.250Z",
        "status": "Completed",
    }
    assert said["project"] == {"_id": str(PROJECT), "name": "Northgate"}
    typed = house.said("POST", f"{ITEMS}/{RANG}/get-item", {"select": wanted}, "deployed")[1]
    assert typed["user"]["name"] == {"_type": "Name", "value": "Joe Tran"}
    assert typed["user"]["email"] == {"_type": "Email", "value": "joe@example.com"}
    lost = house.said("POST", f"{ITEMS}/{LOST}/get-item", {"select": wanted})[1]
    assert lost["user"] is None
    assert lost["incomingCallPolicyEscalationRule"] is None


def test_a_withdrawn_rule_and_responder_are_null(house: House) -> None:
    path = f"{RULES}/{house.list({'query': {'order': 1}}, path=RULES)[1]['data'][0]['_id']}"
    assert house.said("DELETE", path) == (200, {})
    wanted = {"incomingCallPolicyEscalationRule": True, "incomingCallPolicyEscalationRuleId": True}
    said = house.said("GET", f"{ITEMS}/{RANG}/get-item", {"select": wanted})[1]
    assert said == {"_id": str(RANG)} | dict.fromkeys(wanted)
    query = {"incomingCallPolicyEscalationRuleId": None}
    assert house.ids(query) == {str(RANG), str(AWAY), str(LOST)}
    left = house.list({"select": {"order": True}}, path=RULES)[1]["data"]
    assert [row["order"] for row in left] == [1]


def test_nested_form_bodies_read_like_json(house: House) -> None:
    kind = "application/x-www-form-urlencoded"
    body = "select[status]=true&select[user][name]=true&limit=1&query[status][_type]=Search"
    body += "&query[status][value]=conn&sort[createdAt]=DESC"
    path = f"{ITEMS}/get-list"
    said = house.said("POST", path, body, content_type=kind)
    row: dict[str, Any] = {"_id": str(TOOK), "user": None, "status": "Connected"}
    row["user"] = {"_id": said[1]["data"][0]["user"]["_id"], "name": "Ana Ruiz"}
    assert said == (200, {"count": 1, "limit": 1, "skip": 0, "data": [row]})
    for members in ("query[status][]=Connected", "query[status][0]=Connected"):
        assert house.said("GET", path, members, content_type=kind)[1]["count"] == 1
    for broken in ("limit=1&limit[x]=2", "a[b]=1&a=2", "a=%ff"):
        assert house.said("POST", path, broken, content_type=kind)[0] == 400


def test_other_bodies_count_as_none(house: House) -> None:
    path = f"{ITEMS}/count"
    body = json.dumps({"query": {"status": "Connected"}})
    assert house.said("POST", path, body) == (200, {"count": 1})
    for kind in ("text/plain", "application/xml", ""):
        assert house.said("POST", path, body, content_type=kind) == (200, {"count": 4})
    assert house.said("POST", path, body, content_encoding="gzip") == (200, {"count": 4})
    assert house.said("POST", path, "[1, 2]") == (200, {"count": 4})


def test_reads_by_get_have_a_tag(house: House) -> None:
    path = f"{ITEMS}/{RANG}/get-item"
    first = house.ask("owner", "GET", path)
    assert first.headers["ETag"].startswith('W/"')
    again = house.ask("owner", "GET", path, if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert house.ask("owner", "GET", path, if_none_match='W/"x"').status_code == 200
    assert "ETag" not in house.ask("owner", "POST", path).headers


def test_csv(house: House) -> None:
    wanted = {"select": {"status": True, "userPhoneNumber": True, "isAnswered": True, "user": True}}
    path = f"{ITEMS}/get-list?output-type=csv&limit=2&skip=1"
    answer = house.ask("owner", "POST", path, wanted)
    lines = answer.content.decode().split("\r\n")
    assert lines[0] == "_id,user,userPhoneNumber,status,isAnswered"
    assert lines[2].startswith(f'{TOOK},"{{""_id"":""')
    assert lines[2].endswith(",Connected,true")
    assert ",+15550122222," in lines[2]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    typed = house.ask("deployed", "POST", path, {"select": {"userPhoneNumber": True}})
    assert '"{""_type"":""Phone"",""value"":""+15550122222""}"' in typed.content.decode()
    one = house.ask("owner", "GET", f"{ITEMS}/{ABSENT}/get-item?output-type=CSV")
    assert one.content.decode() == "_id\r\n"
