"""Generated requests, in both forms: nothing breaks, and every answer is as it is told.

The dialect takes much that no document would advise (columns that it does not know, say), so that
what is asked of it is only this: no 5xx, no HTML, no answer outside the schema
(wire/oneuptime.md 15).
"""

import random

import pytest
from schemathesis.generation.case import Case

from callcenter.api.oneuptime.dialect import ONEUPTIME
from tests.api.generated import CHECKS, Counted, lasting, loaded

from .house import FIRST, LOG, POLICY, RANG, House

pytestmark = pytest.mark.usefixtures("unhurried")
app = Counted()
some = loaded(app, 26, covers=False, dialect=ONEUPTIME)
many = loaded(app, 250, dialect=ONEUPTIME)
ROWS = [str(pk) for pk in (RANG, LOG, POLICY, FIRST)]


def judged(case: Case, house: House) -> None:
    """Ask in both forms, two of three times for a row that is there."""
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
