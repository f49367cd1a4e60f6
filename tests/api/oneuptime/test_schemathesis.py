"""Generated requests, in both forms: nothing breaks, and every answer is as it is told.

The dialect takes much that no document would advise (columns that it does not know, say), so that
what is asked of it is only this: no 5xx, no HTML, no answer outside the schema
(wire/oneuptime.md 15).
"""

import random
from collections.abc import Iterator

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

from callcenter.api.oneuptime.dialect import ONEUPTIME
from tests.api.connect.campaign import Counted, loaded

from .house import FIRST, LOG, POLICY, RANG, House

app = Counted()
some = loaded(app, 26, covers=False, dialect=ONEUPTIME)
many = loaded(app, 250, dialect=ONEUPTIME)
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
ROWS = [str(pk) for pk in (RANG, LOG, POLICY, FIRST)]


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
    """Ask in both forms, two of three times for a row that is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_timeout = 0")
    chance = random.Random(str(case.path_parameters))  # noqa: S311 (a test)
    if case.path_parameters and chance.random() < 2 / 3:
        case.path_parameters["id"] = chance.choice(ROWS)
    for who in ("owner", "deployed"):
        case.call_and_validate(headers={"ApiKey": house.keys[who]}, checks=CHECKS)


@some.parametrize()
@lasting
def test_some_requests(case: Case, house: House) -> None:
    judged(case, house)


@pytest.mark.slow
@many.parametrize()
@lasting
def test_many_requests(case: Case, house: House) -> None:
    judged(case, house)
