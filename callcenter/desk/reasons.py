"""Reasons in the order in which an agent will want them."""

from collections import Counter

from callcenter.calls.models import CallLog, CallLogReason, Reason, ReasonQuerySet
from callcenter.properties.principals import Principal

RECENT_CALLS = 300
LIKELY = 12


def likely_first(reasons: ReasonQuerySet, principal: Principal) -> list[Reason]:
    """The reasons of the last calls by frequency, then emergencies, then all by mnemonic.

    The first dozen have `is_likely`; two statements.
    """
    last = CallLog.objects.visible_to(principal).order_by("-contacted_at", "-pk")
    links = CallLogReason.objects.filter(call_log__in=last.values("pk")[:RECENT_CALLS])
    used = Counter(links.values_list("reason_id", flat=True))
    ordered = sorted(reasons, key=lambda r: (-used[r.pk], not r.is_emergency, r.mnemonic))
    for place, reason in enumerate(ordered):
        reason.is_likely = place < LIKELY  # type: ignore[attr-defined]
    return ordered
