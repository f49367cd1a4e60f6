"""Answers that belong to no domain: last-resort errors and what a load balancer asks."""

import sys

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .limits import is_unavailable

RETRY_AFTER = "5"  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After when the database is away or too slow; says no internals.

    Rendered without request and context processors, so that it works when nothing else does.
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    context = {"request_id": request_id}
    if is_unavailable(sys.exc_info()[1]):
        page = HttpResponse(render_to_string("503.html", context), status=503)
        page.headers["Retry-After"] = RETRY_AFTER
        return page
    return HttpResponse(render_to_string("500.html", context), status=500)


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Whether this process answers; asks nobody else, so that an outage kills no process."""
    return JsonResponse({"live": True})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served now: 200, or 503 while the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        return JsonResponse({"ready": False}, status=503, headers={"Retry-After": RETRY_AFTER})
    return JsonResponse({"ready": True})
