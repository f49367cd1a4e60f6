"""Every address of the dialect answers, in any case, with and without a last slash."""

import json
from typing import Any

import pytest
from django.test import Client

from callcenter.accounts.models import Membership, Role
from callcenter.api.connect.urls import ROUTES
from callcenter.calls.models import Status
from tests.factories import (
    make_call_log,
    make_credential,
    make_membership,
    make_organization,
    make_property,
    make_resident,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> dict[str, int]:
    """Keys of rows by the name of the parameter, or by the word before it."""
    organization = make_organization()
    make_membership(organization, Role.OWNER, email="owner@example.com")
    unit = make_unit(make_property(organization))
    resident = make_resident(unit)
    log = make_call_log(organization, property=unit.property, unit=unit, resident=resident)
    return {
        "propertyId": unit.property_id,
        "unitId": unit.pk,
        "residents": resident.pk,
        "calllogs": log.pk,
        "modulestatus": Status.objects.filter(organization=organization)[0].pk,
    }


@pytest.fixture
def client(rows: dict[str, int]) -> Client:
    membership = Membership.objects.get(user__email="owner@example.com")
    _, secret = make_credential(membership)
    return Client(headers={"authorization": f"bearer {secret}"})


def address(template: str, rows: dict[str, int]) -> str:
    """The path of a route for these rows."""
    first, *rest = template.split("/")
    parts = [first]
    for part in rest:
        name = part.strip("{}")
        parts.append(str(rows[first if name == "id" else name]) if part != name else part)
    return "/api/" + "/".join(parts)


@pytest.mark.parametrize("route", [route.template for route in ROUTES])
def test_a_route_answers_in_any_case_and_with_or_without_a_slash(
    route: str, client: Client, rows: dict[str, int]
) -> None:
    query = {"email": "nobody@example.com"} if "carecenter" in route else {}
    path = address(route, rows)
    said = [client.get(form, query) for form in (path, f"{path}/", path.upper())]
    assert [answer.status_code for answer in said] == [200] * 3
    assert len({answer.content for answer in said}) == 1
    assert said[0].headers["Content-Type"] == "application/json; charset=utf-8"


def test_what_is_got_can_be_put_back_and_changes_nothing(
    client: Client, rows: dict[str, int]
) -> None:
    path = f"/api/calllogs/{rows['calllogs']}"
    before = client.get(path)
    answer = client.put(path, before.content, content_type="application/json")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == before.headers["ETag"] == '"1"'


def test_a_call_is_logged_and_a_repetition_with_the_key_gives_the_same_answer(
    client: Client, rows: dict[str, int]
) -> None:
    body: dict[str, Any] = {"UnitId": rows["unitId"], "CallFrom": "Ana", "NewComments": "Leak"}
    first, again = (
        client.post(
            "/api/calllogs", json.dumps(body), "application/json", headers={"idempotency-key": "a"}
        )
        for _ in range(2)
    )
    assert (first.status_code, first.content) == (again.status_code, again.content)
    log = json.loads(first.content)
    assert first.status_code == 201
    assert first.headers["Location"] == f"/api/calllogs/{log['LogId']}"
    assert [row["Comment"] for row in log["OldComments"]] == ["Leak"]
