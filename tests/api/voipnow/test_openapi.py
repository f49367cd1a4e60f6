"""The OpenAPI document and the page tell of what runs, and of nothing else."""

import json
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import schemathesis
from django.test import Client
from schemathesis.specs.openapi import definitions

from callcenter.api.openapi import document, operations
from callcenter.api.voipnow.dialect import VOIPNOW
from callcenter.api.voipnow.params import MESSAGES

from .house import CDR, LIVE, NOVEMBER, PRIYA, RINGS, House

DOCUMENT = document(VOIPNOW)
ONE = f"{LIVE}/{{userId}}/{{extension}}/{{phoneCallId}}"


def test_it_is_openapi_and_names_every_operation_once() -> None:
    definitions.OPENAPI_31_VALIDATOR.validate(DOCUMENT)
    told = [
        (path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods
    ]
    here = [(f"/{route.template}", method) for route, method, _ in operations(VOIPNOW)]
    assert sorted(told) == sorted(here)
    assert len(told) == 8
    said_of_all = [said for one in DOCUMENT["paths"].values() for said in one.values()]
    assert len({said["summary"] for said in said_of_all}) == len(told)
    names = [said["operationId"] for said in said_of_all]
    assert len(set(names)) == len(names)
    schemathesis.openapi.from_dict(DOCUMENT)


def test_every_code_of_a_parameter_is_told_where_it_is_answered() -> None:
    live = DOCUMENT["paths"][LIVE]["get"]["responses"]["400"]["description"]
    over = DOCUMENT["paths"][CDR]["get"]["responses"]["400"]["description"]
    told = set(live.rstrip(".").split("; ")) | set(over.rstrip(".").split("; "))
    assert told == set(MESSAGES)
    assert len(live.split("; ")) == 7


def valid(template: str, answer: Any, method: str = "get") -> None:
    """The body must be what the document says of this status."""
    said = DOCUMENT["paths"][template][method]["responses"][str(answer.status_code)]
    if answer.status_code == 204:
        assert not answer.content
        assert "content" not in said
        return
    schema = said["content"]["application/json"]["schema"]
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema_rs.validator_for(whole).validate(json.loads(answer.content))


def test_answers_are_as_they_are_told(house: House) -> None:
    for who in ("owner", "deployed", "priya", "item", None):
        for template, path in (
            (LIVE, LIVE),
            (LIVE, f"{LIVE}?fields=id,nonce&startIndex=9"),
            (f"{LIVE}/{{userId}}", f"{LIVE}/@organization"),
            (f"{LIVE}/{{userId}}/{{extension}}", f"{LIVE}/{PRIYA}/211?count=x"),
            (ONE, f"{LIVE}/@me/@self/{RINGS}"),
            (CDR, f"{CDR}?{NOVEMBER}"),
            (f"{CDR}/{{userId}}", f"{CDR}/@organization?{NOVEMBER}"),
            (f"{CDR}/{{userId}}", f"{CDR}/{PRIYA}?startDate=x"),
        ):
            valid(template, house.ask(who, "GET", path))
    key = house.keys["owner"]
    form = {"grant_type": "client_credentials", "client_id": key.client_id}
    for more in ({"client_secret": key.secret}, {"client_secret": "x"}, {"type": "x"}):
        answer = house.ask(None, "POST", "/oauth/token", urlencode(form | more))
        valid("/oauth/token", answer, "post")


def test_the_page_and_the_document_are_for_everybody(db: None) -> None:
    client = Client()
    page = client.get("/docs/voipnow/").content.decode()
    for words in (
        "/uapi/phoneCalls/@me/0003*210",
        "Authorization: Bearer $TOKEN",
        "client_secret=$SECRET",
        "cdr_invalid_filter_by_answered",
        "204",
    ):
        assert words in page
    assert page.count("Authorization: Bearer $TOKEN") == 6  # not with those that get tokens
    answer = client.get("/docs/voipnow/openapi.json")
    assert answer.json() == json.loads(json.dumps(DOCUMENT))
