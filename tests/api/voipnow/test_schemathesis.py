"""Generated requests, in both forms: nothing breaks, and every answer is as it is told.

What is asked of the dialect is only this: no 5xx, no HTML, no answer outside the schema
(wire/voipnow.md 12).
"""

import random
from typing import Any

import pytest
from schemathesis.generation.case import Case

from callcenter.api.voipnow.dialect import VOIPNOW
from tests.api.generated import CHECKS, Counted, lasting, loaded

from .house import PRIYA, RINGS, TALKS, House

pytestmark = pytest.mark.usefixtures("unhurried")
app = Counted()
some = loaded(app, 85, covers=False, dialect=VOIPNOW)
many = loaded(app, 400, dialect=VOIPNOW)
PLACES: dict[str, list[Any]] = {
    "userId": ["@me", "@viewer", "@owner", "@organization", str(PRIYA)],
    "extension": ["@self", "0003*210", "211"],
    "phoneCallId": [RINGS, TALKS],
}


def judged(case: Case, house: House) -> None:
    """Ask in both forms, three of four times for somebody who is there."""
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
