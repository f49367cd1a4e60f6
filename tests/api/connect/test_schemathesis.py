"""Thousands of generated requests: nothing breaks, and every answer is as it is told.

Each operation is a test, so that workers share them.
"""

from collections.abc import Iterator

import pytest
from schemathesis.generation.case import Case

from callcenter.accounts.models import Role
from callcenter.api.connect.dialect import CONNECT
from callcenter.api.openapi import document, operations
from tests.api.connect.campaign import Company, judged, make_company
from tests.api.generated import Counted, lasting, loaded

pytestmark = pytest.mark.usefixtures("unhurried")
app = Counted()
OF_OWNER, OF_MEMBER, LONG = 40, 16, 1_200  # random requests for each operation
by_owner = loaded(app, OF_OWNER, dialect=CONNECT)
by_member = loaded(app, OF_MEMBER, dialect=CONNECT, covers=False)
SYSTEMATIC = {True: 120, False: 60}  # all requests of an owner, with or without query and body
for_long = loaded(app, LONG, dialect=CONNECT)


def company(role: Role, least: int) -> Iterator[Company]:
    """Rows to ask for; afterwards so many requests must have been made."""
    app.calls = 0
    yield make_company(role)
    assert app.calls >= least


def least_of(label: str) -> int:
    """How many requests an owner makes at least of an operation like `GET /api/calllogs`."""
    method, path = label.split(" ")
    said = document(CONNECT)["paths"][path][method.lower()]
    has_query = any(parameter["in"] == "query" for parameter in said["parameters"])
    return SYSTEMATIC[has_query or "requestBody" in said]


@pytest.fixture
def owned(request: pytest.FixtureRequest) -> Iterator[Company]:
    yield from company(Role.OWNER, least_of(request.node.operation_label))


@pytest.fixture
def shared() -> Iterator[Company]:
    yield from company(Role.MEMBER, OF_MEMBER)


@pytest.fixture
def owned_for_long() -> Iterator[Company]:
    yield from company(Role.OWNER, LONG)


def test_the_bounds_add_up() -> None:
    labels = [f"{method} /api/{route.template}" for route, method, _ in operations(CONNECT)]
    assert sum(map(least_of, labels)) + len(labels) * OF_MEMBER >= 2_000
    assert len(labels) * LONG >= 20_000


@by_owner.parametrize()
@lasting
def test_an_owners_requests(case: Case, owned: Company) -> None:
    judged(case, owned)


@by_member.parametrize()
@lasting
def test_a_members_requests(case: Case, shared: Company) -> None:
    judged(case, shared)


@pytest.mark.slow
@for_long.parametrize()
@lasting
def test_a_long_campaign(case: Case, owned_for_long: Company) -> None:
    judged(case, owned_for_long)
