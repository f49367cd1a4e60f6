"""Correcting what a call log should have said from the start."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from callcenter.calls.actions import correct_call_log
from callcenter.calls.finding import (
    Candidate,
    find_places,
    of_call,
    of_property,
    of_resident,
    of_unit,
)
from callcenter.calls.forms import CorrectionForm
from callcenter.calls.models import CallLog, Direction, Reason, TimeFlag
from callcenter.calls.places import Place, resolve_place
from callcenter.calls.values import ContactTime, Correction
from callcenter.core.errors import RuleError, StaleError
from callcenter.core.htmx import render_page
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import Property, Resident, Unit
from callcenter.properties.principals import Principal

from .log import refusal_of, show_call, visible_call

IDS = {"u": "unit_id", "r": "resident_id", "p": "property_id"}


@require_http_methods(["GET", "HEAD", "POST"])
def call_log_correct(request: StaffRequest, pk: int) -> HttpResponse:
    """The form, the places that it found, or the corrected call."""
    log = visible_call(request.principal, pk)
    if request.method != "POST":
        return _show(request, log, _as_typed(log))
    if "find" in request.POST:
        return _show(request, log, _typed(request))
    form = CorrectionForm(request.POST, reasons=_reasons(log, request.principal))
    effect = _effect(log, request.principal)
    error = refusal_of(request, f"calls:correct:{pk}", form, effect)
    if error is not None:
        log = visible_call(request.principal, pk)
        return _show(request, log, _typed(request, refused=error, log=log), error=error)
    return show_call(request, pk, done=_("The call was corrected."))


def _effect(log: CallLog, principal: Principal) -> Callable[[dict[str, Any]], None]:
    def effect(data: dict[str, Any]) -> None:
        correct_call_log(
            call_log_id=log.pk,
            correction=correction_of(data, log, principal),
            comment=data["comment"],
            seen_version=data["seen_version"],
            actor=principal,
        )

    return effect


def correction_of(data: dict[str, Any], log: CallLog, principal: Principal) -> Correction:
    """What the form asks for. A time that nobody touched stays the instant that it was."""
    kind, _colon, number = data["place"].partition(":")
    ids: dict[str, int | None] = dict.fromkeys(IDS.values())
    if kind:
        ids[IDS[kind]] = int(number)
    place = resolve_place(**ids, principal=principal)
    zone = place.zone(principal.organization.time_zone)
    local = datetime.combine(data["day"], data["time"])
    if local == local_time(log):
        contacted = ContactTime(
            at=log.contacted_at,
            zone=zone,
            text=log.contacted_text,
            flag=TimeFlag(log.contacted_flag),
        )
    else:
        if not 1970 <= local.year <= timezone.now().year + 1:
            raise RuleError(_("No call was on such a day."), field="day")
        contacted = ContactTime.on_clock(local, zone, is_second=data["is_second"])
    wanted = [data["main_reason"], *data["more_reasons"]]
    return Correction(
        **ids,
        call_from=data["call_from"],
        reason_ids=[reason for reason in wanted if reason is not None],
        subject=data["subject"],
        direction=Direction(data["direction"]),
        contacted=contacted,
    )


def reasons_of_page(log: CallLog) -> list[dict[str, Any]]:
    """The reasons that came with the call (`with_reasons`), the main one first."""
    return log.reasons_said  # type: ignore[attr-defined, no-any-return]


def local_time(log: CallLog) -> datetime:
    """The time of a call to the second on its own clock, as the form shows it."""
    there = log.contacted_at.astimezone(ZoneInfo(log.contacted_zone))
    return there.replace(tzinfo=None, microsecond=0)


def _show(
    request: StaffRequest, log: CallLog, typed: dict[str, Any], error: RuleError | None = None
) -> HttpResponse:
    """The form as it was typed, with the places that the words in it find."""
    found = find_places(typed.get("words", ""), request.principal)
    chosen = typed.get("place", "")
    current = of_call(log)
    places = [current, *(place for place in found if place != current)]
    if chosen not in [place.value for place in places]:
        places += [place for place in [_named(chosen, request.principal)] if place is not None]
    context = {
        "log": log,
        "typed": typed,
        "error": error,
        "places": [place for place in places if place.value],
        "zone": Place(log.property, log.unit, log.resident).zone(
            request.principal.organization.time_zone
        ),
        "reasons": _reasons(log, request.principal),
        "directions": Direction.choices,
        "key": str(uuid.uuid4()),
    }
    status = error.http_status if error else 200
    return render_page(request, "calls/correct.html", context, partial="call", status=status)


def _as_typed(log: CallLog) -> dict[str, Any]:
    """The form as somebody would have filled it in for what the log says."""
    local = local_time(log)
    first, *more = [str(said["id"]) for said in reasons_of_page(log)] or [""]
    return {
        "place": of_call(log).value,
        "call_from": log.call_from,
        "main_reason": first,
        "more_reasons": more,
        "subject": log.subject,
        "direction": log.direction,
        "day": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M:%S}",
        "is_second": log.contacted_at.astimezone(ZoneInfo(log.contacted_zone)).fold == 1,
        "seen_version": log.version,
    }


def _typed(
    request: StaffRequest, refused: RuleError | None = None, log: CallLog | None = None
) -> dict[str, Any]:
    """What was sent. The version moves on only when the conflict is shown with it."""
    typed: dict[str, Any] = request.POST.dict()
    typed["more_reasons"] = request.POST.getlist("more_reasons")
    if isinstance(refused, StaleError) and log is not None:
        typed["seen_version"] = log.version
    return typed


def _reasons(log: CallLog, principal: Principal) -> list[Reason]:
    """Those of the call in their order, then the others by mnemonic."""
    own = [said["id"] for said in reasons_of_page(log)]
    usable = Reason.objects.visible_to(principal).filter(Q(is_enabled=True) | Q(pk__in=own))
    place = {pk: position for position, pk in enumerate(own)}
    return sorted(usable.order_by("mnemonic", "pk"), key=lambda r: place.get(r.pk, len(own)))


def _named(value: str, principal: Principal) -> Candidate | None:
    """The place of a value that was picked before, as far as it is visible."""
    kind, _colon, number = value.partition(":")
    if not number.isdecimal():
        return None
    rows: dict[str, Callable[[], Any]] = {
        "u": Unit.objects.visible_to(principal).for_list,
        "r": Resident.objects.visible_to(principal).for_list,
        "p": Property.objects.visible_to(principal).for_list,
    }
    said: dict[str, Callable[[Any], Candidate]] = {"u": of_unit, "r": of_resident, "p": of_property}
    found = rows[kind]().filter(pk=number[:18]).first() if kind in rows else None
    return said[kind](found) if found is not None else None
