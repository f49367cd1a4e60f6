"""Building events: opened on a cluster of calls, read to callers, closed once for all (M5).

Closing is kept first and done afterwards, call by call, each in a transaction of its own that
leaves a comment, the status and the mark `settled_at`: a kill in the middle loses nothing, and
going on does nothing twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.transactions import write_transaction
from callcenter.outbox.actions import enqueue
from callcenter.outbox.delivery import Again
from callcenter.properties.access import principal_for
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .actions import update_call_log
from .history import append_row, bump, clean_text, lock_call, lock_to_move, status_named
from .models import (
    BuildingEvent,
    CallLog,
    CallLogReason,
    CommentKind,
    EventCall,
    EventLine,
    Reason,
    StatusKind,
)

SETTLE = "calls.settle_event"  # the task
AT_ONCE = 20  # calls that the page of closing settles before it answers
CLUSTER_UNITS = 3
CLUSTER_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True)
class Cluster:
    """Units of one property that rang for one reason within half an hour (M5)."""

    reason: Reason
    units: int
    calls: int
    since: datetime

    @property
    def minutes(self) -> int:
        """How long ago the first of them rang."""
        return max(1, round((timezone.now() - self.since).total_seconds() / 60))


def cluster_at(
    property_id: int, principal: Principal, *, reason_ids: set[int], with_unit: int | None = None
) -> Cluster | None:
    """The largest cluster of one of these reasons, a call of `with_unit` counted in already.

    None when fewer than three units rang, or when they belong to an event. One statement over
    the property's calls of the last half hour.
    """
    since = timezone.now() - CLUSTER_WITHIN
    calls = CallLog.objects.visible_to(principal).filter(
        property_id=property_id, contacted_at__gte=since, unit__isnull=False, in_event=None
    )
    links = CallLogReason.objects.filter(call_log__in=calls.values("pk"), reason__in=reason_ids)
    found = (
        links.values("reason", "reason__name", "reason__mnemonic")
        .annotate(
            units=Count("call_log__unit", distinct=True),
            calls=Count("call_log", distinct=True),
            since=Min("call_log__contacted_at"),
            holds=Count("pk", filter=Q(call_log__unit=with_unit)),
        )
        .order_by("-units", "reason")
    )
    for row in found:
        units = row["units"] + (1 if with_unit is not None and not row["holds"] else 0)
        if units >= CLUSTER_UNITS:
            said = {"name": row["reason__name"], "mnemonic": row["reason__mnemonic"]}
            reason = Reason(pk=row["reason"], **said)
            return Cluster(reason, units, row["calls"], row["since"])
    return None


def _cluster_calls(property_id: int, reason_id: int, principal: Principal) -> list[int]:
    """The calls of the last half hour that an event of this reason gathers."""
    since = timezone.now() - CLUSTER_WITHIN
    calls = CallLog.objects.visible_to(principal).filter(
        property_id=property_id, contacted_at__gte=since, in_event=None
    )
    return list(calls.with_reasons_among([reason_id]).order_by("pk").values_list("pk", flat=True))


def open_event(
    *, property_id: int, reason_id: int | None, title: str, line: str, actor: Principal
) -> BuildingEvent:
    """Open an event; the calls of its cluster join at once.

    An open event of the same property and reason is taken instead of a second one. RuleError
    without a title, or for a place that is not there.
    """
    title = clean_text(title, limit=120, field="title").strip()
    line = clean_text(line, limit=300, field="line").strip()
    if not title:
        raise RuleError(_("Say in a few words what it is."), field="title")
    with write_transaction(actor):
        places = Property.objects.visible_to(actor).select_for_update(no_key=True)
        place = places.filter(pk=property_id).first()
        if place is None:
            raise RuleError(_("There is no such place."), field="property")
        reasons = Reason.objects.visible_to(actor).filter(pk=reason_id or 0)
        reason = reasons.first() if reason_id else None
        same = BuildingEvent.objects.visible_to(actor).open().filter(property=place, reason=reason)
        event = same.first() if reason else None
        if event is None:
            event = BuildingEvent.objects.create(
                organization_id=actor.organization_id,
                property=place,
                reason=reason,
                title=title,
                opened_by_id=actor.user_id,
                opened_by_name=actor.user_name,
            )
        if line:
            _say(event, line, actor)
        if reason is not None:
            for pk in _cluster_calls(place.pk, reason.pk, actor):
                _join(event, pk, actor)
    return event


def join_event(*, event_id: int, call_log_id: int, actor: Principal) -> bool:
    """Let a call of the same property join an open event; False when it has joined already.

    NotFoundError for what is not visible; RuleError when the event is over, of another property,
    or when the call is in another event.
    """
    with write_transaction(actor):
        return _join(visible_event(event_id, actor, lock=True), call_log_id, actor)


def _join(event: BuildingEvent, call_log_id: int, actor: Principal) -> bool:
    log = lock_call(call_log_id, actor)
    if event.closed_at is not None:
        raise RuleError(_("This event is over."), field="event")
    if log.property_id != event.property_id:
        raise RuleError(_("This event is at another property."), field="event")
    joined = EventCall.objects.filter(call_log=log).first()
    if joined is not None and joined.event_id == event.pk:
        return False
    if joined is not None:
        raise RuleError(_("This call has joined another event."), field="event")
    EventCall.objects.create(
        organization_id=event.organization_id,
        event=event,
        call_log=log,
        joined_by_id=actor.user_id,
    )
    said = _("Joined the event “%(title)s”.") % {"title": event.title}
    append_row(log, actor=actor, text=said, kind=CommentKind.FOLD)
    bump(log)
    return True


def say_line(*, event_id: int, text: str, actor: Principal) -> EventLine:
    """What is read to callers from now on; RuleError for no words or an event that is over."""
    text = clean_text(text, limit=300, field="line").strip()
    if not text:
        raise RuleError(_("Write what callers shall hear."), field="line")
    with write_transaction(actor):
        event = visible_event(event_id, actor, lock=True)
        if event.closed_at is not None:
            raise RuleError(_("This event is over."), field="line")
        return _say(event, text, actor)


def _say(event: BuildingEvent, text: str, actor: Principal) -> EventLine:
    return EventLine.objects.create(
        organization_id=event.organization_id,
        event=event,
        text=text,
        author_id=actor.user_id,
        author_name=actor.user_name,
    )


def close_event(*, event_id: int, outcome: str, status_id: int, actor: Principal) -> BuildingEvent:
    """End an event: what came of it, and the closed status that its calls go to.

    Its calls are settled by the task, or by who calls `settle` first. RuleError without words
    or for a status that is not closed; StaleError when somebody was first.
    """
    outcome = clean_text(outcome, limit=2000, field="outcome").strip()
    if not outcome:
        raise RuleError(
            _("Say what came of it: it becomes a comment on every call."), field="outcome"
        )
    with write_transaction(actor):
        event = visible_event(event_id, actor, lock=True)
        if event.closed_at is not None:
            raise StaleError(_("Somebody else ended this event first."))
        status = status_named(status_id, actor)
        if status.kind != StatusKind.CLOSED or status.needs_head_call:
            raise RuleError(_("Choose a status that closes the calls."), field="status")
        event.closed_at = timezone.now()
        event.closed_by_id = actor.user_id
        event.closing_status = status
        event.outcome = outcome
        event.save()
        enqueue(
            organization_id=event.organization_id,
            task=SETTLE,
            arguments={"event_id": event.pk},
        )
    return event


def settle(event: BuildingEvent, actor: Principal, *, most: int) -> bool:
    """Comment and close the calls of a closed event; True when none is left.

    Each call in a transaction of its own. One that the workflow or somebody's promise keeps open
    gets the comment, and the refusal stands beside it.
    """
    waiting = EventCall.objects.filter(event=event, settled_at=None).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)[:most]):
        _settle(event, pk, actor)
    return not waiting.exists()


def _settle(event: BuildingEvent, joined_id: int, actor: Principal) -> None:
    with write_transaction(actor):
        rows = EventCall.objects.select_for_update(no_key=True).filter(pk=joined_id)
        joined = rows.filter(settled_at=None).first()
        if joined is None:
            return
        said = _("Event “%(title)s” is over: %(outcome)s")
        text = said % {"title": event.title, "outcome": event.outcome}
        refusal = ""
        try:
            _close(joined.call_log_id, event, text, actor)
        except NotFoundError as error:  # withdrawn meanwhile
            refusal = str(error)
        except RuleError as error:
            refusal = str(error)
            update_call_log(call_log_id=joined.call_log_id, comment=text, actor=actor)
        rows.update(settled_at=Now(), refusal=refusal[:300])


def _close(call_log_id: int, event: BuildingEvent, text: str, actor: Principal) -> None:
    """The comment, and the closing status unless the call is closed already."""
    log = lock_to_move(call_log_id, actor)
    status_id = None if log.status_kind == StatusKind.CLOSED else event.closing_status_id
    update_call_log(call_log_id=call_log_id, comment=text, status_id=status_id, actor=actor)


def go_on_settling(event_id: int, request_id: str) -> Again | None:
    """What the task does: settle some calls for the one who closed the event; None when over.

    The rights are those of now: somebody who has left closes nothing, and another one may.
    """
    event = BuildingEvent.objects.select_related("closing_status").get(pk=event_id)
    if event.closed_at is None or event.closed_by_id is None:
        return None
    actor = principal_for(
        user_id=event.closed_by_id, organization_id=event.organization_id, request_id=request_id
    )
    if actor is None or settle(event, actor, most=200):
        return None
    return Again()


def visible_event(event_id: int, principal: Principal, *, lock: bool = False) -> BuildingEvent:
    """The event; NotFoundError when it is absent or not visible."""
    events = BuildingEvent.objects.visible_to(principal)
    if lock:
        events = events.select_for_update(no_key=True)
    event = events.filter(pk=event_id).first()
    if event is None:
        raise NotFoundError(_("There is no such event."))
    return event
