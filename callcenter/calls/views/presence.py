"""Presence at a call: a page says every few seconds that it is open, and learns who else is."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from callcenter.calls.models import CallLog
from callcenter.calls.presence import beat
from callcenter.core.htmx import render_page
from callcenter.core.ids import read_id
from callcenter.properties.middleware import StaffRequest, zone_of


@require_POST
def call_log_presence(request: StaffRequest, pk: int) -> HttpResponse:
    """204 when nothing is new since what the page shows."""
    seen_version = read_id(request.POST.get("seen_version", ""))
    company = beat(
        call_log_id=pk,
        typing=request.POST.get("typing", ""),
        seen_version=seen_version,
        actor=request.principal,
    )
    if company.digest == request.POST.get("shown", ""):
        return HttpResponse(status=204)
    context = {
        "log": CallLog(pk=pk, version=seen_version or company.version),
        "company": company,
        "zone": zone_of(request),
    }
    return render_page(request, "calls/_presence.html", context, partial="presence")
