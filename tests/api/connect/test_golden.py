"""Every route and every refusal, byte for byte (wire/connect.md 3, 4, 6 and 7)."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from .faults import as_tables_owner, database_away, locked_row, pool_full
from .house import House
from .transcripts import Transcript

LOG = "/api/calllogs/4711"
UNIT = "/api/units/340/calllogs"


def test_every_route_that_reads(house: House) -> None:
    told = Transcript("reading", house)
    for why, path in (
        ("a unit's calls", UNIT),
        ("of two statuses, one of them", f"{UNIT}?status[0]=3&status[1]=5&page=1&pageSize=20"),
        ("oldest first, the second one", f"{UNIT}?sort=createdon%20asc&page=2&pageSize=1"),
        ("a page past the end", f"{UNIT}?page=9&pageSize=20"),
        ("an empty list", "/api/units/341/calllogs"),
        ("a property's calls", "/api/properties/12/calllogs"),
        ("a resident's calls", "/api/residents/77/calllogs"),
        ("all calls", "/api/calllogs"),
        ("all calls, filtered", "/api/calllogs?reason=9&createdfrom=2026-11-20&q=SINK"),
        ("one call", LOG),
        ("one call without a place", "/api/calllogs/4714"),
        ("reasons", "/api/calllogreasons"),
        ("statuses", "/api/modulestatuses/calllogs"),
        ("one status", "/api/modulestatus/3"),
        ("active properties", "/api/Properties"),
        ("some of all properties", "/api/properties?ids[0]=14&ids[1]=90&PropertyStatus=All"),
        ("one property", "/api/properties/12"),
        ("a property's units", "/api/properties/12/units"),
        ("one unit", "/api/units/340"),
        ("one resident", "/api/residents/77"),
        ("a resident without a unit", "/api/residents/79"),
        ("who is ringing", "/api/units/carecenterunits?email=ANA@example.com"),
        ("by number", "/api/units/carecenterunits?mobile=(212)%20555-0101"),
        ("a unit's counters", "/api/units/340/unitsummary"),
        ("a property's counters", "/api/properties/12/propertysummary"),
    ):
        told.ask(why, "GET", path)
    told.ask("as text/json", "GET", "/api/modulestatus/3", accept="text/json")
    told.ask("only the headers", "HEAD", LOG)
    told.check()


def test_every_refusal_of_the_unit_list(committed_house: House, committed_db: str) -> None:
    told = Transcript("unit_list_refusals", committed_house)
    told.ask("100: no header", "GET", UNIT, who=None)
    for said in ("Bearer", "Basic a2V5", "Bearer a b", "", "x"):
        told.ask("118: malformed header", "GET", UNIT, who=None, authorization=said)
    told.ask("105: not linked", "GET", "/api/units/350/calllogs", who="reader")
    told.ask("105: not in the set", "GET", "/api/units/350/calllogs", who="narrowed")
    told.ask("106: absent", "GET", "/api/units/999999/calllogs")
    told.ask("106: foreign", "GET", "/api/units/990/calllogs")
    told.ask("106: no integer", "GET", "/api/units/3B/calllogs")
    told.ask("106: no such path", "GET", "/api/units/340/calls")
    told.ask("106: the prefix alone", "GET", "/api/")
    lost = "REVOKE SELECT ON calls_calllogreason FROM {role}"
    with as_tables_owner(committed_db, lost, "GRANT SELECT ON calls_calllogreason TO {role}"):
        told.ask("199: the database fails", "GET", UNIT)
    told.check()


def test_what_an_update_answers(house: House) -> None:
    told = Transcript("updates", house)
    told.ask("a comment", "PUT", LOG, {"NewComments": "Plumber is there"})
    told.ask("nothing changes", "PUT", LOG, {"Notes": None, "NewComments": " "})
    both = {"LogId": "4711", "ModuleStatusId": "5", "NewComments": "Leak fixed"}
    told.ask("status and comment", "PUT", LOG, both, if_match='"2"')
    told.ask("as text/json", "PUT", LOG, {"Notes": ""}, content_type="text/json")
    form = "application/x-www-form-urlencoded"
    told.ask("as a form", "PUT", LOG, "NewComments=ok&ModuleStatusId=3", content_type=form)
    told.ask("with a key", "PUT", LOG, {"NewComments": "once"}, idempotency_key="a")
    told.ask("with the key again", "PUT", LOG, {"NewComments": "once"}, idempotency_key="a")
    told.check()


def test_what_a_new_call_answers(committed_house: House) -> None:
    told = Transcript("new_calls", committed_house)
    at = "2026-11-20T09:00:00-05:00"
    whole = {"UnitId": 340, "ResidentId": 77, "CallFrom": "me", "LogReasons": [9, 2]}
    whole |= {"Subject": "Leak", "Notes": "", "CreatedOn": at, "ModuleStatusId": 3}
    told.ask("of a resident", "POST", "/api/calllogs", whole, idempotency_key="a")
    told.ask("again", "POST", "/api/calllogs", whole, idempotency_key="a")
    short = {"CallFrom": "FedEx driver", "CreatedOn": at}
    told.ask("without a place", "POST", "/api/calllogs", short)
    for why, body, who in (
        ("109: nobody rang", {"UnitId": 340}, "owner"),
        ("109: a resident without a unit", {"ResidentId": 79}, "owner"),
        ("109: no body", "", "owner"),
        ("114: an absent unit", {"UnitId": 999999, "CallFrom": "x"}, "owner"),
        ("114: a foreign unit", {"UnitId": 990, "CallFrom": "x"}, "owner"),
        ("114: a contradiction", {"PropertyId": 13, "UnitId": 340}, "owner"),
        ("114: a wrong value beside a missing one", {"LogReasons": [92]}, "owner"),
        ("114: a call of the future", {"CallFrom": "x", "CreatedOn": "2999-01-01"}, "owner"),
        ("105: not linked", {"PropertyId": 13, "CallFrom": "x"}, "writer"),
        ("112: not a status of new calls", {"CallFrom": "x", "ModuleStatusId": 8}, "owner"),
        ("112: a disabled status", {"CallFrom": "x", "ModuleStatusId": 9}, "owner"),
        ("1008: outside the set", {"PropertyId": 13, "CallFrom": "x"}, "narrowed"),
        ("1008: without a property of the set", {"CallFrom": "x"}, "narrowed"),
        ("1008: may not write", {"CallFrom": "x"}, "reader"),
    ):
        told.ask(why, "POST", "/api/calllogs", body, who=who)
    other = whole | {"Subject": "Other"}
    told.ask("112: the key for another body", "POST", "/api/calllogs", other, idempotency_key="a")
    told.check()


EMPTY: list[Any] = ["", "{}", {"LogId": 4711, "Subject": "x"}]
NO_OBJECTS: list[Any] = [
    *("{", "[]", "null", "3", '"x"', '{"Notes": "a", "notes": "b"}', b"\xff"),
]
WRONG: dict[str, Any] = {
    "LogId": ["x", "4711 ", 4711.0, True, [4711], {}],
    "ModuleStatusId": ["", "x", "3.0", 3.0, True, [3], {}, 0, 4, 93, -1, 10**30],
    "Notes": [1, True, [""], {}, "x" * 50_001],
    "NewComments": [0, False, ["x"], {}, "x" * 50_001],
}


def test_every_refusal_of_an_update(committed_house: House, committed_db: str) -> None:
    told = Transcript("update_refusals", committed_house)
    comment = {"NewComments": "x"}
    for path in ("/api/calllogs/999999", "/api/calllogs/4990", "/api/calllogs/4715"):
        told.ask("106: absent, foreign or withdrawn", "PUT", path, comment)
    told.ask("106: no place, no right", "PUT", "/api/calllogs/4714", comment, who="narrowed")
    told.ask("100: no header", "PUT", LOG, comment, who=None)
    told.ask("118: malformed header", "PUT", LOG, comment, who=None, authorization="Bearer")
    for tag in ("", "7", '"7', "'7'", "*, *", '"7" "8"'):
        told.ask("118: malformed If-Match", "PUT", LOG, comment, if_match=tag)
    for key in ("", "a b", "k" * 256, "\u00e9"):
        told.ask("118: malformed Idempotency-Key", "PUT", LOG, comment, idempotency_key=key)
    told.ask("105: not linked", "PUT", "/api/calllogs/4713", comment, who="writer")
    told.ask("112: LogId of another", "PUT", LOG, comment | {"LogId": 4712})
    told.ask("112: a move the workflow forbids", "PUT", LOG, {"ModuleStatusId": 1})
    told.ask("112: no head call", "PUT", "/api/calllogs/4712", {"ModuleStatusId": 8})
    told.ask("112: a disabled status", "PUT", LOG, {"ModuleStatusId": 9})
    told.ask("no refusal: the key's first use", "PUT", LOG, {"Notes": None}, idempotency_key="a")
    told.ask("112: the key for another body", "PUT", LOG, comment, idempotency_key="a")
    for body in EMPTY:
        told.ask("109: none of the three", "PUT", LOG, body)
    for body in NO_OBJECTS:
        told.ask("114: not one JSON object", "PUT", LOG, body)
    for name, values in WRONG.items():
        for value in values:
            told.ask(f"114: {name}", "PUT", LOG, comment | {name: value})
    refuse = "ALTER TABLE calls_calllog ADD CONSTRAINT no CHECK (notes <> 'no')"
    with as_tables_owner(committed_db, refuse, "ALTER TABLE calls_calllog DROP CONSTRAINT no"):
        told.ask("113: the database refuses", "PUT", LOG, {"Notes": "no"})
    renamed = "ALTER TABLE calls_comment RENAME text TO words"
    with as_tables_owner(committed_db, renamed, "ALTER TABLE calls_comment RENAME words TO text"):
        told.ask("199: the database fails", "PUT", LOG, comment)
    told.check()


def test_every_refusal_of_our_own(house: House, settings: Settings) -> None:
    told = Transcript("our_refusals", house)
    for who in ("expired", "revoked"):
        told.ask(f"1001: {who}", "GET", LOG, who=who)
    told.ask("1001: unknown", "GET", LOG, who=None, authorization="bearer nobody")
    for method, path in (
        ("POST", LOG),
        ("OPTIONS", UNIT),
        ("DELETE", LOG),
        ("PUT", "/api/calllogs"),
    ):
        told.ask("1002: another method", method, path)
    for query in ("page=-1", "pageSize=5001", "sort=subject", "status[0]=x", "after=x"):
        told.ask("1003: a parameter", "GET", f"{UNIT}?{query}")
    told.ask("1003: nobody to look for", "GET", "/api/units/carecenterunits")
    told.ask("1003: no day", "GET", "/api/calllogs?createdfrom=yesterday")
    told.ask("1004: a type", "PUT", LOG, "<a/>", content_type="text/xml")
    told.ask("1004: a charset", "PUT", LOG, "{}", content_type="text/json; charset=latin-1")
    settings.API_MAX_BYTES = 1_000
    told.ask("1006: too large", "PUT", LOG, "x" * 1_001)
    told.ask("1007: stale", "PUT", LOG, {"Notes": "x"}, if_match='"9"')
    told.ask("1007: a weak tag", "PUT", LOG, {"Notes": "x"}, if_match='W/"1"')
    told.ask("1008: may not write", "PUT", LOG, {"Notes": "x"}, who="reader")
    told.ask("1008: may not read", "GET", LOG, who="item")
    told.ask("1008: may do nothing", "GET", LOG, who="none")
    settings.API_REQUESTS_PER_MINUTE = 0
    told.ask("1005: too often", "GET", LOG, who="admin")
    settings.API_KEY_TRIES_PER_ADDRESS = 1
    told.ask("1005: too many keys", "GET", LOG, who=None, authorization="Bearer nobody")
    told.check()


FAULTS: dict[str, AbstractContextManager[None]] = {
    "the database is away": database_away(),
    "the pool is full": pool_full(),
    "somebody holds the row": locked_row(4711),
    "a transaction takes too long": locked_row(4711, "transaction_timeout"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_1009_while_the_database_cannot_answer(fault: str, committed_house: House) -> None:
    told = Transcript("unavailable_" + fault.split()[-1], committed_house)
    with FAULTS[fault]:
        told.ask(f"1009: {fault}", "PUT", LOG, {"Notes": "x"})
    connection.close()
    told.ask("and when it is over", "PUT", LOG, {"Notes": "x"})
    told.check()
