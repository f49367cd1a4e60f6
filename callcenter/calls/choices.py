"""What somebody may choose from when looking for calls, and the names that a field proposes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from callcenter.accounts.models import Membership
from callcenter.core.text import fold
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .models import Reason, Status

NAMES = 100


@dataclass(frozen=True)
class Choices:
    """Enabled statuses and reasons; `named` are the ids of visible properties of given names.

    Properties and people may be thousands and are proposed while one types, see `names_of_people`.
    """

    statuses: list[tuple[int, str]]
    kinds: dict[int, str]
    reasons: list[tuple[int, str]]
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
            named={label: row for _, _, row, label in sorted(found.get("named", []), reverse=True)},
        )


def _part(
    name: str, rows: QuerySet[Any], label: str, *, place: Any = None, extra: Any = None
) -> Any:
    said = rows.annotate(
        part=Value(name, CharField()),
        place=Cast(place or Value(0), IntegerField()),
        extra=Cast(extra or Value(""), CharField()),
        label=Cast(label, CharField()),
    )
    return said.values_list("part", "place", "extra", "pk", "label")


# each list asks for them: built once
_STATUSES = _part(
    "status", Status.objects.filter(is_enabled=True), "name", place=F("order"), extra=F("kind")
)
_REASONS = _part("reason", Reason.objects.filter(is_enabled=True), "name", extra=F("mnemonic"))
_NAMED = _part("named", Property.objects.all(), "name")


def _options(principal: Principal, names: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    """Rows of (which choice, its place in the order, kind or mnemonic, id, label)."""
    wanted = {name.strip() for name in names if "\x00" not in name} - {""}
    parts = [_REASONS.visible_to(principal)]
    if wanted:
        parts.append(_NAMED.visible_to(principal).filter(name__in=wanted))
    options: Iterable[tuple[Any, ...]] = _STATUSES.visible_to(principal).union(*parts, all=True)
    return options


def names_of_properties(text: str, principal: Principal) -> list[str]:
    """Names of the visible active properties that hold `text`, the first NAMES of them."""
    found = Property.objects.visible_to(principal).filter(is_active=True)
    found = found.filter(search_name__contains=fold(text))
    return list(found.order_by("name").values_list("name", flat=True).distinct()[:NAMES])


def names_of_people(text: str, principal: Principal) -> list[str]:
    """Names of the organisation's people that hold `text`, the first NAMES of them."""
    people = Membership.objects.filter(organization_id=principal.organization_id, is_active=True)
    names = people.filter(user__name__icontains=text).values_list("user__name", flat=True)
    return list(names.order_by("user__name").distinct()[:NAMES])
