"""From what was told of a call to its state: events worked, lost calls ended (wire/voipnow.md 9).

Each action locks the call, reads all that was ever told of it, and writes what that adds up to.
So it may run twice, late, and in any order.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.utils import timezone

from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .facts import Facts, latest
from .merging import Gone, merged
from .models import Disposition, EventKind, PhoneCall, PhoneCallEvent, Upstream
from .reading import facts_told
from .story import Event, facts_of
from .told import views_left
from .writing import locked_call, write_facts

AT_ONCE = 200  # calls that one round ends
LEARNT = ("told", "is_told_final", "gone_at", "gone_as", "heard_at")


def work_event(*, event_id: int, actor: Principal) -> PhoneCall | None:
    """Bring the call of a stored event up to date; its row, or None when the event is not there.

    Harmless when it runs again, and when it runs beside the work of the call's other events.
    """
    events = PhoneCallEvent.objects.filter(organization_id=actor.organization_id)
    event = events.select_related("upstream").filter(pk=event_id).first()
    if event is None:
        return None
    with write_transaction(actor):
        call = locked_call(event.upstream, event.call_id, first_heard=event.received_at)
        settle(call, event.upstream, actor=actor)
    return call


def settle(call: PhoneCall, upstream: Upstream, *, actor: Principal, **more: Any) -> bool:
    """Write what everything told of a locked call adds up to; whether anything was new.

    `more` are columns that the caller has just learnt: `told`, `is_told_final`, `gone_at`,
    `gone_as`, `heard_at`.
    """
    learnt = {name: getattr(call, name) for name in LEARNT} | more
    rows = PhoneCallEvent.objects.of_call(upstream.pk, call.external_id)
    events = [Event(EventKind(row.kind), row.extension, row.received_at, row.raw) for row in rows]
    learnt["heard_at"] = latest(learnt["heard_at"], *(event.at for event in events))
    facts = merged(
        facts_of(events),
        _told(learnt["told"], learnt["heard_at"], ZoneInfo(upstream.time_zone)),
        is_final=learnt["is_told_final"],
        gone=_gone(learnt["gone_at"], learnt["gone_as"]),
    )
    return write_facts(call, facts, actor=actor, **learnt)


def _gone(at: datetime | None, disposition: int | None) -> Gone | None:
    if at is None:
        return None
    return Gone(at, None if disposition is None else Disposition(disposition))


def _told(told: Mapping[str, Any] | None, heard_at: datetime, zone: ZoneInfo) -> Facts | None:
    """What lists say of the call: the last object, and the parties of earlier ones that left."""
    if told is None:
        return None
    facts = facts_told(told["object"], zone=zone, heard_at=heard_at)
    return views_left(facts, told["left"], zone=zone)


def organizations_with_live_calls() -> set[int]:
    """The organisations in which calls of an upstream go on."""
    rows = PhoneCall.objects.live().filter(upstream__isnull=False)
    return set(rows.order_by().values_list("organization_id", flat=True).distinct())


def end_lost_calls(*, actor: Principal, at: datetime | None = None) -> int:
    """End the calls of which nothing was heard for as long as their upstream allows; how many.

    Whoever still takes part is ended with disposition 4, unknown (wire/voipnow.md 9). `at` is
    now unless a test says otherwise. At most AT_ONCE calls.
    """
    now = at or timezone.now()
    patience = ExpressionWrapper(
        F("heard_at") + F("upstream__lost_after_seconds") * Value(timedelta(seconds=1)),
        output_field=DateTimeField(),
    )
    lost = PhoneCall.objects.filter(
        organization_id=actor.organization_id, ended_at=None, upstream__isnull=False
    )
    found = lost.annotate(lost_at=patience).filter(lost_at__lte=now).order_by("pk")
    ended = 0
    for pk in found.values_list("pk", flat=True)[:AT_ONCE]:
        ended += _end_lost(pk, now, actor)
    return ended


def _end_lost(pk: int, now: datetime, actor: Principal) -> bool:
    with write_transaction(actor):
        rows = PhoneCall.objects.select_for_update(no_key=True, of=("self",))
        call = rows.select_related("upstream").get(pk=pk)
        assert call.upstream is not None  # noqa: S101 (asked for)
        patience = timedelta(seconds=call.upstream.lost_after_seconds)
        if call.ended_at or call.heard_at + patience > now:
            return False
        gone = {"gone_at": now, "gone_as": Disposition.UNKNOWN}
        settle(call, call.upstream, actor=actor, **gone)
    return True
