"""Building events and alarms: what many units ring about, and what one rings about too often."""

import uuid
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callcenter.calls.building_events import (
    AT_ONCE,
    close_event,
    join_event,
    open_event,
    say_line,
    settle,
    visible_event,
)
from callcenter.calls.forms import EventForm, EventJoinForm, EventLineForm, EventOverForm
from callcenter.calls.matters import alarms
from callcenter.calls.models import BuildingEvent, CallLog, Reason, Status, StatusKind
from callcenter.calls.rows import place_said
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import render_page
from callcenter.core.paging import page_of
from callcenter.core.toasts import toast
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import Property

from .log import do_once

PAGE_SIZE = 50
MOST_CALLS = 500
MOST_NAMES = 300
SHOWN = (
    *("pk", "contacted_at", "contacted_zone", "call_from", "status__name", "status_kind"),
    *("property__name", "unit__building", "unit__number"),
)


@require_safe
def event_list(request: StaffRequest) -> HttpResponse:
    """What is going on in buildings now, and below it what is over."""
    return _show_list(request)


@require_safe
def alarm_list(request: StaffRequest) -> HttpResponse:
    """Units that rang about one kind of thing too often lately (M4)."""
    context = {"alarms": alarms(request.principal), "organization": request.principal.organization}
    return render_page(request, "calls/alarms.html", context, partial="rows")


@require_POST
def event_open(request: StaffRequest) -> HttpResponse:
    """Open an event at a property; the calls of its cluster join at once."""
    opened: list[int] = []

    def effect(data: dict[str, Any]) -> None:
        event = open_event(
            property_id=data["property"],
            reason_id=data["reason"],
            title=data["title"],
            line=data["line"],
            actor=request.principal,
        )
        opened.append(event.pk)

    try:
        do_once(request, "calls:event_open", EventForm(request.POST), effect)
    except RuleError as error:
        return _show_list(request, error=error)
    if not opened:
        return redirect("calls:events")
    toast(request, _("The event is open. Its line is read to everybody who rings about it."))
    return redirect("calls:event", opened[0])


@require_safe
def event_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One event: its line, the calls that joined, and its end."""
    return _show(request, pk)


@require_POST
def event_line(request: StaffRequest, pk: int) -> HttpResponse:
    """Another line for callers."""

    def effect(data: dict[str, Any]) -> None:
        say_line(event_id=pk, text=data["line"], actor=request.principal)

    return _act(request, pk, "line", EventLineForm, effect, done=_("Callers hear this from now."))


@require_POST
def event_join(request: StaffRequest, pk: int) -> HttpResponse:
    """A call that belongs to this event."""

    def effect(data: dict[str, Any]) -> None:
        join_event(event_id=pk, call_log_id=data["call"], actor=request.principal)

    return _act(request, pk, "join", EventJoinForm, effect, done=_("The call has joined."))


@require_POST
def event_close(request: StaffRequest, pk: int) -> HttpResponse:
    """The end of it: a comment on every call that joined, and a status that closes them."""

    def effect(data: dict[str, Any]) -> None:
        close_event(
            event_id=pk,
            outcome=data["outcome"],
            status_id=data["status"],
            actor=request.principal,
        )

    answer = _act(request, pk, "close", EventOverForm, effect, done=_("The event is over."))
    event = visible_event(pk, request.principal)
    if event.closed_at is not None:  # what is left when this request dies, the task does
        settle(event, request.principal, most=AT_ONCE)
    return answer


@require_POST
def event_settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Go on closing the calls of an event that is over; what is done stays done."""
    event = visible_event(pk, request.principal)
    if event.closed_at is not None:
        settle(event, request.principal, most=PAGE_SIZE)
    return redirect("calls:event", pk)


def _act(
    request: StaffRequest, pk: int, name: str, form_class: type[Form], effect: Any, *, done: str
) -> HttpResponse:
    visible_event(pk, request.principal)
    try:
        do_once(request, f"calls:event_{name}:{pk}", form_class(request.POST), effect)
    except NotFoundError as error:
        if name != "join":
            raise
        return _show(request, pk, failed=name, error=error)
    except RuleError as error:
        return _show(request, pk, failed=name, error=error)
    toast(request, done)
    return redirect("calls:event", pk)


def _show_list(request: StaffRequest, error: RuleError | None = None) -> HttpResponse:
    principal = request.principal
    shown = BuildingEvent.objects.visible_to(principal).told()
    names = Property.objects.visible_to(principal).filter(is_active=True).order_by("name")
    context = {
        "running": list(shown.open().order_by("-opened_at", "-pk")[:PAGE_SIZE]),
        "page": page_of(
            shown.exclude(closed_at=None),
            cursor=request.GET.get("cursor", ""),
            size=PAGE_SIZE,
            by="opened_at",
        ),
        "properties": list(names.values("pk", "name")[:MOST_NAMES]),
        "reasons": list(Reason.objects.visible_to(principal).in_use().values("pk", "name")),
        "error": error,
        "typed": request.POST.dict(),
        "key": str(uuid.uuid4()),
    }
    status = error.http_status if error else 200
    return render_page(request, "calls/events.html", context, partial="rows", status=status)


def _show(
    request: StaffRequest, pk: int, *, failed: str = "", error: RuleError | None = None
) -> HttpResponse:
    principal = request.principal
    told = BuildingEvent.objects.visible_to(principal).told().filter(pk=pk).first()
    event = told or visible_event(pk, principal)
    joined = CallLog.objects.visible_to(principal).filter(in_event__event=event)
    marks = ("in_event__settled_at", "in_event__refusal")
    rows: list[dict[str, Any]] = list(
        joined.order_by("contacted_at", "pk").values(*SHOWN, *marks)[:MOST_CALLS]
    )
    closing = Status.objects.visible_to(principal).in_use()
    context = {
        "event": event,
        "lines": event.lines.order_by("-pk")[:PAGE_SIZE],
        "rows": rows,
        "waiting": sum(row["in_event__settled_at"] is None for row in rows),
        "refused": [row for row in rows if row["in_event__refusal"]],
        "statuses": closing.filter(kind=StatusKind.CLOSED, needs_head_call=False),
        "failed": failed,
        "error": error,
        "typed": request.POST.dict(),
        "key": str(uuid.uuid4()),
    }
    for row in rows:
        row["place"] = place_said(row)
    status = error.http_status if error else 200
    return render_page(request, "calls/event.html", context, partial="event", status=status)
