"""Call logs written: the update of one, and a new one (wire/connect.md 7)."""

import re
from datetime import UTC
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from callcenter.api.bodies import members_of
from callcenter.api.call import Call
from callcenter.api.replies import Reply, replay, write_once
from callcenter.calls.actions import log_call, update_call_log
from callcenter.calls.models import CallLog, Reason, Status
from callcenter.calls.values import ContactTime, NewCall
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.properties.models import Property, Resident, Unit

from .access import require_log
from .logs import told
from .params import EARLIEST, LISTS, SKEW, New, Update, read_time
from .refusals import (
    INVALID_OPERATION,
    INVALID_PARAMETER,
    MISSING_PARAMETER,
    NO_RIGHT,
    NOT_LINKED,
    RefusalError,
)
from .wire import encode

NEVER = -1  # a version that no call log has
# Where a rule of `log_call` is told of; by the name of its field.
BLAMED = {
    "property": (INVALID_PARAMETER, "PropertyId"),
    "unit": (INVALID_PARAMETER, "UnitId"),
    "resident": (INVALID_PARAMETER, "ResidentId"),
    "reasons": (INVALID_PARAMETER, "LogReasons"),
    "call_from": (MISSING_PARAMETER, "CallFrom"),
    "status": (INVALID_OPERATION, "ModuleStatusId"),
}


def put_log(call: Call, log_id: int) -> HttpResponse:
    """Change status and notes of a call log and append a comment, all or nothing."""
    require_log(log_id, call)
    if answered := replay(call):
        return answered
    update = Update.of(members_of(call.request, call.body, lists=LISTS))
    _require_status(update.status_id, call)
    if update.log_id not in (None, log_id):
        raise RefusalError(INVALID_OPERATION, "LogId")

    def effect() -> Reply:
        return Reply(200, headers={"ETag": f'"{_updated(call, log_id, update)}"'})

    return write_once(call, effect)


def _updated(call: Call, log_id: int, update: Update) -> int:
    """The version after the update; 112 when the workflow forbids the move."""
    try:
        return update_call_log(
            call_log_id=log_id,
            actor=call.principal,
            comment=update.comment,
            notes=update.notes,
            status_id=update.status_id,
            seen_version=_seen_version(call, log_id),
        )
    except (StaleError, NotFoundError):
        raise
    except RuleError as refused:
        raise RefusalError(INVALID_OPERATION, "ModuleStatusId") from refused


def _seen_version(call: Call, log_id: int) -> int | None:
    """The version that If-Match names, None for any; of several the present one if it is there."""
    said = call.request.headers.get("If-Match")
    if said is None or said.strip() == "*":
        return None
    # strong comparison: a weak tag matches nothing (RFC 9110, 13.1.1)
    tags = {int(tag) for tag in re.findall(r'(?<!W/)"([0-9]{1,9})"', said)}
    now = CallLog.objects.visible_to(call.principal).filter(pk=log_id)
    return next((v for v in now.values_list("version", flat=True) if v in tags), NEVER)


def post_log(call: Call) -> HttpResponse:
    """A new call log, taken by the credential's owner."""
    if answered := replay(call):
        return answered
    new = New.of(members_of(call.request, call.body, lists=LISTS))
    property_id = _property_of(new, call)
    _require_status(new.status_id, call)
    _require_reasons(new, call)
    contacted = _contacted(new, property_id, call)
    _require_caller(new, call)

    def effect() -> Reply:
        try:
            log = log_call(call=_new_call(new, contacted), actor=call.principal)
        except RuleError as refused:
            raise RefusalError(*BLAMED.get(refused.field or "", (INVALID_PARAMETER,))) from refused
        headers = {"ETag": f'"{log.version}"', "Location": f"/api/calllogs/{log.pk}"}
        return Reply(201, encode(told(call, log.pk)).decode(), headers)

    return write_once(call, effect)


def _new_call(new: New, contacted: ContactTime | None) -> NewCall:
    return NewCall(
        property_id=new.property_id,
        unit_id=new.unit_id,
        resident_id=new.resident_id,
        call_from=new.call_from,
        status_id=new.status_id,
        subject=new.subject,
        notes=new.notes,
        reason_ids=new.reason_ids,
        contacted=contacted,
        comment=new.comment,
        typed_first=True,
    )


def _property_of(new: New, call: Call) -> int | None:
    """The property that the ids name; 114 for an unknown id, 105 for one that is not linked.

    A credential with a property set must name one of it (1008); ids that contradict each other
    are 114.
    """
    principal = call.principal
    found: list[int | None] = []
    named: list[tuple[str, Any, int | None]] = [
        ("PropertyId", Property, new.property_id),
        ("UnitId", Unit, new.unit_id),
        ("ResidentId", Resident, new.resident_id),
    ]
    for name, model, pk in named:
        if pk is None:
            continue
        place = model.objects.place_of(pk, principal)
        if place is None:
            raise RefusalError(INVALID_PARAMETER, name)
        if principal.property_ids is not None and place[0] not in principal.property_ids:
            raise RefusalError(NO_RIGHT if principal.is_narrowed else NOT_LINKED, name)
        found.append(place[0])
    if principal.is_narrowed and not found:
        raise RefusalError(NO_RIGHT, "PropertyId")
    if len(set(found)) > 1:
        of_place = new.property_id is not None and found[0] != found[-1]
        raise RefusalError(INVALID_PARAMETER, "PropertyId" if of_place else "ResidentId")
    return found[0] if found else None


def _require_caller(new: New, call: Call) -> None:
    """109 when nobody says who called: no CallFrom, and no resident of a unit."""
    if new.call_from:
        return
    people = Resident.objects.visible_to(call.principal).filter(pk=new.resident_id or 0)
    if new.unit_id is None:
        people = people.exclude(unit=None)
    if not people.exists():
        raise RefusalError(MISSING_PARAMETER, "CallFrom")


def _require_status(status_id: int | None, call: Call) -> None:
    """114 for a status that the organisation does not have."""
    if status_id is None:
        return
    if not Status.objects.visible_to(call.principal).filter(pk=status_id).exists():
        raise RefusalError(INVALID_PARAMETER, "ModuleStatusId")


def _require_reasons(new: New, call: Call) -> None:
    known = Reason.objects.visible_to(call.principal).filter(pk__in=new.reason_ids)
    if new.reason_ids and known.count() != len(set(new.reason_ids)):
        raise RefusalError(INVALID_PARAMETER, "LogReasons")


def _contacted(new: New, property_id: int | None, call: Call) -> ContactTime | None:
    """When the call was, on the clock of its place; 114 for no time, the future, long ago."""
    if not new.created_on:
        return None
    places = Property.objects.visible_to(call.principal).filter(pk=property_id or 0)
    its_own = places.values_list("time_zone", flat=True).first()
    zone = its_own or call.principal.organization.time_zone
    try:
        at = read_time(new.created_on)
        if at.tzinfo is None:
            contacted = ContactTime.on_clock(at, zone)
        else:
            contacted = ContactTime(at.astimezone(UTC), zone, text=new.created_on)
    except (ValueError, OverflowError):
        raise RefusalError(INVALID_PARAMETER, "CreatedOn") from None
    if not EARLIEST <= contacted.at <= timezone.now() + SKEW:
        raise RefusalError(INVALID_PARAMETER, "CreatedOn")
    return contacted
