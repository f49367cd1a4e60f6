"""How many calls stand in each view of the list, as far as a glance needs to know."""

from collections.abc import Sequence

from django.db import OperationalError
from django.http import QueryDict

from callcenter.core.limits import gave_up, reading_within
from callcenter.core.paging import CappedCount, capped_counts
from callcenter.properties.principals import Principal

from .choices import Choices
from .filters import CallLogFilter
from .models import CallLogQuerySet

MOST = 200  # counts say "200+" from here
WITHIN = 400  # milliseconds


def counts_of(
    always: Sequence[str], others: Sequence[str], principal: Principal
) -> list[CappedCount | None]:
    """How many calls the filters of each of these addresses show, in their order.

    Every view is cut by its index at MOST, and all are counted in one statement. `others` may hold
    any filters, also some that must read much: they are None when that takes too long, and so is
    what makes no sense (any more).
    """
    asked = [QueryDict(query) for query in (*always, *others)]
    names = {name for one in asked for name in one.getlist("property")}
    choices = Choices.of(principal, names)
    parts = [_parts(one, choices, principal) for one in asked]
    try:
        with reading_within(WITHIN):
            return _counted(parts)
    except OperationalError as error:
        if not gave_up(error):
            raise
    return _counted(parts[: len(always)]) + [None] * len(others)


def _parts(
    query: QueryDict, choices: Choices, principal: Principal
) -> list[CallLogQuerySet] | None:
    found = CallLogFilter(query, principal=principal, choices=choices)
    return found.parts() if found.is_valid() else None


def _counted(parts: Sequence[list[CallLogQuerySet] | None]) -> list[CappedCount | None]:
    counts = iter(capped_counts([one for one in parts if one is not None], cap=MOST))
    return [None if one is None else next(counts) for one in parts]
