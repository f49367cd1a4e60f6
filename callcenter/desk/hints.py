"""What the desk has to say about a call before it is saved: logged already, alarm, event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from callcenter.calls.actions import append_comment
from callcenter.calls.building_events import Cluster, cluster_at, join_event, open_event
from callcenter.calls.folding import fold_call
from callcenter.calls.matters import Nth, nth_call, open_alike
from callcenter.calls.models import BuildingEvent, CallLog, Reason
from callcenter.calls.places import Place
from callcenter.core.errors import RuleError
from callcenter.core.ids import read_id
from callcenter.properties.principals import Principal

ACTS = ("instead", "fold", "join", "open_event")  # what the keys of a hint send with the form
MOST_EVENTS = 3


@dataclass(frozen=True)
class Hints:
    """Open calls alike, open events of the property, the cluster and alarm that this call makes."""

    alike: list[CallLog] = field(default_factory=list)
    events: list[BuildingEvent] = field(default_factory=list)
    cluster: Cluster | None = None
    nth: Nth | None = None


def hints_of(place: Place, reason_ids: list[int], principal: Principal) -> Hints:
    """The hints for a call from this place about these reasons, in at most five statements.

    Without a property there are none; without a reason only the events.
    """
    if place.property is None:
        return Hints()
    unit_id = place.unit.pk if place.unit else None
    events = _events(place.property.pk, reason_ids, principal)
    if not reason_ids:
        return Hints(events=events)
    known = {event.reason_id for event in events}
    cluster = cluster_at(
        place.property.pk, principal, reason_ids=set(reason_ids) - known, with_unit=unit_id
    )
    return Hints(
        alike=open_alike(
            principal, unit_id=unit_id, property_id=place.property.pk, reason_ids=reason_ids
        ),
        events=events,
        cluster=cluster,
        nth=nth_call(place.unit, reason_ids, principal) if place.unit else None,
    )


def _events(property_id: int, reason_ids: list[int], principal: Principal) -> list[BuildingEvent]:
    """The open events of the property, those of one of the reasons first, else the newest."""
    rows = BuildingEvent.objects.visible_to(principal).open().filter(property=property_id)
    found = list(rows.told().order_by("-opened_at", "-pk")[:20])
    found.sort(key=lambda event: event.reason_id not in reason_ids)
    return found[:MOST_EVENTS]


def acts_in(posted: QueryDict) -> dict[str, list[str]]:
    """What a key of a hint sent with the form, for the record of what was done once."""
    return {name: posted.getlist(name) for name in ACTS if name in posted}


def comment_instead(posted: Mapping[str, Any], actor: Principal) -> int:
    """Add the note to the call that the hint named, instead of logging another; that call's id."""
    call_log_id = _id(posted["instead"])
    try:
        append_comment(call_log_id=call_log_id, text=posted.get("notes", ""), actor=actor)
    except RuleError as error:
        error.field = "notes" if error.field == "text" else error.field
        raise
    return call_log_id


def follow(log: CallLog, posted: Mapping[str, Any], actor: Principal) -> None:
    """Do with a call just logged what the key of a hint said, in the same transaction."""
    if "fold" in posted:
        fold_call(call_log_id=log.pk, head_id=_id(posted["fold"]), actor=actor)
    if "join" in posted:
        join_event(event_id=_id(posted["join"]), call_log_id=log.pk, actor=actor)
    if "open_event" in posted:
        _open(log, _id(posted["open_event"]), actor)


def _open(log: CallLog, reason_id: int, actor: Principal) -> None:
    """Open the event of the cluster, whose calls join; and this call, however old it is."""
    reason = Reason.objects.visible_to(actor).filter(pk=reason_id).first()
    if reason is None or log.property_id is None:
        raise RuleError(_("There is no such reason."), field="reasons")
    event = open_event(
        property_id=log.property_id, reason_id=reason.pk, title=reason.name, line="", actor=actor
    )
    join_event(event_id=event.pk, call_log_id=log.pk, actor=actor)


def _id(text: str) -> int:
    pk = read_id(text)
    if pk is None:
        raise RuleError(_("There is no such call or event any more."))
    return pk
