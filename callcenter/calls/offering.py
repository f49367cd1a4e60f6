"""Which reasons are offered at a place, by the sets of the organisation."""

from collections.abc import Iterable

from django.db.models import QuerySet

from callcenter.properties.principals import Principal

from .models import Direction, ReasonSet

type Said = tuple[str, int]


def in_sets(property_id: int | None, principal: Principal) -> "QuerySet[ReasonSet, Said]":
    """Direction ("" for both) and reason of the sets that hold at a place."""
    sets = ReasonSet.objects.visible_to(principal).at(property_id)
    return sets.values_list("direction", "reasons")


def offered_at(property_id: int | None, principal: Principal) -> dict[str, set[int] | None]:
    """For each direction the ids of the reasons that the sets offer there; None for all.

    One statement.
    """
    return offered_by(in_sets(property_id, principal))


def offered_by(rows: Iterable[Said]) -> dict[str, set[int] | None]:
    """The same of rows that were read already."""
    told: dict[str, set[int]] = {}
    for direction, reason_id in rows:
        told.setdefault(direction, set()).add(reason_id)
    offered: dict[str, set[int] | None] = {}
    for way in Direction.values:
        found = [told[key] for key in ("", way) if key in told]
        offered[way] = set().union(*found) if found else None
    return offered
