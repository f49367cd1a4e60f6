"""The left zone by itself: it refreshes while somebody looks at it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from callcenter.core.htmx import wants_partial
from callcenter.properties.middleware import StaffRequest, zone_of

from .work import work_of


@require_GET
def my_work(request: StaffRequest) -> HttpResponse:
    """My work as it is now; as a page of its own it is the desk."""
    if not wants_partial(request):
        return redirect("desk:home")
    context = {"work": work_of(request.principal, zone=zone_of(request))}
    return render(request, "desk/_work.html", context)
