"""Every row of wire/oneuptime.md 6 and every spelling of an address, byte for byte, both forms."""

import re
import uuid
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from callcenter.accounts.models import ApiCredential, ApiUse, IdempotencyRecord, Wire
from tests.api.connect.faults import as_tables_owner, database_away, locked_row, owners, pool_full
from tests.api.connect.test_twins import quick_locks
from tests.api.connect.transcripts import Transcript

from .house import (
    ABSENT,
    FIRST,
    FOREIGN_ITEM,
    FOREIGN_LOG,
    FOREIGN_POLICY,
    FOREIGN_RULE,
    FOREIGN_USER,
    GONE,
    ITEMS,
    JOE,
    LOG,
    LOGS,
    POLICIES,
    POLICY,
    RANG,
    RULES,
    SCHEDULE,
    House,
)
from .test_golden import FORMS, ROW, transcript
from .test_refusals import BODIES, TITLES

NEW: dict[str, Any] = {"incomingCallLogId": str(LOG), "status": "Example status"}
RULE: dict[str, Any] = {"incomingCallPolicyId": str(POLICY)}
BOTH: dict[str, Any] = {"userId": str(JOE), "onCallDutyPolicyScheduleId": str(SCHEDULE)}
FORM = "application/x-www-form-urlencoded"


def verbs(path: str, pk: uuid.UUID) -> list[tuple[str, str]]:
    """Each operation of a resource once, by method and address."""
    return [
        *(("GET", f"{path}/get-list"), ("POST", f"{path}/count"), ("GET", f"{path}/{pk}/get-item")),
        *(("POST", path), ("PUT", f"{path}/{pk}"), ("DELETE", f"{path}/{pk}")),
    ]


def aliases(path: str, pk: uuid.UUID) -> list[tuple[str, str, Any]]:
    """Each other way to say the same, by method, address and body."""
    some, data = {"select": {"createdAt": False}}, {"data": {"status": "x"}}
    return [
        *((method, f"{path}/get-list", some) for method in ("POST", "GET")),
        *((method, f"{path}/{pk}/get-item", some) for method in ("POST", "GET")),
        ("POST", f"{path}/count", None),
        ("POST", path, None),
        *((method, f"{path}/{ABSENT}", data) for method in ("PUT", "DELETE")),
        *((method, f"{path}/{ABSENT}/update-item", data) for method in ("POST", "GET")),
        *((method, f"{path}/{ABSENT}/delete-item", None) for method in ("POST", "GET")),
    ]


def mixed(path: str) -> str:
    """Every other letter large."""
    return re.sub(r"([a-z])([a-z]?)", lambda two: two[1].upper() + two[2], path)


@pytest.mark.parametrize("who", FORMS)
def test_every_spelling_of_every_route(who: str, house: House) -> None:
    told = transcript("aliases", who, house)
    for path, pk in ROW.items():
        for method, where, body in aliases(path, pk):
            for spelled in (f"{where}/", mixed(where), where.upper() + "/"):
                told.ask("alias", method, spelled, body, who)
        told.ask("csv", "GET", f"{path}/{pk}/get-item?Output-Type=CSV", None, who)
    for name in ("apikey", "APIKEY", "aPiKeY"):
        key = {name: f" {house.keys[who].upper()} "}
        answer = house.ask(None, "GET", f"{ITEMS}/get-list", **key)
        assert answer.content == house.ask(who, "GET", f"{ITEMS}/get-list").content
    for body in ("select[status]=true&limit=1", "query[status]=NoAnswer&skip=1"):
        told.ask("a form", "POST", f"{ITEMS}/get-list", body, who, content_type=FORM)
    told.ask("no body at all", "POST", f"{ITEMS}/get-list", "{", who, content_type="text/plain")
    told.ask("an array", "POST", f"{ITEMS}/get-list", "[1]", who)
    told.ask("options", "OPTIONS", f"{ITEMS}/get-list", None, who)
    tag = house.ask(who, "GET", f"{ITEMS}/get-list").headers["ETag"]
    told.ask("known", "GET", f"{ITEMS}/get-list", None, who, if_none_match=tag)
    told.check()


@pytest.mark.parametrize("who", FORMS)
def test_every_refusal_of_a_key(who: str, house: House, settings: Settings) -> None:
    told = transcript("refused_keys", who, house)
    bearer = {"authorization": "Bearer x"}
    for path, pk in ROW.items():
        for method, where in verbs(path, pk):
            told.ask("no key", method, where, None, None)
            told.ask("many projects", method, where, None, who, is_multi_tenant_query="true")
        told.ask("bearer", "GET", f"{path}/get-list", None, None, **bearer)
        for key in ("", "x", str(ABSENT), f"{ABSENT}0"):
            told.ask("a key that is none", "GET", f"{path}/get-list", None, None, apikey=key)
        for whose in ("expired", "revoked"):
            told.ask(whose, "GET", f"{path}/get-list", None, whose)
        for method, where in (("PATCH", f"{path}/{pk}"), ("GET", f"{path}/count"), ("GET", path)):
            told.ask("no address", method, where, None, who)
        for method, where in (("PUT", f"{path}/count"), ("POST", f"{path}/nope/get-item")):
            told.ask("no id", method, where, {"data": {}}, "owner" if path == LOGS else who)
    settings.ONEUPTIME_GET_WRITES = False
    for form in ("update-item", "delete-item"):
        told.ask("GET does not write", "GET", f"{ITEMS}/{RANG}/{form}", None, who)
    told.check()


@pytest.mark.parametrize("who", FORMS)
def test_every_refusal_of_a_right(who: str, house: House) -> None:
    told = transcript("refused_rights", who, house)
    if who == "deployed":
        ApiCredential.objects.update(wire=Wire.DEPLOYED)
    for path, pk in ROW.items():
        for method, where in verbs(path, pk):
            for one in ("none", "item", "all", "member", "writing member"):
                if house.ask(one, method, where).status_code == 422:
                    told.ask("no right", method, where, None, one)
    told.check()


@pytest.mark.parametrize("who", FORMS)
def test_every_refusal_of_a_body(who: str, house: House) -> None:
    told = transcript("refused_bodies", who, house)
    for body, _ in BODIES:
        told.ask("refused", "POST", f"{ITEMS}/get-list", body, who)
    unknown: list[Any] = [{"select": {"nope": True}}, {"query": {"nope": 1}}, {"sort": {"nope": 1}}]
    unknown += [{"query": {"createdAt": "soon"}}, {"select": {"project": {"slug": True}}}]
    for path in TITLES:
        for body in unknown:
            told.ask("refused", "POST", f"{path}/get-list", body, who)
    for asked in ("limit=-1", "skip=-1", "limit=10001"):
        told.ask("refused", "GET", f"{ITEMS}/get-list?{asked}", None, who)
    told.check()


def bad_creates() -> list[tuple[str, Any]]:
    """Bodies of creates that are refused, by address."""
    wrongs: list[dict[str, Any]] = [
        {"status": "x" * 101},
        {"statusMessage": "x" * 501},
        {"statusMessage": "a\x00"},
        {"userPhoneNumber": "call me"},
        {"userPhoneNumber": {"_type": "Phone", "value": "call me"}},
        {"incomingCallLog": "x"},
        {"dialDurationInSeconds": "abc"},
        {"dialDurationInSeconds": 1.5},
        {"callCostInUSDCents": 2**31},
        {"isAnswered": "perhaps"},
        {"startedAt": "soon"},
        {"startedAt": "2026-03-02", "endedAt": "2026-03-01"},
        {"userId": "joe"},
        {"_id": "x"},
        *({"_id": str(pk)} for pk in (RANG, FOREIGN_ITEM)),
        *({"incomingCallLogId": str(pk)} for pk in (ABSENT, FOREIGN_LOG)),
        *({"incomingCallPolicyEscalationRuleId": str(pk)} for pk in (ABSENT, FOREIGN_RULE)),
        *({"userId": str(pk)} for pk in (ABSENT, FOREIGN_USER)),
    ]
    items: list[Any] = [
        *({"data": data} for data in ({}, {"incomingCallLogId": ""}, NEW | {"status": None})),
        *([], "", "{", '"x"', {"status": "x"}, {"data": []}, {"data": "x"}),
        *({"data": {**NEW, **wrong}} for wrong in wrongs),
    ]
    policies: list[Any] = [
        *({"data": data} for data in ({}, {"name": ""}, {"name": "x" * 101})),
        {"data": {"name": "x", "_id": str(FOREIGN_POLICY)}},
        {"data": {"name": "x", "createdByUserId": str(FOREIGN_USER)}},
        {"data": {"name": "x", "isEnabled": "perhaps"}},
    ]
    rules: list[Any] = [
        *({"data": data} for data in ({}, {"userId": str(JOE)}, RULE, RULE | BOTH)),
        {"data": {"incomingCallPolicyId": str(FOREIGN_POLICY), "userId": str(JOE)}},
        {"data": RULE | {"userId": str(FOREIGN_USER)}},
        {"data": RULE | {"onCallDutyPolicyScheduleId": str(ABSENT)}},
        {"data": RULE | {"userId": str(JOE), "order": "first"}},
    ]
    sent = ((ITEMS, items), (POLICIES, policies), (RULES, rules))
    return [(path, body) for path, bodies in sent for body in bodies]


def bad_updates() -> list[tuple[str, Any]]:
    """Bodies of updates that are refused, by address."""
    bodies: list[Any] = [None, {}, {"status": "x"}, {"data": []}, {"data": "x"}, "{", "3"]
    data: dict[str, list[Any]] = {
        ITEMS: [
            *({}, {"_id": "x", "createdAt": 1}, {"nope": 1}, {"status": None}, {"status": ""}),
            *({"isAnswered": None}, {"status": "x" * 101}, {"statusMessage": "\x00"}),
            *({"dialDurationInSeconds": "abc"}, {"endedAt": "2026-01-01"}),
            *({name: None} for name in ("projectId", "deletedAt", "userId", "user")),
        ],
        POLICIES: [
            *({"name": None}, {"name": ""}, {"greetingMessage": None}, {"nope": 1}),
            *({name: "x"} for name in ("slug", "routingPhoneNumber", "createdByUserId")),
            *({name: "x"} for name in ("deletedByUserId", "deletedAt")),
        ],
        RULES: [
            *(BOTH, {"userId": None}, {"order": None}, {"order": "x"}, {"nope": 1}),
            *({"userId": str(FOREIGN_USER)}, {"incomingCallPolicyId": str(POLICY)}),
        ],
    }
    sent = [(f"{ITEMS}/{RANG}", body) for body in bodies]
    return sent + [
        (f"{path}/{ROW[path]}", {"data": one}) for path, those in data.items() for one in those
    ]


@pytest.mark.parametrize("who", FORMS)
def test_every_refusal_of_a_write(who: str, house: House) -> None:
    told = transcript("refused_writes", who, house)
    for path, body in bad_creates():
        told.ask("create", "POST", path, body, who)
    for path, body in bad_updates():
        told.ask("update", "PUT", path, body, who)
    absent = {ITEMS: (ABSENT, FOREIGN_ITEM, GONE), POLICIES: (ABSENT, FOREIGN_POLICY)}
    change = {ITEMS: {"status": "x"}, POLICIES: {"name": "x"}, RULES: {"name": "x"}}
    for path, those in (absent | {RULES: (ABSENT, FOREIGN_RULE)}).items():
        for pk in those:
            told.ask("update of what is not there", "PUT", f"{path}/{pk}",
                     {"data": change[path]}, who)  # fmt: skip
            told.ask("read of what is not there", "GET", f"{path}/{pk}/get-item", None, who)
            told.ask("delete of what is not there", "DELETE", f"{path}/{pk}", None, who)
    for method, below in (("POST", ""), ("PUT", f"/{LOG}"), ("DELETE", f"/{LOG}")):
        told.ask("nobody writes logs", method, LOGS + below, {"data": {"status": "x"}}, who)
    told.check()


@pytest.mark.parametrize("who", FORMS)
def test_repetitions_and_limits(who: str, house: House, settings: Settings) -> None:
    told = transcript("limits", who, house)
    for key in ("", "a b", "k" * 256, "\u00e9"):
        told.ask("no key", "POST", ITEMS, {"data": NEW}, who, idempotency_key=key)
    for path, data in ((ITEMS, NEW), (POLICIES, {"name": "x"}), (RULES, RULE | {"userId": JOE})):
        body = {"data": {name: str(value) for name, value in data.items()}}
        first = told.ask("once", "POST", path, body, who, idempotency_key="a")
        again = told.ask("again", "POST", path, body, who, idempotency_key="a")
        assert (first.status_code, first.content) == (200, again.content)
        told.ask("another body", "POST", path, {"data": {}}, who, idempotency_key="a")
    change: dict[str, Any] = {"data": {"name": "Joe first"}}
    for _ in range(2):
        told.ask("a change", "PUT", f"{RULES}/{FIRST}", change, who, idempotency_key="b")
    told.ask("another", "PUT", f"{RULES}/{FIRST}", {"data": {}}, who, idempotency_key="b")
    for sent in (None, "x"):
        told.ask("a delete", "DELETE", f"{RULES}/{FIRST}", sent, who, idempotency_key="c")
    settings.API_MAX_BYTES = 100
    told.ask("too large", "POST", ITEMS, "x" * 101, who)
    settings.API_REQUESTS_PER_MINUTE = 0
    ApiUse.objects.all().delete()  # a whole minute is left
    told.ask("too often", "GET", f"{ITEMS}/get-list", None, who)
    told.check()


@pytest.mark.parametrize("who", FORMS)
def test_what_nobody_foresaw(who: str, committed_house: House, committed_db: str) -> None:
    told = transcript("unforeseen", who, committed_house)
    for table, column, path in (
        ("escalationitem", "status_message", ITEMS),
        ("escalation", "status_message", LOGS),
        ("policy", "description", POLICIES),
        ("rule", "description", RULES),
    ):
        rename = f"ALTER TABLE escalations_{table} RENAME "
        do, undo = f"{rename}{column} TO x", f"{rename}x TO {column}"
        name = column.replace("status_m", "statusM")
        with as_tables_owner(committed_db, do, undo):
            told.ask("500", "POST", f"{path}/get-list", {"select": {name: True}}, who)
            told.ask("500", "POST", f"{path}/count", {"query": {name: "x"}}, who)
            if path != LOGS:
                told.ask("500", "PUT", f"{path}/{ROW[path]}", {"data": {name: "x"}}, who)
    told.check()


def _locked(limit: str) -> AbstractContextManager[None]:
    return locked_row(RANG, limit, table="escalations_escalationitem")


FAULTS: dict[str, Any] = {
    "the database is away": database_away,
    "the pool is full": pool_full,
    "somebody holds the row": lambda: _locked("lock_timeout"),
    "a transaction takes too long": lambda: _locked("transaction_timeout"),
}


@pytest.mark.parametrize("who", FORMS)
def test_while_the_database_cannot_answer(who: str, committed_house: House) -> None:
    told = transcript("unavailable", who, committed_house)
    change = {"data": {"status": "Busy"}}
    for fault, begin in FAULTS.items():
        with begin():
            told.ask(f"503: {fault}", "PUT", f"{ITEMS}/{RANG}", change, who)
            if "row" not in fault and "long" not in fault:
                told.ask(f"503: {fault}", "POST", f"{LOGS}/get-list", None, who)
        connection.close()
        told.ask("and when it is over", "PUT", f"{ITEMS}/{RANG}", change, who)
    told.check()


@pytest.mark.parametrize("who", FORMS)
def test_a_twin_of_what_is_in_progress(who: str, committed_house: House, committed_db: str) -> None:
    house, sent = committed_house, {"data": NEW}
    told: Transcript = transcript("twin", who, house)
    told.ask("once", "POST", ITEMS, sent, who, idempotency_key="k")
    IdempotencyRecord.objects.update(key="other")
    with owners(committed_db) as owner, quick_locks():
        with owner.transaction(force_rollback=True):
            owner.execute("UPDATE accounts_idempotencyrecord SET key = 'k'")
            told.ask("still in progress", "POST", ITEMS, sent, who, idempotency_key="k")
        told.ask("it came to nothing", "POST", ITEMS, sent, who, idempotency_key="k")
    told.check()
