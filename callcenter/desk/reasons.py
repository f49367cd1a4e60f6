"""Reasons in the order in which an agent will want them, and as a tree of families."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Value

from callcenter.calls.models import CallLog, CallLogReason, Reason, ReasonQuerySet
from callcenter.calls.offering import in_sets, offered_by
from callcenter.properties.principals import Principal

RECENT_CALLS = 300
LIKELY = 12
USED = "used"  # beside the directions


@dataclass(frozen=True)
class Family:
    """Reasons of one family, in the order of their mnemonics; `letter` begins those."""

    letter: str
    name: str
    reasons: list[Reason] = field(default_factory=list)


def likely_first(
    reasons: ReasonQuerySet, principal: Principal, property_id: int | None = None
) -> list[Reason]:
    """The reasons of the last calls by frequency, then emergencies, then all by mnemonic.

    Those that are offered at the property stand before the others. The first dozen that are
    offered have `is_likely`; each has `offered`: the directions it is offered for. Two
    statements.
    """
    last = CallLog.objects.visible_to(principal).order_by("-contacted_at", "-pk")
    links = CallLogReason.objects.filter(call_log__in=last.values("pk")[:RECENT_CALLS])
    of_calls = links.values_list(Value(USED), "reason_id")
    told = list(of_calls.union(in_sets(property_id, principal), all=True))
    used = Counter(reason_id for way, reason_id in told if way == USED)
    offered = offered_by(row for row in told if row[0] != USED)
    rows = list(reasons)
    for reason in rows:
        said = [way for way, ids in offered.items() if ids is None or reason.pk in ids]
        reason.offered = " ".join(said)  # type: ignore[attr-defined]
    ordered = sorted(
        rows,
        key=lambda r: (not r.offered, -used[r.pk], not r.is_emergency, r.mnemonic),  # type: ignore[attr-defined]
    )
    for place, reason in enumerate(ordered):
        reason.is_likely = place < LIKELY and bool(reason.offered)  # type: ignore[attr-defined]
    return ordered


def families_of(reasons: list[Reason]) -> list[Family]:
    """The reasons as a tree, by the first letter of their mnemonics."""
    found: dict[tuple[str, str], Family] = {}
    for reason in sorted(reasons, key=lambda r: r.mnemonic):
        key = (reason.mnemonic[:1], reason.family)
        found.setdefault(key, Family(*key)).reasons.append(reason)
    return list(found.values())
