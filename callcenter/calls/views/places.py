"""The page of a unit and the page of a resident: what the house knows, and their calls."""

import uuid
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callcenter.calls.actions import read_medical_note
from callcenter.calls.memory import people_at
from callcenter.calls.models import CallLog, CallLogQuerySet
from callcenter.calls.rows import calls_page
from callcenter.core.errors import NotFoundError
from callcenter.core.htmx import render_page
from callcenter.core.paging import capped_count
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import Resident, Unit
from callcenter.properties.principals import Principal

from .log import do_once

SIZE = 20


@require_safe
def unit_page(request: StaffRequest, pk: int) -> HttpResponse:
    """A unit with its people, instructions, open matters and calls."""
    return render_page(request, "calls/unit.html", _unit(request, pk), partial="rows")


@require_POST
def unit_medical_note(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the medical note, which leaves on record who opened it."""

    def effect(_data: dict[str, Any]) -> None:
        read_medical_note(unit_id=pk, actor=request.principal)

    do_once(request, f"calls:medical:{pk}", Form(request.POST), effect)
    context = _unit(request, pk) | {"is_note_shown": True}
    return render_page(request, "calls/unit.html", context, partial="medical")


@require_safe
def resident_page(request: StaffRequest, pk: int) -> HttpResponse:
    """A resident with numbers, the place, the others there, and the calls of this person."""
    principal = request.principal
    people = Resident.objects.visible_to(principal).select_related("property", "unit")
    resident = people.filter(pk=pk).first()
    if resident is None:
        raise NotFoundError(_("There is no such resident."))
    context = {
        "resident": resident,
        "people": people_at(principal, unit=resident.unit, resident=resident),
        "zone": resident.property.time_zone,
    } | _calls(request, CallLog.objects.visible_to(principal).filter(resident=resident))
    return render_page(request, "calls/resident.html", context, partial="rows")


def visible_unit(principal: Principal, pk: int) -> Unit:
    """The unit with its property; NotFoundError when it is absent or not visible."""
    unit = Unit.objects.visible_to(principal).select_related("property").filter(pk=pk).first()
    if unit is None:
        raise NotFoundError(_("There is no such unit."))
    return unit


def _unit(request: StaffRequest, pk: int) -> dict[str, Any]:
    unit = visible_unit(request.principal, pk)
    calls = CallLog.objects.visible_to(request.principal).filter(unit=unit)
    return {
        "unit": unit,
        "people": people_at(request.principal, unit=unit, resident=None),
        "zone": unit.property.time_zone,
        "key": str(uuid.uuid4()),
    } | _calls(request, calls)


def _calls(request: StaffRequest, calls: CallLogQuerySet) -> dict[str, Any]:
    """A page of these calls, how many there are, and those that are still open."""
    return {
        "page": calls_page(calls, cursor=request.GET.get("cursor", ""), size=SIZE),
        "count": capped_count(calls),
        "open_calls": calls_page(calls.open(), cursor="", size=SIZE).rows,
    }
