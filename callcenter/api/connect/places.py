"""Properties, units, residents, and the short lists that give ids their names."""

from functools import partial
from typing import Any

import msgspec
import msgspec.structs
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from callcenter.api.call import Call
from callcenter.api.query import QueryError
from callcenter.api.replies import JSON
from callcenter.calls.models import CallLog, Reason, Status
from callcenter.core.text import fold
from callcenter.properties.models import Property, Resident, ResidentPhone, Unit

from .access import only, require_linked
from .lists import Listing, listed
from .logs import number_in
from .params import sort_ascends
from .refusals import NOT_FOUND, RefusalError
from .telling import tell_care_center_units, tell_properties, tell_residents, tell_units
from .wire import CallLogReason, ModuleStatus, PropertySummary, UnitSummary, encode

ACTIVE = {"active": True, "true": True, "inactive": False, "false": False, "all": None}


def _json(shape: msgspec.Struct) -> HttpResponse:
    return HttpResponse(encode(shape), content_type=JSON)


def reasons(call: Call) -> HttpResponseBase:
    """Every reason of calls, also those that new calls are not given any more."""
    return _named(call, Reason.objects.visible_to(call.principal), CallLogReason)


def statuses(call: Call) -> HttpResponseBase:
    """Every status of call logs, also those that calls are not given any more."""
    return _named(call, Status.objects.visible_to(call.principal), ModuleStatus)


def _named(
    call: Call, rows: QuerySet[Any, Any], shape: type[CallLogReason] | type[ModuleStatus]
) -> HttpResponseBase:
    """Ids and their names, by id."""
    listing: Listing[Any] = Listing(
        rows=rows,
        columns=("pk",),
        ascends=True,
        tell=lambda some: [shape(*row) for row in some.values_list("pk", "name")],
        place=lambda told: (msgspec.structs.astuple(told)[0],),
    )
    return listed(call, listing)


def one_status(call: Call, status_id: int) -> HttpResponse:
    """One status."""
    found = Status.objects.visible_to(call.principal).filter(pk=status_id)
    row = found.values_list("pk", "name").first()
    if row is None:
        raise RefusalError(NOT_FOUND)
    return _json(ModuleStatus(*row))


def properties(call: Call) -> HttpResponseBase:
    """The visible properties, of these ids or all, active ones unless told otherwise."""
    ids = call.query.whole_set("ids")
    said = call.query.text("PropertyStatus").strip().lower() or "active"
    if said not in ACTIVE:
        raise QueryError("PropertyStatus")
    rows = Property.objects.visible_to(call.principal)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    is_active = ACTIVE[said]
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    return listed(
        call,
        Listing(
            rows=rows,
            columns=("pk",),
            ascends=True,
            tell=tell_properties,
            place=lambda home: (home.PropertyId,),
            filters=repr((sorted(ids or ()), is_active)),
        ),
    )


def one_property(call: Call, property_id: int) -> HttpResponse:
    """One property."""
    require_linked(Property, property_id, call)
    rows = Property.objects.visible_to(call.principal).filter(pk=property_id)
    return _json(only(tell_properties(rows)))


def property_units(call: Call, property_id: int) -> HttpResponseBase:
    """The units of a property, as people walk past them."""
    require_linked(Property, property_id, call)
    number, name = call.query.text("unitNumber").strip(), call.query.text("residentName").strip()
    ascends = sort_ascends(call.query, "unitdisplayorder", default=True)
    rows = Unit.objects.visible_to(call.principal).filter(property_id=property_id)
    if number:
        rows = rows.filter(number__iexact=number)
    if name:
        part = Q(first_name__icontains=name) | Q(last_name__icontains=name)
        people = Resident.objects.visible_to(call.principal).filter(part, erased_at=None)
        rows = rows.filter(pk__in=people.filter(property_id=property_id).values("unit"))
    return listed(
        call,
        Listing(
            rows=rows,
            columns=("display_order", "pk"),
            ascends=ascends,
            tell=tell_units,
            place=lambda unit: (unit.DisplayOrder, unit.UnitId),
            filters=repr((number, name)),
        ),
    )


def one_unit(call: Call, unit_id: int) -> HttpResponse:
    """One unit."""
    require_linked(Unit, unit_id, call)
    rows = Unit.objects.visible_to(call.principal).filter(pk=unit_id)
    return _json(only(tell_units(rows)))


def one_resident(call: Call, resident_id: int) -> HttpResponse:
    """One resident."""
    require_linked(Resident, resident_id, call)
    rows = Resident.objects.visible_to(call.principal).filter(pk=resident_id)
    return _json(only(tell_residents(rows)))


def care_center_units(call: Call) -> HttpResponseBase:
    """Residents and units that a caller's address or number belongs to; both must match."""
    email, mobile = call.query.text("email").strip(), call.query.text("mobile").strip()
    if not email and not mobile:
        raise QueryError("mobile")
    rows: Any = Resident.objects.visible_to(call.principal).filter(erased_at=None)
    if email:
        rows = rows.filter(email__iexact=email).exclude(email="")
    if mobile:
        numbers = ResidentPhone.objects.visible_to(call.principal).in_use()
        rows = rows.filter(pk__in=numbers.ringing(number_in(call, "mobile")).values("resident"))
    return listed(
        call,
        Listing(
            rows=rows,
            columns=("pk",),
            ascends=True,
            tell=partial(tell_care_center_units, principal=call.principal),
            place=lambda told: (told.ConnectResidentId,),
            filters=repr((fold(email), mobile)),
        ),
    )


def unit_summary(call: Call, unit_id: int) -> HttpResponse:
    """How many call logs a unit has for this caller; nothing else is kept here."""
    require_linked(Unit, unit_id, call)
    calls = CallLog.objects.visible_to(call.principal).filter(unit_id=unit_id).count()
    return _json(UnitSummary(unit_id, 0, 0, 0, calls, 0))


def property_summary(call: Call, property_id: int) -> HttpResponse:
    """How many call logs a property has for this caller; nothing else is kept here."""
    require_linked(Property, property_id, call)
    calls = CallLog.objects.visible_to(call.principal).filter(property_id=property_id).count()
    return _json(PropertySummary(property_id, 0, 0, 0, calls, 0))
