"""The hints of the log form, which static/js/hints.js asks for when its place or reasons change."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from callcenter.calls.places import resolve_place
from callcenter.core.errors import RuleError
from callcenter.core.htmx import render_page
from callcenter.core.ids import read_ids
from callcenter.properties.middleware import StaffRequest

from .hints import hints_of

MOST_REASONS = 20


@require_GET
def hints(request: StaffRequest) -> HttpResponse:
    """What the desk knows that bears on a call from this place about these reasons."""
    principal = request.principal
    unit_id = next(iter(read_ids(request.GET.getlist("unit"))), None)
    property_id = next(iter(read_ids(request.GET.getlist("property"))), None)
    try:
        place = resolve_place(
            property_id=None if unit_id else property_id,  # the unit knows its own
            unit_id=unit_id,
            resident_id=None,
            principal=principal,
        )
    except RuleError as error:
        raise Http404 from error
    reasons = read_ids(request.GET.getlist("reasons"))[:MOST_REASONS]
    context = {
        "hints": hints_of(place, reasons, principal),
        "asked": request.GET.urlencode(),
        "zone": place.zone(principal.organization.time_zone),
        "place": place,
    }
    return render_page(request, "desk/hints.html", context, partial="hints")
