"""Which rows a caller may name: absent, not linked, or there (wire/connect.md 3)."""

from typing import Any

from callcenter.api.call import Call
from callcenter.calls.models import CallLog

from .refusals import NOT_FOUND, NOT_LINKED, RefusalError


def require_linked(model: Any, pk: int, call: Call) -> None:
    """106 unless the organisation has this row, 105 when its property is not the caller's."""
    _require(model.objects.place_of(pk, call.principal), call)


def require_log(pk: int, call: Call) -> None:
    """As `require_linked`; a call without a place that the caller may not see is absent."""
    place = CallLog.objects.place_of(pk, call.principal)
    if place != (None,):
        _require(place, call)
    elif not CallLog.objects.visible_to(call.principal).filter(pk=pk).exists():
        raise RefusalError(NOT_FOUND)


def _require(place: tuple[int | None] | None, call: Call) -> None:
    seen = call.principal.property_ids
    if place is None:
        raise RefusalError(NOT_FOUND)
    if seen is not None and place[0] not in seen:
        raise RefusalError(NOT_LINKED)


def only[Row](rows: list[Row]) -> Row:
    """The one row that was asked for; 106 when it went away since it was looked for."""
    if not rows:
        raise RefusalError(NOT_FOUND)
    return rows[0]
