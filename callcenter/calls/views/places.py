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
from callcenter.calls.rows import calls_page, phone_said
from callcenter.core.errors import NotFoundError
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.paging import count_of
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import PhoneLabel, Resident, ResidentPhone, Unit
from callcenter.properties.numbers import today_of
from callcenter.properties.principals import Principal

from .log import do_once

SIZE = 20
MOST_NUMBERS = 50


@require_safe
def unit_page(request: StaffRequest, pk: int) -> HttpResponse:
    """A unit with its people, instructions, open matters and calls."""
    return render_page(request, "calls/unit.html", unit_context(request, pk), partial="rows")


@require_POST
def unit_medical_note(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the medical note, which leaves on record who opened it."""

    def effect(_data: dict[str, Any]) -> None:
        read_medical_note(unit_id=pk, actor=request.principal)

    do_once(request, f"calls:medical:{pk}", Form(request.POST), effect)
    context = unit_context(request, pk) | {"is_note_shown": True}
    if wants_partial(request):
        return render_page(request, "calls/_medical.html", context, partial="medical")
    return render_page(request, "calls/unit.html", context, partial="rows")


@require_safe
def resident_page(request: StaffRequest, pk: int) -> HttpResponse:
    """A resident with numbers, the place, the others there, and the calls of this person."""
    return render_page(
        request, "calls/resident.html", resident_context(request, pk), partial="rows"
    )


def resident_context(request: StaffRequest, pk: int) -> dict[str, Any]:
    """All that the page of a resident tells; NotFoundError when absent or not visible."""
    principal = request.principal
    context = numbers_context(request, pk)
    resident = context["resident"]
    calls = CallLog.objects.visible_to(principal).filter(resident=resident)
    return (
        context
        | {
            "people": people_at(principal, unit=resident.unit, resident=resident),
            "zone": resident.property.time_zone,
        }
        | _calls(request, calls)
    )


def numbers_context(request: StaffRequest, pk: int) -> dict[str, Any]:
    """A resident with all numbers, those that were given up last; NotFoundError as above."""
    principal = request.principal
    people = Resident.objects.visible_to(principal).select_related("property", "unit")
    resident = people.filter(pk=pk).first()
    if resident is None:
        raise NotFoundError(_("There is no such resident."))
    phones = ResidentPhone.objects.visible_to(principal).filter(resident=resident)
    found: list[Any] = list(phones.order_by("do_not_use", "pk")[:MOST_NUMBERS])
    today = today_of(principal)
    for phone in found:
        phone.said = phone_said(phone.e164, phone.raw)
        phone.is_over = phone.valid_to is not None and phone.valid_to < today
    return {
        "resident": resident,
        "numbers": sorted(found, key=lambda phone: phone.is_over),
        "labels": PhoneLabel.choices,
        "may_change": resident.erased_at is None
        and principal.may("properties.change_residentphone"),
        "key": str(uuid.uuid4()),
    }


def visible_unit(principal: Principal, pk: int) -> Unit:
    """The unit with its property; NotFoundError when it is absent or not visible."""
    unit = Unit.objects.visible_to(principal).select_related("property").filter(pk=pk).first()
    if unit is None:
        raise NotFoundError(_("There is no such unit."))
    return unit


def unit_context(request: StaffRequest, pk: int) -> dict[str, Any]:
    """All that the page of a unit tells; NotFoundError when absent or not visible."""
    unit = visible_unit(request.principal, pk)
    calls = CallLog.objects.visible_to(request.principal).filter(unit=unit)
    return {
        "unit": unit,
        "people": people_at(request.principal, unit=unit, resident=None),
        "zone": unit.property.time_zone,
        "key": str(uuid.uuid4()),
        "may_add": request.principal.may("properties.add_resident"),
    } | _calls(request, calls)


def _calls(request: StaffRequest, calls: CallLogQuerySet) -> dict[str, Any]:
    """A page of these calls, how many there are, and those that are still open."""
    page = calls_page(calls, cursor=request.GET.get("cursor", ""), size=SIZE)
    return {
        "page": page,
        "count": count_of(page, calls),
        "open_calls": calls_page(calls.open(), cursor="", size=SIZE).rows,
    }
