"""Generated requests, in both forms: nothing breaks, and every answer is as it is told.

What is asked of the dialect is only this: no 5xx, no HTML, no answer outside the schema
(wire/voipnow.md 12).
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from callcenter.api.voipnow.dialect import VOIPNOW
from tests.api.connect.campaign import Counted, loaded

from .house import PRIYA, RINGS, TALKS, House

app = Counted()
some = loaded(app, 85, covers=False, dialect=VOIPNOW)
many = loaded(app, 400, dialect=VOIPNOW)
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
lasting = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PLACES: dict[str, list[Any]] = {
    "userId": ["@me", "@viewer", "@owner", "@organization", str(PRIYA)],
    "extension": ["@self", "0003*210", "211"],
    "phoneCallId": [RINGS, TALKS],
}


@pytest.fixture(autouse=True)
def _stay(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No limits of pace, and all requests of a test in its one transaction."""
    for name in ("API_REQUESTS_PER_MINUTE", "API_KEY_TRIES_PER_ADDRESS"):
        monkeypatch.setattr(django_settings, name, 10**6)
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def judged(case: Case, house: House) -> None:
    """Ask in both forms, three of four times for somebody who is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_timeout = 0")
    chance = random.Random(f"{case.path_parameters} {case.query}")  # noqa: S311 (a test)
    for name in case.path_parameters or {}:
        if chance.random() < 3 / 4:
            case.path_parameters[name] = chance.choice(PLACES[name])
    for who in ("owner", "deployed", "priya"):
        headers = {"Authorization": f"Bearer {house.tokens[who]}"}
        case.call_and_validate(headers=headers, checks=CHECKS)


@some.parametrize()
@lasting
def test_some_requests(case: Case, house: House) -> None:
    judged(case, house)


@pytest.mark.slow
@many.parametrize()
@lasting
def test_many_requests(case: Case, house: House) -> None:
    judged(case, house)
