"""The live board: three parts that read themselves again, and the queue that people clear."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from callcenter.calls.missed import missed_queue
from callcenter.calls.views.missed import mark_handled, missed_handle
from callcenter.core.errors import RuleError
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.templatetags.times import zone_named
from callcenter.properties.middleware import StaffRequest, zone_of

from .board import now_of
from .board_today import promises_of, today_so_far

TEMPLATE = "desk/live.html"
SHOWN = 12  # missed calls; all of them are in their worklist


@require_safe
def live(request: StaffRequest) -> HttpResponse:
    """The board; for htmx its first part: calls and agents."""
    context = _context(request) | {"now": now_of(request.principal)}
    return render_page(request, TEMPLATE, context, partial="live-now")


@require_safe
def queue(request: StaffRequest) -> HttpResponse:
    """Missed calls that nobody handled, and callbacks that are late."""
    return _queue(request) if wants_partial(request) else redirect("desk:live")


@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """The day so far, chains that run and events that are open."""
    if not wants_partial(request):
        return redirect("desk:live")
    context = _context(request) | {"today": today_so_far(request.principal)}
    return render_page(request, TEMPLATE, context, partial="live-today")


@require_POST
def handled(request: StaffRequest) -> HttpResponse:
    """Say of chosen missed calls that they are handled, and why; without script in their list."""
    if not wants_partial(request):
        return missed_handle(request)
    try:
        mark_handled(request)
    except RuleError as error:
        return _queue(request, error=error)
    return _queue(request)


def _queue(request: StaffRequest, *, error: RuleError | None = None) -> HttpResponse:
    found = missed_queue(request.principal)
    context = _context(request) | {
        "queue": found,
        "missed": found.rows[:SHOWN],
        "promises": promises_of(request.principal),
        "key": str(uuid.uuid4()),
        "error": error,
        "picked": request.POST.getlist("missed") if error else [],
        "reason": request.POST.get("reason", "") if error else "",
    }
    status = error.http_status if error else 200
    return render_page(request, TEMPLATE, context, partial="live-queue", status=status)


def _context(request: StaffRequest) -> dict[str, Any]:
    now = timezone.now()
    return {
        "at": now,
        "zone": zone_of(request),
        "day": now.astimezone(zone_named(request.principal.organization.time_zone)).date(),
        "manages": request.principal.manages,
        "may_hang": request.principal.may("accounts.add_wallboard"),
    }
