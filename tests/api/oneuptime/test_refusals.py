"""Every row of wire/oneuptime.md 6, in both forms, and the order of the checks."""

from typing import Any

import pytest
from pytest_django import Settings

from callcenter.escalations.models import EscalationItem, Policy, Rule

from .house import (
    ABSENT,
    FOREIGN_ITEM,
    FOREIGN_LOG,
    FOREIGN_POLICY,
    FOREIGN_PROJECT,
    FOREIGN_RULE,
    ITEMS,
    LOGS,
    POLICIES,
    RANG,
    RULES,
    House,
)

LIST = f"{ITEMS}/get-list"
ONE = f"{ITEMS}/{RANG}"
NAMES = (
    "_id, createdAt, updatedAt, deletedAt, version, project, projectId, incomingCallLog,"
    " incomingCallLogId, incomingCallPolicyEscalationRule, incomingCallPolicyEscalationRuleId,"
    " user, userId, userPhoneNumber, status, statusMessage, dialDurationInSeconds,"
    " callCostInUSDCents, startedAt, endedAt, isAnswered"
)
TITLE = "Incoming Call Log Item"
LATEST = "9999-12-31T23:59:59-14:00"
SORT = 'Invalid sort clause. It should be an object of the form { "column": "ASC" }.'
DEEP = "You cannot query deep relations. Querying deep relations is not supported."


def unselectable(name: str) -> str:
    return (
        f'Invalid select clause. Cannot select on "{name}". This column does not exist on Incoming'
        f" Call Log Item. Here are the columns you can select on instead: {NAMES}"
    )


def unknown(name: str) -> str:
    return f"Invalid column on Incoming Call Log Item - {name}. Column does not exist."


BODIES: list[tuple[Any, str]] = [
    ({"select": {"nope": True}}, unselectable("nope")),
    ({"select": {"nope": False}}, unselectable("nope")),
    ({"select": ["status"]}, unselectable("0")),
    ({"select": "status"}, unselectable("0")),
    ({"query": {"nope": 1}}, unknown("nope")),
    ({"query": ["status"]}, unknown("0")),
    ({"query": "status"}, unknown("0")),
    ({"query": {"x": {"_type": "MultiSearch", "value": "a", "fields": ["no"]}}}, unknown("no")),
    ({"query": {"x": {"_type": "MultiSearch", "value": "a", "fields": ["user"]}}}, unknown("user")),
    ({"select": {"incomingCallLog": {"nope": 1}}}, "Column nope not found on Incoming Call Log"),
    ({"query": {"incomingCallLog": {"nope": 1}}}, "Column nope not found on Incoming Call Log"),
    ({"query": {"user": {"password": "x"}}}, "Column password not found on User"),
    *(
        (
            {part: {"incomingCallLog": {"statusMessage": True}}},
            "Column statusMessage on Incoming Call Log does not support read on relation query.",
        )
        for part in ("select", "query")
    ),
    ({"select": {"incomingCallLog": {"incomingCallPolicy": {"name": True}}}}, DEEP),
    ({"query": {"incomingCallLog": {"status": {"$eq": 1}}}}, DEEP),
    (
        {"select": {"status": {"a": 1}}},
        f"Select not supported on status of {TITLE} because this column modelType is not found.",
    ),
    ({"groupBy": {"status": True}}, "GroupBy is currently not supported"),
    ({"limit": -1}, "positiveNumber cannot be less than 0"),
    ({"skip": "-2"}, "positiveNumber cannot be less than 0"),
    ({"limit": 10_001}, "Limit should be less than 10000"),
    ({"query": {"userPhoneNumber": "call me"}}, "Phone is not in valid format: call me"),
    (
        {"query": {"userPhoneNumber": {"_type": "Phone", "value": "+1 555 010 1234"}}},
        "Phone is not in valid format: +1 555 010 1234",
    ),
    ("{", "Invalid JSON in request body"),
    ('"x"', "Invalid JSON in request body"),
    ("3", "Invalid JSON in request body"),
    ('{"query": {"status": NaN}}', "Invalid JSON in request body"),
    ('{"a": 1, "a": 2}', "Invalid JSON in request body"),
    *(
        (
            {"query": {"dialDurationInSeconds": value}},
            f"dialDurationInSeconds is not in valid format: {said}",
        )
        for value, said in (("abc", "abc"), (1.5, "1.5"), (2**31, str(2**31)), (True, "true"))
    ),
    ({"query": {"isAnswered": "maybe"}}, "isAnswered is not in valid format: maybe"),
    ({"query": {"startedAt": "soon"}}, "startedAt is not in valid format: soon"),
    ({"query": {"startedAt": LATEST}}, f"startedAt is not in valid format: {LATEST}"),
    ({"query": {"userId": "joe"}}, "userId is not in valid format: joe"),
    ({"query": {"_id": {"_type": "ObjectID", "value": 3}}}, "_id is not in valid format: 3"),
    ({"query": {"user": "joe"}}, "user is not in valid format: joe"),
    (
        {"query": {"incomingCallLog": {"_type": "Includes", "value": []}}},
        "incomingCallLog is not in valid format",
    ),
    ({"query": {"statusMessage": "a\x00"}}, "statusMessage cannot contain a NUL character"),
    (
        {"query": {"statusMessage": {"_type": "Search", "value": "\x00"}}},
        "statusMessage cannot contain a NUL character",
    ),
    *(
        ({"sort": {name: "ASC"}}, f'Invalid sort clause. Cannot sort on "{name}". Here are the'
         " columns you can sort on instead: " + ", ".join(
            n for n in NAMES.split(", ")
            if n not in ("project", "incomingCallLog", "incomingCallPolicyEscalationRule", "user")
        ))
        for name in ("nope", "user")
    ),
    *(
        ({"sort": sort}, SORT)
        for sort in ("createdAt", ["createdAt"], 3)
    ),
]  # fmt: skip


def test_bodies_that_are_refused(house: House) -> None:
    for who in ("owner", "deployed"):
        for body, text in BODIES:
            assert house.said("POST", LIST, body, who) == (400, {"error": text}), body


def needed(verb: str, title: str = "Incoming Call Log Item") -> dict[str, str]:
    return {
        "error": f"Authenticated user or a valid API key is needed to {verb} record of {title}."
    }


VERBS = [
    ("POST", LIST, "read"),
    ("GET", f"{ONE}/get-item", "read"),
    ("POST", f"{ITEMS}/count", "read"),
    ("POST", ITEMS, "create"),
    ("PUT", ONE, "update"),
    ("GET", f"{ONE}/update-item", "update"),
    ("POST", f"{ONE}/update-item", "update"),
    ("DELETE", ONE, "delete"),
    ("GET", f"{ONE}/delete-item", "delete"),
    ("POST", f"{ONE}/delete-item", "delete"),
]


@pytest.mark.parametrize(("method", "path", "verb"), VERBS)
def test_keys_that_are_none(method: str, path: str, verb: str, house: House) -> None:
    assert house.said(method, path, None, None) == (401, needed(verb))  # type: ignore[arg-type]
    bearer = {"authorization": f"Bearer {house.keys['owner']}"}
    said = house.said(method, path, None, None, **bearer)  # type: ignore[arg-type]
    refused = "AccessToken is invalid or expired. Please refresh your token."
    assert said == (401, {"message": refused})
    for key in ("", "x", str(ABSENT), house.keys["expired"], house.keys["revoked"]):
        said = house.said(method, path, None, None, apikey=key)  # type: ignore[arg-type]
        assert said == (400, {"error": "Invalid API Key"})
    for name in ("x-api-key", "cookie", "api-key"):
        said = house.said(method, path, None, None, **{name: house.keys["owner"]})  # type: ignore[arg-type]
        assert said == (401, needed(verb))
    many = house.said(method, path, None, "owner", is_multi_tenant_query="true")
    text = "isMultiTenantRequest not allowed on Incoming Call Log Item"
    assert many == (400, {"error": text})


def test_a_key_in_other_letters_and_a_bad_bearer_beside_it(house: House) -> None:
    key = f"  {house.keys['owner'].upper()} "
    answer = house.ask(None, "GET", LIST, ApIkEy=key, authorization="Bearer bad")
    assert answer.status_code == 200


RIGHTS = {  # who: items read, write; logs; policies and rules read, write
    "owner": (1, 1, 1, 1, 1),
    "admin": (1, 1, 1, 1, 1),
    "member": (1, 0, 1, 1, 0),
    "writing member": (1, 0, 1, 1, 0),
    "item": (1, 0, 0, 0, 0),
    "all": (1, 0, 1, 1, 0),
    "none": (0, 0, 0, 0, 0),
}
TITLES = {
    ITEMS: "Incoming Call Log Item",
    LOGS: "Incoming Call Log",
    POLICIES: "Incoming Call Policy",
    RULES: "Incoming Call Policy Escalation Rule",
}


WRITERS = "Project Owner, Project Admin"


def lacking(verb: str, title: str, who: str) -> str:
    return (
        f"You do not have permissions to {verb} {title}. You need one of these permissions: {who}"
    )


@pytest.mark.parametrize("who", RIGHTS)
def test_rights(who: str, house: House) -> None:
    item, write_item, log, plan, write_plan = RIGHTS[who]
    for path, title in TITLES.items():
        may_read = {ITEMS: item, LOGS: log}.get(path, plan)
        may_write = {ITEMS: write_item, LOGS: 0}.get(path, write_plan)
        readers = f"{WRITERS}, Project Member, "
        readers += "Read Incoming Call Log Item, " if path == ITEMS else ""
        readers += "Read All Project Resources"
        for method, below, verb in (
            ("GET", "/get-list", "read"),
            ("POST", "/Get-List/", "read"),
            ("POST", f"/{ABSENT}/get-item", "read"),
            ("GET", f"/{ABSENT}/get-item/", "read"),
            ("POST", "/count", "read"),
            ("POST", "", "create"),
            ("PUT", f"/{ABSENT}", "update"),
            ("GET", f"/{ABSENT}/update-item", "update"),
            ("POST", f"/{ABSENT}/update-item", "update"),
            ("DELETE", f"/{ABSENT}", "delete"),
            ("GET", f"/{ABSENT}/delete-item", "delete"),
            ("POST", f"/{ABSENT}/delete-item", "delete"),
        ):
            status, said = house.said(method, f"{path}{below}", None, who)
            if verb == "read" and may_read:
                assert status == 200
            elif verb == "read":
                assert (status, said["error"]) == (422, lacking("read", title, readers))
            elif path == LOGS:
                assert (status, said["error"]) == (422, f"{verb} on {title} is not allowed.")
            elif may_write:
                assert status in (200, 400), said
            else:
                assert (status, said["error"]) == (422, lacking(verb, title, WRITERS))


def test_addresses_that_are_none(house: House) -> None:
    for method, path in (
        ("GET", f"{ITEMS}/count"),
        ("GET", ONE),
        ("POST", ONE),
        ("PATCH", ONE),
        ("GET", ITEMS),
        ("DELETE", ITEMS),
        ("PUT", f"{ONE}/update-item"),
        ("HEAD", f"{ONE}/delete-item"),
        ("POST", f"{ITEMS}/a/b/c"),
    ):
        for who in ("owner", None):
            answer = house.ask(who, method, path)
            said = f'{{"message":"Page not found - {path}"}}' if method != "HEAD" else ""
            assert (answer.status_code, answer.content.decode()) == (404, said)
    assert house.ask(None, "OPTIONS", LIST).status_code == 204
    assert house.ask("owner", "HEAD", LIST).status_code == 200


def test_ids_that_are_none(house: House) -> None:
    for method, path, said in (
        ("PUT", f"{ITEMS}/count", "count"),
        ("DELETE", f"{ITEMS}/Get-List", "Get-List"),
        ("POST", f"{ITEMS}/Nope/get-item", "Nope"),
        ("GET", f"{ITEMS}/1/delete-item", "1"),
    ):
        text = f'Invalid ID format: "{said}". Expected a valid UUID (e.g.,'
        text += ' "550e8400-e29b-41d4-a716-446655440000").'
        assert house.said(method, path) == (400, {"error": text})


def test_the_order_of_checks(house: House) -> None:
    bad = {"query": {"nope": 1, "user": {"x": 1}}, "select": {"no": 1, "user": {"x": 1}}}
    steps = [
        (bad, unknown("nope")),
        ({**bad, "query": {"user": {"x": 1}}}, unselectable("no")),
        ({"query": {"user": {"x": 1}}, "sort": {"x": 1}}, "Column x not found on User"),
    ]
    for body, text in steps:
        assert house.said("POST", LIST, body) == (400, {"error": text})
    assert house.said("PUT", f"{ITEMS}/nope", "{", "member")[0] == 422
    assert house.said("PUT", f"{ITEMS}/nope", "{", "owner")[1]["error"].startswith("Invalid ID")
    assert house.said("PUT", f"{ITEMS}/nope", "{", "member", idempotency_key="")[1] == {
        "error": "Invalid Idempotency-Key"
    }
    assert house.said("PUT", f"{ITEMS}/{ABSENT}", "{")[1] == {
        "error": "Invalid JSON in request body"
    }


def test_limits_of_size_and_pace(house: House, settings: Settings) -> None:
    settings.API_MAX_BYTES = 100
    large = house.said("POST", LIST, '{"query": {}}' + " " * 100)
    assert large == (413, {"error": "Request body is too large."})
    settings.API_REQUESTS_PER_MINUTE = 0
    answer = house.ask("owner", "POST", LIST)
    assert (answer.status_code, answer.content) == (429, b'{"error":"Too many requests."}')
    assert int(answer.headers["Retry-After"]) >= 1


HOSTILE = ("is-multi-tenant-query", "tenantid", "projectid", "project-id", "x-tenant", "x-project",
    "x-forwarded-for", "x-original-url", "x-rewrite-url", "x-http-method-override", "x-user-id",
    "x-role", "remote-user", "x-forwarded-user", "global", "x-admin", "is-root", "provider",
    "x-organization", "forwarded")  # fmt: skip


def test_no_header_or_parameter_widens_a_result(house: House) -> None:
    mine = house.ids(who="member")
    for name in HOSTILE:
        for value in ("false", "*", "91", str(FOREIGN_ITEM), house.keys["stranger"]):
            path = f"{LIST}?limit=100&{name}={value}"
            answer = house.ask("member", "POST", path, {name: value}, **{name: value})
            assert answer.status_code == 200, name
            assert {row["_id"] for row in answer.json()["data"]} == mine
    status, said = house.list({"query": {"projectId": str(ABSENT), "project": {"name": "x"}}})
    assert (status, said["count"]) == (200, 4)


FOREIGN = {
    ITEMS: FOREIGN_ITEM,
    LOGS: FOREIGN_LOG,
    POLICIES: FOREIGN_POLICY,
    RULES: FOREIGN_RULE,
}


@pytest.mark.parametrize("who", ["owner", "member", "narrowed", "item"])
@pytest.mark.parametrize("path", FOREIGN)
def test_b10_every_read_of_every_resource_stays_as_narrow(
    path: str, who: str, house: House
) -> None:
    own = house.said("POST", f"{path}/count", {}, who)
    listed = house.said("GET", f"{path}/get-list?limit=100", None, who)
    for name in HOSTILE:
        told: dict[str, str] = {name: str(FOREIGN_PROJECT)}
        ask = {"query": {"projectId": str(FOREIGN_PROJECT)}, **told}
        also = f"{name}={FOREIGN_PROJECT}"
        assert house.said("POST", f"{path}/count?{also}", ask, who, **told) == own
        assert house.said("GET", f"{path}/get-list?limit=100&{also}", ask, who, **told) == listed
        one = f"{path}/{FOREIGN[path]}/get-item?{also}"
        status, said = house.said("GET", one, ask, who, **told)
        assert (status, said) == (200, {}) if own[0] == 200 else status == 422


def test_b10_no_write_reaches_another_project(house: House) -> None:
    changes = {ITEMS: {"status": "x"}, POLICIES: {"name": "x"}, RULES: {"name": "x"}}
    models: dict[str, Any] = {ITEMS: EscalationItem, POLICIES: Policy, RULES: Rule}
    for path, data in changes.items():
        rows = models[path].objects.filter(pk=FOREIGN[path])
        before = rows.values().get()
        for name in HOSTILE:
            told: dict[str, str] = {name: str(FOREIGN_PROJECT)}
            one = f"{path}/{FOREIGN[path]}"
            asked = f"?{name}={FOREIGN_PROJECT}"
            body = {"data": data, **told}
            assert house.said("PUT", one + asked, body, **told)[0] == 422
            house.said("DELETE", one + asked, body, **told)
        assert rows.values().get() == before


def test_no_cors_but_for_listed_origins(house: House, settings: Settings) -> None:
    asked = {"origin": "https://desk.example"}
    plain = house.ask("owner", "GET", LIST, **asked)
    assert not [name for name in plain.headers if name.lower().startswith("access-control")]
    settings.ONEUPTIME_ORIGINS = ["https://desk.example"]
    answer = house.ask(None, "OPTIONS", LIST, **asked)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://desk.example"
