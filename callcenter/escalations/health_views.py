"""On-call health, for owners and admins: the next nights, and who would ring at a moment."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callcenter.calls.models import Reason
from callcenter.calls.views.log import do_once
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.toasts import toast
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import Property

from .coverage import coverage
from .forms import HandleForm
from .looking_ahead import handle_finding
from .models import Finding
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
    return _show(request)


@require_POST
@planners_only
def handle(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a finding off the list, with what was done about it."""

    def effect(data: dict[str, Any]) -> None:
        handle_finding(finding_id=pk, comment=data["comment"], actor=request.principal)

    try:
        do_once(request, f"escalations:handle:{pk}", HandleForm(request.POST), effect)
    except NotFoundError:
        raise
    except RuleError as error:
        typed = request.POST.get("comment", "")
        return _show(request, error=error, refused=pk, typed=typed, status=error.http_status)
    toast(request, _("Handled; it comes back when it changes."))
    return _show(request) if wants_partial(request) else redirect("escalations:health")


def _show(request: StaffRequest, *, status: int = 200, **said: Any) -> HttpResponse:
    principal = request.principal
    found = coverage(now=timezone.now(), principal=principal)
    reasons = list(Reason.objects.visible_to(principal).in_use())
    findings = list(Finding.objects.visible_to(principal).holding().for_list())
    context = {
        "coverage": found,
        "form": RehearsalForm(properties=found.properties, reasons=reasons),
        "zone": principal.organization.time_zone,
        "open": [one for one in findings if one.handled_at is None],
        "handled": [one for one in findings if one.handled_at is not None],
        "key": str(uuid.uuid4()),
    }
    page = "escalations/health.html"
    return render_page(request, page, context | said, partial="health", status=status)


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
