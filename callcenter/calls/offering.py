"""Which reasons are offered at a place, by the sets of the organisation."""

from callcenter.properties.principals import Principal

from .models import Direction, ReasonSet


def offered_at(property_id: int | None, principal: Principal) -> dict[str, set[int] | None]:
    """For each direction the ids of the reasons that the sets offer there; None for all.

    One statement.
    """
    sets = ReasonSet.objects.visible_to(principal).at(property_id)
    told: dict[str, set[int]] = {}
    for direction, reason_id in sets.values_list("direction", "reasons"):
        told.setdefault(direction, set()).add(reason_id)
    offered: dict[str, set[int] | None] = {}
    for way in Direction.values:
        found = [told[key] for key in ("", way) if key in told]
        offered[way] = set().union(*found) if found else None
    return offered
