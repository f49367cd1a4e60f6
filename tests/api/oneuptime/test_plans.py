"""Policies, rules and logs through the API (wire/oneuptime.md 2.3 to 2.5, 11 and 12)."""

import re
from typing import Any

from callcenter.escalations.models import EscalationItem, Policy, Rule

from .house import (
    ABSENT,
    ANA,
    FIRST,
    FOREIGN_POLICY,
    FOREIGN_RULE,
    FOREIGN_USER,
    ITEMS,
    JOE,
    LOG,
    LOGS,
    POLICIES,
    POLICY,
    RULES,
    SCHEDULE,
    SECOND,
    House,
)


def orders(house: House) -> list[str]:
    """The rules of the policy by their order, which must have no gap."""
    asked = {"query": {"incomingCallPolicyId": str(POLICY)}, "sort": {"order": 1}}
    rows = house.list({**asked, "select": {"order": True}}, path=RULES)[1]["data"]
    assert [row["order"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["_id"] for row in rows]


def rule(house: House, **data: Any) -> Any:
    sent = {"incomingCallPolicyId": str(POLICY)} | data
    return house.said("POST", RULES, {"data": sent})


def test_a_policy_from_beginning_to_end(house: House) -> None:
    data = {"name": "Week ends", "labels": [{"_id": "x"}], "projectCallSMSConfigId": str(ABSENT)}
    data |= {"slug": "mine", "routingPhoneNumber": "x", "createdByUserId": str(JOE)}
    status, said = house.said("POST", POLICIES, {"data": data})
    assert status == 200
    assert re.fullmatch(r"week-ends-[0-9]{10}", said["slug"])
    assert "labels" not in said
    assert said["projectCallSMSConfigId"] is None
    assert said["createdByUserId"] == str(JOE)
    assert said["greetingMessage"] == "Please wait while we connect you to the on-call engineer."
    assert (said["isEnabled"], said["repeatPolicyIfNoOneAnswersTimes"]) == (True, 1)
    path = f"{POLICIES}/{said['_id']}"
    change: dict[str, Any] = {"name": "Nights 2", "isEnabled": "off"}
    change |= {"labels": [], "description": None}
    assert house.said("PUT", path, {"data": change}) == (200, {})
    names = ("name", "isEnabled", "labels", "version", "slug")
    wanted: dict[str, Any] = dict.fromkeys(names, True)
    wanted["createdByUser"] = {"name": True}
    row = house.said("GET", f"{path}/get-item", {"select": wanted})[1]
    assert (row["name"], row["isEnabled"], row["labels"], row["version"]) == (
        "Nights 2",
        False,
        [],
        2,
    )
    assert row["slug"] == said["slug"]
    assert row["createdByUser"] == {"_id": str(JOE), "name": "Joe Tran"}
    assert house.said("DELETE", path) == (200, {})
    assert house.said("GET", f"{path}/get-item") == (200, {})


def test_policies_that_are_refused(house: House) -> None:
    path = f"{POLICIES}/{POLICY}"
    no_user = "This request references User that does not exist. Please check the request and"
    no_user += " try again."
    for data, text in (
        ({}, "name is required"),
        ({"name": "x" * 101}, "name length cannot be more than 100 characters"),
        ({"name": "x", "createdByUserId": str(FOREIGN_USER)}, no_user),
    ):  # fmt: skip
        assert house.said("POST", POLICIES, {"data": data}) == (400, {"error": text})
    for name in ("slug", "routingPhoneNumber", "createdByUserId", "deletedByUserId", "deletedAt"):
        text = f"User is not allowed to update on {name} column of Incoming Call Policy"
        assert house.said("PUT", path, {"data": {name: "x"}}) == (400, {"error": text})
    assert house.said("PUT", path, {"data": {"greetingMessage": None}})[0] == 400
    assert house.list({"select": {"deletedByUserId": True}}, path=POLICIES)[0] == 400
    said = house.said("PUT", f"{POLICIES}/{FOREIGN_POLICY}", {"data": {"name": "x"}})
    assert said[0] == 422
    assert said[1]["error"].startswith("Unable to update this incoming call policy.")
    assert Policy.objects.get(pk=FOREIGN_POLICY).name == "Canary"


def test_deleting_a_policy_takes_its_rows_along(house: House) -> None:
    assert house.said("GET", f"{POLICIES}/{POLICY}/delete-item") == (200, {})
    for path in (POLICIES, RULES, LOGS, ITEMS):
        assert house.said("POST", f"{path}/count", {}) == (200, {"count": 0})
    assert EscalationItem.objects.filter(withdrawn_at=None).count() == 1  # of the other project


def test_rules_keep_their_places(house: House) -> None:
    said = rule(house, userId=str(ANA), order=1)[1]
    assert orders(house) == [said["_id"], str(FIRST), str(SECOND)]
    assert (said["order"], said["escalateAfterSeconds"]) == (1, 30)
    last = rule(house, onCallDutyPolicySchedule={"_id": str(SCHEDULE)}, name="Rota")[1]
    assert (last["order"], last["onCallDutyPolicyScheduleId"]) == (4, str(SCHEDULE))
    path = f"{RULES}/{last['_id']}"
    assert house.said("PUT", path, {"data": {"order": 2}}) == (200, {})
    assert orders(house) == [said["_id"], last["_id"], str(FIRST), str(SECOND)]
    assert house.said("PUT", path, {"data": {"user": {"_id": str(JOE)}}}) == (200, {})
    wanted = {"userId": True, "onCallDutyPolicyScheduleId": True}
    row = house.said("GET", f"{path}/get-item", {"select": wanted})[1]
    assert (row["userId"], row["onCallDutyPolicyScheduleId"]) == (str(JOE), None)
    assert house.said("DELETE", f"{RULES}/{FIRST}") == (200, {})
    assert orders(house) == [said["_id"], last["_id"], str(SECOND)]


NEITHER = "Either a User or an On-Call Schedule must be specified for the escalation rule"
BOTH = "Only one of User or On-Call Schedule can be specified, not both"


def test_rules_that_are_refused(house: House) -> None:
    assert rule(house) == (400, {"error": NEITHER})
    both = {"userId": str(JOE), "onCallDutyPolicyScheduleId": str(SCHEDULE)}
    assert rule(house, **both) == (400, {"error": BOTH})
    path = f"{RULES}/{FIRST}"
    assert house.said("PUT", path, {"data": both}) == (400, {"error": BOTH})
    assert house.said("PUT", path, {"data": {"userId": None}}) == (400, {"error": NEITHER})
    assert house.said("PUT", path, {"data": {"order": None}}) == (
        400,
        {"error": "order cannot be null"},
    )
    for data, title in (
        ({"incomingCallPolicyId": str(FOREIGN_POLICY), "userId": str(JOE)}, "Incoming Call Policy"),
        ({"userId": str(FOREIGN_USER)}, "User"),
        ({"onCallDutyPolicyScheduleId": str(ABSENT)}, "On-Call Schedule"),
    ):
        text = f"This request references {title} that does not exist. Please check the request and"
        assert rule(house, **data) == (400, {"error": f"{text} try again."})
    absent = "IncomingCallPolicyEscalationRule with this id not found"
    for pk in (ABSENT, FOREIGN_RULE):
        assert house.said("DELETE", f"{RULES}/{pk}") == (400, {"error": absent})
    kept = Rule.objects.get(pk=FOREIGN_RULE)
    assert (kept.order, kept.withdrawn_at) == (1, None)
    assert orders(house) == [str(FIRST), str(SECOND)]


def test_a_log_is_told_whole(house: House) -> None:
    wanted = {"callerPhoneNumber": True, "callDurationInSeconds": True, "repeatCount": True}
    wanted |= {"currentEscalationRuleOrder": True, "answeredByUser": True, "endedAt": True}
    said = house.said("GET", f"{LOGS}/{LOG}/get-item", {"select": wanted}, "deployed")[1]
    assert said == {
        "_id": str(LOG),
        "callerPhoneNumber": {"_type": "Phone", "value": "+15550111111"},
        "callDurationInSeconds": None,
        "endedAt": None,
        "answeredByUser": None,
        "currentEscalationRuleOrder": 1,
        "repeatCount": 0,
    }
