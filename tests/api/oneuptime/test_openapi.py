"""The OpenAPI document and the page tell of what runs, and of nothing else."""

import json
from typing import Any

import jsonschema_rs
import schemathesis
from django.test import Client
from schemathesis.specs.openapi import definitions

from callcenter.api.oneuptime.dialect import ONEUPTIME
from callcenter.api.openapi import document, operations

from .house import FIRST, ITEMS, JOE, LOG, LOGS, POLICIES, POLICY, RANG, RULES, House

DOCUMENT = document(ONEUPTIME)
ROW = {ITEMS: RANG, LOGS: LOG, POLICIES: POLICY, RULES: FIRST}


def test_it_is_openapi_and_names_every_operation_once() -> None:
    definitions.OPENAPI_31_VALIDATOR.validate(DOCUMENT)
    told = [
        (path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods
    ]
    here = [(f"/api/{route.template}", method) for route, method, _ in operations(ONEUPTIME)]
    assert sorted(told) == sorted(here)
    assert len(told) == 3 * 12 + 5  # logs are only read
    names = [said["operationId"] for one in DOCUMENT["paths"].values() for said in one.values()]
    assert len(set(names)) == len(names)
    schemathesis.openapi.from_dict(DOCUMENT)


def valid(template: str, method: str, answer: Any) -> None:
    """The body must be what the document says of this status."""
    said = DOCUMENT["paths"][template][method.lower()]["responses"][str(answer.status_code)]
    schema = said["content"]["application/json"]["schema"]
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema_rs.validator_for(whole).validate(json.loads(answer.content))


def test_answers_are_as_they_are_told(house: House) -> None:
    for who in ("owner", "deployed", "none"):
        for path, pk in ROW.items():
            selected = DOCUMENT["components"]["schemas"][
                DOCUMENT["paths"][f"{path}/get-list"]["post"]["requestBody"]["content"][
                    "application/json"
                ]["schema"]["$ref"].rpartition("/")[2]
            ]["properties"]["select"]["properties"]
            asked = {"select": dict.fromkeys(selected, True)}
            for method in ("GET", "POST"):
                valid(f"{path}/get-list", method, house.ask(who, method, f"{path}/get-list", asked))
                item = house.ask(who, method, f"{path}/{pk}/get-item", asked)
                valid(f"{path}/{{id}}/get-item", method, item)
            valid(f"{path}/count", "POST", house.ask(who, "POST", f"{path}/count"))
    data = {"incomingCallLogId": str(LOG), "status": "x", "userId": str(JOE)}
    creates: list[Any] = [{"data": data}, {"data": {}}, "{"]
    for body in creates:
        valid(ITEMS, "POST", house.ask("deployed", "POST", ITEMS, body))
    updates: list[Any] = [{"data": {"status": "x"}}, {"data": {}}]
    for body in updates:
        valid(f"{ITEMS}/{{id}}", "PUT", house.ask("owner", "PUT", f"{ITEMS}/{RANG}", body))


def test_the_page_and_the_document_are_for_everybody(db: None) -> None:
    client = Client()
    page = client.get("/docs/oneuptime/").content.decode()
    assert "/api/incoming-call-log-item/get-list" in page
    assert "ApiKey: $KEY" in page
    assert "Authorization: Bearer $KEY" not in page
    assert "Idempotency-Key was already used with another request." in page
    answer = client.get("/docs/oneuptime/openapi.json")
    assert answer.json() == json.loads(json.dumps(DOCUMENT))
