"""Every address of the dialect: who gets what, and what no answer ever holds (B-01 to B-10)."""

import json
import re
from typing import Any

import pytest

from callcenter.accounts.models import Role, SinglePermission
from callcenter.api.connect.urls import ROUTES
from callcenter.calls.models import Comment
from tests.factories import make_credential
from tests.test_urls import CANARY, HOSTILE, OURS
from tests.worlds import World, make_world

from .house import ABSENT, CLIENT, body_of

WHO = (
    *("nobody", "reader", "writer", "admin", "owner", "item", "all", "none", "narrowed"),
    *("elsewhere", "stranger"),
)
# Statuses of a GET for WHO; `elsewhere` is narrowed to another property of ours.
LIST = "400 200 200 200 200 403 200 403 200 200 200"
ROW = "400 200 200 200 200 403 200 403 200 403 404"
READING: dict[str, str] = {
    "calllogs": LIST,
    "calllogs/{id}": ROW,
    "calllogreasons": LIST,
    "modulestatuses/calllogs": LIST,
    "modulestatus/{id}": "400 200 200 200 200 403 200 403 200 200 404",
    "properties": LIST,
    "properties/{propertyId}": ROW,
    "properties/{propertyId}/units": ROW,
    "properties/{propertyId}/calllogs": ROW,
    "properties/{propertyId}/propertysummary": ROW,
    "units/carecenterunits": LIST,
    "units/{unitId}": ROW,
    "units/{unitId}/calllogs": ROW,
    "units/{unitId}/unitsummary": ROW,
    "residents/{id}": ROW,
    "residents/{id}/calllogs": ROW,
}
# The same of writes, with bodies that change nothing.
WRITING: dict[tuple[str, str], str] = {
    ("PUT", "calllogs/{id}"): "400 403 200 200 200 403 403 403 200 403 404",
    ("POST", "calllogs"): "400 403 400 400 400 403 403 403 400 400 400",
}
NAMED = {
    "properties": "Property",
    "units": "Unit",
    "residents": "Resident",
    "calllogs": "CallLog",
    "modulestatus": "Status",
}


@pytest.fixture
def world(db: None) -> World:
    """The organisation whose rows are asked for."""
    return make_world(OURS)


@pytest.fixture
def other(db: None) -> World:
    """The other one, whose word must never show."""
    return make_world(CANARY)


@pytest.fixture
def keys(world: World, other: World) -> dict[str, str]:
    """The secrets of WHO."""
    home, away = world.rows["Property"], world.rows["elsewhere"]
    item, everything = SinglePermission.READ_CALL_LOG_ITEM, SinglePermission.READ_ALL
    made = {
        "reader": make_credential(world.member),
        "writer": make_credential(world.member, can_write=True),
        "admin": make_credential(world.admin),
        "owner": make_credential(world.owner),
        "item": make_credential(world.owner, permissions=[item]),
        "all": make_credential(world.owner, permissions=[everything]),
        "none": make_credential(world.owner),
        "narrowed": make_credential(world.owner, properties=[home]),
        "elsewhere": make_credential(world.owner, Role.ADMIN, properties=[away]),
        "stranger": make_credential(other.owner),
    }
    credential, _ = made["none"]
    credential.role = ""
    credential.save(update_fields=["role"])
    return {who: secret for who, (_, secret) in made.items()}


def address(template: str, world: World, *, absent: bool = False) -> str:
    """The path of a route for the world's rows, or for rows that nobody has."""
    name = NAMED.get(template.split("/")[0], "")
    pk = ABSENT if absent else world.pk(name) if name else 0
    path = "/api/" + re.sub(r"\{.*?\}", str(pk), template)
    return f"{path}?email={OURS}" if "carecenter" in template else path


def ask(
    key: str | None, path: str, method: str = "GET", data: str = "", **headers: str
) -> tuple[int, str]:
    """Status and all words of an answer, in lower case."""
    if key is not None:
        headers["authorization"] = f"Bearer {key}"
    answer: Any = CLIENT.generic(method, path, data, "application/json", headers=headers)
    said = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return answer.status_code, f"{said}\n{body_of(answer).decode()}".lower()


def test_b01_every_operation_is_declared() -> None:
    reading = {route.template for route in ROUTES if "GET" in route.operations}
    writing = {
        (method, route.template)
        for route in ROUTES
        for method in route.operations
        if method != "GET"
    }
    assert (reading, writing) == (set(READING), set(WRITING))
    assert {route.template for route in ROUTES} == reading | {path for _, path in writing}


@pytest.mark.parametrize("who", WHO)
def test_b01_b05_each_address_answers_each_key_as_declared(
    who: str, world: World, keys: dict[str, str]
) -> None:
    forbidden = OURS if who == "stranger" else CANARY
    unlike, leaks = [], []
    cells = [("GET", path, statuses) for path, statuses in READING.items()]
    cells += [(method, path, statuses) for (method, path), statuses in WRITING.items()]
    for method, template, statuses in cells:
        body = {"GET": "", "PUT": '{"Notes": null}', "POST": '{"CallFrom": "x", "UnitId": 999999}'}
        status, words = ask(keys.get(who), address(template, world), method, body[method])
        if status != int(statuses.split()[WHO.index(who)]):
            unlike.append((method, template, status))
        if forbidden in words or (who == "nobody" and OURS in words):
            leaks.append(template)
    assert (unlike, leaks) == ([], [])


@pytest.mark.parametrize("who", ["reader", "owner", "narrowed", "none"])
def test_b05_b07_rows_of_others_are_as_if_absent(
    who: str, world: World, other: World, keys: dict[str, str]
) -> None:
    unlike = []
    for template in READING:
        if "{" not in template:
            continue
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            said = [
                ask(keys[who], path, method, '{"NewComments": "x"}' if method == "PUT" else "")
                for path in (address(template, other), address(template, world, absent=True))
            ]
            foreign, absent = (
                (status, re.sub(r"x-request-id: \S+", "", words)) for status, words in said
            )
            if foreign != absent or CANARY in foreign[1]:
                unlike.append((method, template))
    assert unlike == []


def test_b05_no_search_finds_a_word_of_others(
    world: World, other: World, keys: dict[str, str]
) -> None:
    place = other.pk("Property")
    for who in ("reader", "owner", "all", "narrowed", "elsewhere"):
        for path in (
            f"calllogs?q={CANARY}",
            f"calllogs?phone=2125550177&status={other.pk('Status')}",
            f"calllogs?reason={other.pk('Reason')}",
            f"properties?ids={place}&PropertyStatus=All",
            f"units/carecenterunits?email={CANARY}",
            f"properties/{world.pk('Property')}/units?unitNumber={CANARY}&residentName={CANARY}",
        ):
            status, words = ask(keys[who], f"/api/{path}")
            assert status in (200, 403), path
            assert CANARY not in words, path
            assert status == 403 or '"total":0' in words, path


def test_b10_no_header_or_parameter_widens_what_is_shown(
    world: World, other: World, keys: dict[str, str]
) -> None:
    named = {name: str(other.organization.pk) for name in HOSTILE}
    headers = {name: value for name, value in named.items() if re.fullmatch(r"[\w-]+", name)}
    queries = ["&".join(f"{name}={value}" for name, value in named.items())]
    queries.append("&".join(f"{name}=true" for name in HOSTILE))
    wider = []
    for template in READING:
        path = address(template, world)
        for who in ("reader", "narrowed", "elsewhere", "none"):
            usual, shown = ask(keys[who], path)
            for query in queries:
                url = f"{path}{'&' if '?' in path else '?'}{query}"
                status, words = ask(keys[who], url, **headers)
                more = words.count(OURS) > shown.count(OURS) or CANARY in words
                if more or (status == 200 and usual != 200):
                    wider.append((template, who))
    assert wider == []


def test_b10_no_member_of_a_body_widens_what_is_written(
    world: World, other: World, keys: dict[str, str]
) -> None:
    log = world.pk("CallLog")
    members = dict.fromkeys(HOSTILE, other.organization.pk)
    body = json.dumps(members | {"NewComments": None})
    assert ask(keys["writer"], f"/api/calllogs/{log}", "PUT", body)[0] == 200
    for who in ("reader", "none", "item"):
        assert ask(keys[who], f"/api/calllogs/{log}", "PUT", body)[0] == 403
    assert ask(keys["elsewhere"], f"/api/calllogs/{log}", "PUT", body)[0] == 403
    assert ask(keys["owner"], f"/api/calllogs/{other.pk('CallLog')}", "PUT", body)[0] == 404


def test_withdrawn_calls_and_comments_are_in_no_answer(world: World, keys: dict[str, str]) -> None:
    gone, place = world.pk("withdrawn"), world.pk("Property")
    rows = Comment.objects.filter(call_log__property=place, call_log__withdrawn_at=None)
    standing = rows.filter(withdrawal=None).count()
    assert standing < rows.count()
    for who in ("owner", "admin", "reader", "all"):
        assert ask(keys[who], f"/api/calllogs/{gone}")[0] == 404
        assert ask(keys[who], f"/api/calllogs/{gone}", "PUT", '{"Notes": "x"}')[0] in (403, 404)
        assert f'"logid":{gone},' not in ask(keys[who], "/api/calllogs")[1]
        _, words = ask(keys[who], f"/api/properties/{place}/calllogs")
        assert words.count('"comment":') == standing
