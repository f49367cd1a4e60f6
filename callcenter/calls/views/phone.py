"""The list of telephone calls, with their legs and their logs."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from callcenter.calls.phone_filters import PhoneCallFilter
from callcenter.calls.phone_list import extensions_of, phone_page
from callcenter.core.htmx import render_page
from callcenter.core.paging import capped_count
from callcenter.properties.middleware import StaffRequest


@require_safe
def phone_call_list(request: StaffRequest) -> HttpResponse:
    """The telephone calls that match the filters in the address, a page at a time."""
    principal = request.principal
    found = PhoneCallFilter(request.GET, principal=principal)
    is_valid = found.is_valid()
    parts = found.parts() if is_valid else [found.queryset.none()]
    context = {
        "filter": found,
        "chips": list(found.chips()) if is_valid else [],
        "page": phone_page(parts, principal=principal, cursor=request.GET.get("cursor", "")),
        "count": capped_count(*parts),
        "extensions": extensions_of(principal),
        "zone": principal.organization.time_zone,
        "manages": principal.manages,
        "now": timezone.now(),
    }
    status = 200 if is_valid else 422
    return render_page(request, "calls/phone.html", context, partial="rows", status=status)
