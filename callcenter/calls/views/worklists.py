"""Worklists: what is due, what I have to finish, what nobody handles."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from callcenter.calls.missed import missed_queue
from callcenter.calls.unlogged import unlogged_rows
from callcenter.calls.worklists import Waiting, due_list, finish_list, unhandled_list
from callcenter.core.errors import RuleError
from callcenter.core.htmx import render_page
from callcenter.properties.middleware import StaffRequest


@require_safe
def due(request: StaffRequest) -> HttpResponse:
    """Calls whose clock runs, the first due first."""
    return show_due(request)


@require_safe
def finish(request: StaffRequest) -> HttpResponse:
    """My calls that lack something."""
    return show_finish(request)


@require_safe
def unhandled(request: StaffRequest) -> HttpResponse:
    """Calls that nobody cares for yet."""
    return show_unhandled(request)


def show_due(request: StaffRequest) -> HttpResponse:
    """The list, for whoever asked or acted in it."""
    who, cursor = request.GET.get("who", ""), request.GET.get("cursor", "")
    return _shown(request, "due", due_list(request.principal, who=who, cursor=cursor))


def show_finish(request: StaffRequest) -> HttpResponse:
    """As `show_due`."""
    cursor = request.GET.get("cursor", "")
    return _shown(request, "finish", finish_list(request.principal, cursor=cursor))


def show_unhandled(request: StaffRequest, *, error: RuleError | None = None) -> HttpResponse:
    """As `show_due`, with the missed calls; `error` says why some could not be marked."""
    cursor = request.GET.get("cursor", "")
    work = unhandled_list(request.principal, cursor=cursor)
    more = {"missed": missed_queue(request.principal), "error": error}
    return _shown(request, "unhandled", work, **more)


LISTS: dict[str, Callable[[StaffRequest], HttpResponse]] = {
    "due": show_due,
    "finish": show_finish,
    "unhandled": show_unhandled,
}


def _shown(request: StaffRequest, name: str, work: Waiting, **more: Any) -> HttpResponse:
    titles = {
        "due": _("Due"),
        "finish": _("To finish"),
        "unhandled": _("Not handled"),
    }
    context: dict[str, Any] = {
        "name": name,
        "title": titles[name],
        "titles": [
            {"label": titles[one], "url": reverse(f"calls:{one}"), "is_current": one == name}
            for one in titles
        ],
        "work": work,
        "list_url": reverse(f"calls:{name}"),
        "me": request.principal.user_id,
        "unlogged": unlogged_rows(request.principal) if name == "finish" else [],
        "zone": request.principal.organization.time_zone,
        "key": str(uuid.uuid4()),
    }
    status = more["error"].http_status if more.get("error") else 200
    context |= more | {"typed": request.POST, "picked": request.POST.getlist("missed")}
    return render_page(request, "calls/worklist.html", context, partial="rows", status=status)
