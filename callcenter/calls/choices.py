"""What somebody may choose from when looking for calls, read in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from callcenter.accounts.models import Membership
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .models import Reason, Status

NAMES = 100


@dataclass(frozen=True)
class Choices:
    """Enabled statuses and reasons, names of visible properties and of the organisation's people.

    Of properties and people, who may be thousands, only the first NAMES are named; the filters
    take any name. `named` are the ids of the visible properties whose names were asked for.
    """

    statuses: list[tuple[int, str]]
    kinds: dict[int, str]
    reasons: list[tuple[int, str]]
    properties: list[str]
    people: list[str]
    named: dict[str, int]

    @classmethod
    def of(cls, principal: Principal, names: Iterable[str] = ()) -> "Choices":
        """What this principal may see of them, and the properties of these names."""
        found: dict[str, list[tuple[int, str, int, str]]] = {}
        for part, place, extra, row, label in _options(principal, names):
            found.setdefault(part, []).append((place, extra, row, label))
        statuses, reasons = sorted(found.get("status", [])), sorted(found.get("reason", []))
        return cls(
            statuses=[(row, label) for _, _, row, label in statuses],
            kinds={row: kind for _, kind, row, _ in statuses},
            reasons=[(row, label) for _, _, row, label in reasons],
            properties=sorted(label for *_, label in found.get("property", [])),
            people=sorted({label for *_, label in found.get("person", [])}),
            named={label: row for _, _, row, label in sorted(found.get("named", []), reverse=True)},
        )


def _options(principal: Principal, names: Iterable[str]) -> QuerySet[Any, Any]:
    """Rows of (which choice, its place in the order, kind or mnemonic, id, label)."""
    wanted = {name.strip() for name in names if "\x00" not in name}
    statuses = Status.objects.visible_to(principal).filter(is_enabled=True)
    reasons = Reason.objects.visible_to(principal).filter(is_enabled=True)
    places = Property.objects.visible_to(principal).filter(is_active=True).order_by("name")
    named = Property.objects.visible_to(principal).filter(name__in=wanted)
    people = Membership.objects.filter(organization_id=principal.organization_id, is_active=True)
    return _part("status", statuses, "name", place=F("order"), extra=F("kind")).union(
        _part("reason", reasons, "name", extra=F("mnemonic")),
        _part("property", places[:NAMES], "name"),
        _part("named", named, "name"),
        _part("person", people.order_by("user__name")[:NAMES], "user__name"),
        all=True,
    )


def _part(
    name: str, rows: QuerySet[Any], label: str, *, place: Any = None, extra: Any = None
) -> QuerySet[Any, Any]:
    said: QuerySet[Any, Any] = rows.annotate(
        part=Value(name, CharField()),
        place=Cast(place or Value(0), IntegerField()),
        extra=Cast(extra or Value(""), CharField()),
        label=Cast(label, CharField()),
    )
    return said.values_list("part", "place", "extra", "pk", "label")
