"""On-call health, for owners and admins: the next nights, and who would ring at a moment."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from callcenter.calls.models import Reason
from callcenter.core.htmx import render_page
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import Property

from .coverage import coverage
from .rehearsing import RehearsalForm, rehearse


def planners_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """403 for whoever may not mend a plan: members, and people without an organisation."""

    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.principal is None or not request.principal.may("escalations.change_policy"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@planners_only
def health(request: StaffRequest) -> HttpResponse:
    """The next nights of every property, with holes and with people who cannot be reached."""
    principal = request.principal
    found = coverage(now=timezone.now(), principal=principal)
    reasons = list(Reason.objects.visible_to(principal).in_use())
    form = RehearsalForm(properties=found.properties, reasons=reasons)
    context = {"coverage": found, "form": form, "zone": principal.organization.time_zone}
    return render_page(request, "escalations/health.html", context, partial="health")


@require_safe
@planners_only
def rehearsal(request: StaffRequest) -> HttpResponse:
    """Whom a chain would ring at a property, at a moment, for a reason; writes nothing."""
    principal = request.principal
    properties = list(Property.objects.visible_to(principal).filter(is_active=True).for_list())
    reasons = list(Reason.objects.visible_to(principal).in_use())
    sent = request.GET if "property" in request.GET else None
    form = RehearsalForm(sent, properties=properties, reasons=reasons)
    found = None
    if sent is not None and form.is_valid():
        found = rehearse(form, now=timezone.now(), principal=principal)
    context = {"form": form, "found": found}
    status = 422 if form.errors else 200
    page = "escalations/rehearsal.html"
    return render_page(request, page, context, partial="rehearsed", status=status)
