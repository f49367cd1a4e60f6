"""What somebody may choose from when looking for calls, and the names that a field proposes."""

from collections.abc import Iterable
from dataclasses import dataclass

from callcenter.accounts.models import Membership
from callcenter.core.prepared import fetch_all
from callcenter.core.text import fold
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

NAMES = 100
# (which choice, its place in the order, kind or mnemonic, id, label), as `visible_to` has them
OPTIONS = """
SELECT 'status', "order", kind, id, name FROM calls_status
WHERE organization_id = %(organization)s AND is_enabled
UNION ALL
SELECT 'reason', 0, mnemonic, id, name FROM calls_reason
WHERE organization_id = %(organization)s AND is_enabled
UNION ALL
SELECT 'named', 0, '', id, name FROM properties_property
WHERE organization_id = %(organization)s AND name = ANY(%(names)s::text[])
  AND (%(seen)s::bigint[] IS NULL OR id = ANY(%(seen)s::bigint[]))
"""


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
        wanted = {name.strip() for name in names if "\x00" not in name} - {""}
        values = {
            "organization": principal.organization_id,
            "names": list(wanted),
            "seen": None if principal.property_ids is None else list(principal.property_ids),
        }
        for part, place, extra, row, label in fetch_all(OPTIONS, values):
            found.setdefault(part, []).append((place, extra, row, label))
        statuses, reasons = sorted(found.get("status", [])), sorted(found.get("reason", []))
        return cls(
            statuses=[(row, label) for _, _, row, label in statuses],
            kinds={row: kind for _, kind, row, _ in statuses},
            reasons=[(row, label) for _, _, row, label in reasons],
            named={label: row for _, _, row, label in sorted(found.get("named", []), reverse=True)},
        )


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
