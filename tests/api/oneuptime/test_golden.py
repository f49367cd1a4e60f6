"""Every route, alias and form of values, byte for byte, in both forms of the wire."""

from pathlib import Path
from typing import Any

import pytest

from tests.api.connect.transcripts import Transcript

from .house import (
    ABSENT,
    FIRST,
    FOREIGN_ITEM,
    ITEMS,
    JOE,
    LOG,
    LOGS,
    LOST,
    POLICIES,
    POLICY,
    RANG,
    RULES,
    TOOK,
    House,
)

FOLDER = Path(__file__).with_name("golden")
# what the database makes: ids of version 7 with the present time, moments, digits of a slug
# (those of the house are known beforehand)
NOW = r"2[0-9]{3}-(?!03-01T10:)[0-9T:.-]+Z"
CHANGING = (
    rf'(?<="_id":")(?!5d0c3c1e)[0-9a-f-]{{36}}(?=","createdAt":)|(?<=edAt":"){NOW}'
    rf'|(?<=edAt":\{{"_type":"DateTime","value":"){NOW}|(?<=-)[0-9]{{10}}(?=")'
)
ALL = {
    ITEMS: "user incomingCallLog incomingCallPolicyEscalationRule project userPhoneNumber userId"
    " status statusMessage dialDurationInSeconds callCostInUSDCents startedAt endedAt isAnswered"
    " createdAt version deletedAt projectId incomingCallLogId",
    LOGS: "project projectId incomingCallPolicy incomingCallPolicyId callerPhoneNumber"
    " routingPhoneNumber callProviderCallId status statusMessage callDurationInSeconds"
    " callCostInUSDCents startedAt endedAt answeredByUser answeredByUserId repeatCount",
    POLICIES: "project name description slug routingPhoneNumber greetingMessage isEnabled labels"
    " projectCallSMSConfig projectCallSMSConfigId createdByUser createdByUserId"
    " repeatPolicyIfNoOneAnswers repeatPolicyIfNoOneAnswersTimes phoneNumberPurchasedAt",
    RULES: "incomingCallPolicy incomingCallPolicyId name order escalateAfterSeconds user userId"
    " onCallDutyPolicySchedule onCallDutyPolicyScheduleId createdByUserId",
}
ROW = {ITEMS: RANG, LOGS: LOG, POLICIES: POLICY, RULES: FIRST}
TYPED_MOMENT = {"_type": "DateTime", "value": "2026-03-01T10:00:00.250Z"}
QUERIES: list[Any] = [
    {"status": "NoAnswer"},
    {"status": ["Connected", "x"]},
    {"statusMessage": None},
    {"userId": str(JOE)},
    *(
        {"dialDurationInSeconds": {"_type": kind, "value": 12}}
        for kind in (
            *("EqualTo", "NotEqual", "EqualToOrNull", "GreaterThan", "GreaterThanOrEqual"),
            *("LessThan", "LessThanOrEqual", "GreaterThanOrNull", "LessThanOrNull", "IsNull"),
            *("NotNull", "Search", "StartsWith", "EndsWith", "NotContains", "Unheard"),
        )
    ),
    *(
        {"status": {"_type": kind, "value": ["Connected"]}}
        for kind in ("Includes", "IncludesAll", "IncludesNone")
    ),
    {"createdAt": {"_type": "InBetween", "startValue": "2026-03-01T10:01Z", "endValue": "2026-04"}},
    {"x": {"_type": "MultiSearch", "value": "BUSY", "fields": ["status", "statusMessage"]}},
    {"user": {"name": {"_type": "Search", "value": "an"}}},
    {"userPhoneNumber": {"_type": "Phone", "value": "+15550122222"}},
    *(
        {"status": {"_type": kind, "value": []}}
        for kind in ("Includes", "IncludesAll", "IncludesNone")
    ),
    {"status": []},
    {"status": {"$eq": 1}},
    {"status": {"_type": "InBetween", "value": ["A", "Z"]}},
    {"x": {"_type": "MultiSearch", "value": "", "fields": ["status"]}},
    {"startedAt": {"_type": "GreaterThan", "value": TYPED_MOMENT}},
    {"startedAt": TYPED_MOMENT},
    {"startedAt": ""},
    {"projectId": str(ABSENT)},
    *(
        {"user": who}
        for who in (
            str(JOE),
            {"_type": "ObjectID", "value": str(JOE)},
            {"_id": str(JOE)},
            {"name": "Joe Tran"},
            {"name": None},
        )
    ),
    {"_id": [str(RANG), {"_type": "ObjectID", "value": str(TOOK)}]},
    {"userId": {"_type": "Includes", "value": [{"_type": "ObjectID", "value": str(JOE)}]}},
    {"isAnswered": "yes", "status": "Connected"},
]
FORMS = ("owner", "deployed")


def transcript(name: str, who: str, house: House) -> Transcript:
    form = "documented" if who == "owner" else who
    return Transcript(f"{name}_{form}", house, folder=FOLDER, changing=CHANGING)


@pytest.mark.parametrize("who", FORMS)
def test_everything_that_reads(who: str, house: House) -> None:
    told = transcript("reading", who, house)
    for path, names in ALL.items():
        select: dict[str, Any] = dict.fromkeys(names.split(), True)
        if path == ITEMS:
            select |= {"user": {"name": True, "email": True}, "incomingCallLog": {"status": True}}
        for method in ("POST", "GET"):
            told.ask("all", method, f"{path}/get-list?limit=2", {"select": select}, who)
            told.ask("one", method, f"{path}/{ROW[path]}/get-item", {"select": select}, who)
            told.ask("absent", method, f"{path}/{ABSENT}/get-item", None, who)
        told.ask("count", "POST", f"{path}/count/", {"query": {"_id": str(ROW[path])}}, who)
        told.ask("csv", "GET", f"{path}/get-list?output-type=csv", {"select": select}, who)
    told.ask("foreign", "GET", f"{ITEMS}/{FOREIGN_ITEM}/get-item", None, who)
    for query in QUERIES:
        told.ask("operator", "POST", f"{ITEMS}/get-list", {"query": query}, who)
    for asked in ("", "?limit=0&skip=1", "?limit=abc&skip=x", "?limit=101", "?limit=-1",
                  "?limit=10001"):  # fmt: skip
        told.ask("part", "GET", f"{ITEMS}/get-list{asked}", None, who)
    told.check()


@pytest.mark.parametrize("who", FORMS)
def test_everything_that_writes(who: str, house: House) -> None:
    told = transcript("writing", who, house)
    typed = {"_type": "ObjectID", "value": str(LOG)}
    new = {
        ITEMS: {"incomingCallLogId": typed, "status": "Ringing", "user": {"_id": str(JOE)}},
        POLICIES: {"name": "Weekends", "labels": [{"_id": "x"}]},
        RULES: {"incomingCallPolicyId": str(POLICY), "userId": str(JOE), "order": "1"},
    }
    change = {ITEMS: {"status": "Busy"}, POLICIES: {"isEnabled": False}, RULES: {"order": 2}}
    for path, data in new.items():
        told.ask("create", "POST", path, {"data": data}, who)
        told.ask("create nothing", "POST", path, None, who)
        one, body = f"{path}/{ROW[path]}", {"data": change[path]}
        for method, below in (("PUT", ""), ("POST", "/update-item"), ("GET", "/update-item")):
            told.ask("update", method, one + below, body, who)
        told.ask("update nothing", "PUT", one, {"data": {}}, who)
        told.ask("update an absent row", "PUT", f"{path}/{ABSENT}", body, who)
        for method, below in (("DELETE", ""), ("POST", "/delete-item"), ("GET", "/delete-item")):
            told.ask("delete", method, one + below, None, who)
    for path in (LOGS, f"{LOGS}/{LOG}"):
        told.ask("a log", "POST" if path == LOGS else "PUT", path, {"data": {}}, who)
    for pk in (TOOK, LOST):
        told.ask("with its policy", "GET", f"{ITEMS}/{pk}/get-item", None, who)
    told.check()
