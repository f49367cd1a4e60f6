"""The OpenAPI document tells of what runs, and of nothing else."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.test import Client
from schemathesis.specs.openapi import definitions

from callcenter.accounts.models import Membership, Role
from callcenter.api.connect.dialect import CONNECT
from callcenter.api.connect.refusals import BAD_METHOD, CODES
from callcenter.api.connect.urls import ROUTES
from callcenter.api.openapi import document, operations
from callcenter.calls.models import Status
from tests.factories import (
    make_call_log,
    make_comment,
    make_credential,
    make_membership,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
)

DOCUMENT = document(CONNECT)
HERE = [(f"/api/{route.template}", method) for route, method, _ in operations(CONNECT)]


def test_every_route_and_method_is_in_it_and_nothing_else() -> None:
    told = [
        (path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods
    ]
    assert sorted(told) == sorted(HERE)
    assert len(told) == sum(len(route.operations) for route in ROUTES)


def test_it_is_what_the_specification_of_openapi_3_1_asks_for() -> None:
    definitions.OPENAPI_31_VALIDATOR.validate(DOCUMENT)
    said = [one for methods in DOCUMENT["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in said}) == len(said)


def test_schemathesis_reads_all_of_it() -> None:
    loaded = schemathesis.openapi.from_dict(DOCUMENT)
    found = list(loaded.get_all_operations())
    assert (len(found), {type(one).__name__ for one in found}) == (len(HERE), {"Ok"})


def test_every_reference_leads_somewhere_and_no_host_is_named() -> None:
    text = json.dumps(DOCUMENT)
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        found: Any = DOCUMENT
        for part in reference.split("/"):
            found = found[part]
    assert not re.search(r"https?://", text)


def test_every_code_is_told_of_somewhere_and_only_those_of_the_table() -> None:
    all_docs = [operation.docs for *_, operation in operations(CONNECT) if operation.docs]
    told = {code for docs in all_docs for code in docs.codes}
    assert told == set(CODES) - {BAD_METHOD}  # no method that is told of is not allowed


def validator(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    """Of a schema within the document, which may name components."""
    return jsonschema_rs.Draft202012Validator(schema | {"components": DOCUMENT["components"]})


def test_every_example_is_of_its_schema() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, said in methods.items():
            places = [said.get("requestBody", {}), *said["responses"].values()]
            for content in [one for place in places for one in place.get("content", {}).values()]:
                if "example" in content:
                    validator(content["schema"]).validate(content["example"])
            for parameter in said["parameters"]:
                if "example" in parameter:
                    assert validator(parameter["schema"]).is_valid(parameter["example"]), (
                        path,
                        method,
                    )


@pytest.fixture
def rows() -> dict[str, int]:
    """Keys of rows that hold something everywhere, by the name of the parameter."""
    organization = make_organization()
    make_membership(organization, Role.OWNER, email="owner@example.com")
    place = make_property(organization, address1="1 Maple Street", legal_name="Maple Court Inc.")
    unit = make_unit(place, address1="1 Maple Street", floor="12", latitude=40.7, longitude=-74.0)
    resident = make_resident(unit, email="ana@example.com")
    make_phone(resident)
    log = make_call_log(organization, property=place, unit=unit, resident=resident)
    make_comment(log)
    make_call_log(organization)
    return {
        "propertyId": place.pk,
        "unitId": unit.pk,
        "residents": resident.pk,
        "calllogs": log.pk,
        "modulestatus": Status.objects.filter(organization=organization)[0].pk,
    }


@pytest.fixture
def client(rows: dict[str, int]) -> Client:
    membership = Membership.objects.get(user__email="owner@example.com")
    return Client(headers={"authorization": f"Bearer {make_credential(membership)[1]}"})


def judge(path: str, method: str, answer: Any) -> None:
    """The status, its headers and the body are told of, and as they are told."""
    said = DOCUMENT["paths"][path][method.lower()]["responses"][str(answer.status_code)]
    for name in said.get("headers", {}):
        value: Any = answer.headers[name]
        value = int(value) if value.isdigit() else value
        validator(DOCUMENT["components"]["headers"][name]["schema"]).validate(value)
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "content" not in said:
        assert (body, kind) == (b"", "")
    else:
        validator(said["content"][kind]["schema"]).validate(json.loads(body))


QUERIES: list[dict[str, str]] = [
    {"email": "ana@example.com"},
    {"mobile": "212 555 0101", "after": "", "pageSize": "1"},
    {"email": "ana@example.com", "page": "1", "pageSize": "2"},
    {"page": "-1"},
]
BODIES = [{"NewComments": "ok", "CallFrom": "Ana"}, {}, {"NewComments": 1}, {"LogReasons": [0]}]
HEADERS = [{}, {"accept": "text/json"}, {"authorization": "Bearer nobody"}, {"authorization": "x"}]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "method"), HERE)
def test_real_answers_are_as_they_are_told(
    path: str, method: str, client: Client, rows: dict[str, int]
) -> None:
    keys = {"id": rows.get(path.split("/")[2], 0)} | rows
    url = re.sub(r"{(\w+)}", lambda found: str(keys[found[1]]), path)
    absent = re.sub(r"{(\w+)}", "2147483647", path)
    seen = set()
    for address, headers in [*((url, one) for one in HEADERS), (absent, {})]:
        if method == "GET":
            said = [client.get(address, query, headers=headers) for query in QUERIES]
        else:
            said = [
                client.generic(method, address, json.dumps(body), "text/json", headers=headers)
                for body in BODIES
            ]
        for answer in said:
            judge(path, method, answer)
            seen.add(answer.status_code)
    assert {200, 201} & seen
    assert {400, 401} <= seen
