"""Callbacks: promised on the page of a call, worked off from a list."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from callcenter.calls import callbacks
from callcenter.calls.callback_forms import ChangeForm, EndForm, PromiseForm
from callcenter.calls.due_words import read_due
from callcenter.calls.models import Callback, Status
from callcenter.calls.people import who_is_meant
from callcenter.calls.places import resolve_place
from callcenter.calls.promises import worklist
from callcenter.calls.rows import phone_said
from callcenter.calls.values import Promise
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.toasts import toast
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .log import do_once, refusal_of, show_act, visible_call


@require_GET
def due_words(request: StaffRequest) -> HttpResponse:
    """How typed words are understood, as a line below the field; no page of its own."""
    if not wants_partial(request):
        return redirect(_LIST)
    words = request.GET.get("due", "").strip() or request.GET.get("due_quick", "")
    context: dict[str, Any] = {}
    if words:
        try:
            zone = _zone_asked(request)
            context["due"] = read_due(words, zone=zone, now=timezone.now())
        except RuleError as error:
            context["refused"] = str(error)
    return render_page(request, "calls/_due_said.html", context, partial="said")


@require_POST
def call_log_promise(request: StaffRequest, pk: int) -> HttpResponse:
    """Promise a callback."""
    principal = request.principal
    log = visible_call(principal, pk)

    def effect(data: dict[str, Any]) -> None:
        due = read_due(data["due"], zone=log.contacted_zone, now=timezone.now())
        who = who_is_meant(data["who"], log, principal, nobody="anyone")
        promise = Promise(at=due.at, text=due.text, assignee_id=who)
        callbacks.promise_callback(call_log_id=pk, promise=promise, actor=principal)

    error = refusal_of(request, f"calls:promise:{pk}", PromiseForm(request.POST), effect)
    return show_act(request, pk, "promise", done=_("Callback promised."), error=error)


@require_safe
def callback_list(request: StaffRequest) -> HttpResponse:
    """What is promised, the first due first."""
    return _list(request, request.GET.get("who", ""), request.GET.get("cursor", ""))


@require_safe
def callback_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One promise with the forms that change and end it."""
    return _one(request, _visible(request.principal, pk))


@require_POST
def callback_take(request: StaffRequest, pk: int) -> HttpResponse:
    """Make it one's own."""

    def act() -> None:
        if not callbacks.take_callback(callback_id=pk, actor=request.principal):
            toast(request, _("This callback is yours already."))
            return
        toast(request, _("The callback is yours."))

    return _acted(request, pk, act)


@require_POST
def callback_change(request: StaffRequest, pk: int) -> HttpResponse:
    """Promise another time, or hand it to somebody."""
    principal = request.principal
    callback = _visible(principal, pk)

    def effect(data: dict[str, Any]) -> None:
        log = callback.call_log
        if data["due"].strip():
            due = read_due(data["due"], zone=log.contacted_zone, now=timezone.now())
            callbacks.move_callback(callback_id=pk, due_at=due.at, text=due.text, actor=principal)
        if data["who"].strip():
            who = who_is_meant(data["who"], log, principal, nobody="anyone")
            callbacks.assign_callback(callback_id=pk, assignee_id=who, actor=principal)

    def act() -> None:
        do_once(request, f"calls:callback_change:{pk}", ChangeForm(request.POST), effect)
        toast(request, _("Callback changed."))

    return _acted(request, pk, act)


@require_POST
def callback_end(request: StaffRequest, pk: int) -> HttpResponse:
    """End it with what came of it."""

    def effect(data: dict[str, Any]) -> None:
        data["status_id"] = data.pop("status")
        callbacks.end_callback(callback_id=pk, actor=request.principal, **data)

    def act() -> None:
        do_once(request, f"calls:callback_end:{pk}", EndForm(request.POST), effect)
        toast(request, _("Callback ended; it stands in the history of the call."))

    return _acted(request, pk, act)


def _acted(request: StaffRequest, pk: int, act: Callable[[], None]) -> HttpResponse:
    """Do it and go back to where it was asked for; a refusal keeps what was typed."""
    callback = _visible(request.principal, pk)
    try:
        act()
    except NotFoundError:
        raise
    except RuleError as error:
        return _refused(request, callback, error)
    on_call = request.POST.get("back") == "call"
    if not wants_partial(request):
        return redirect("calls:detail", callback.call_log_id) if on_call else redirect(_LIST)
    if on_call:
        response = show_act(request, callback.call_log_id, "callback", done="", error=None)
        response.headers["HX-Retarget"] = "#log"
    else:
        response = _list(request, request.POST.get("who_list", ""), "")
        response.headers["HX-Retarget"] = "#rows"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


_LIST = "calls:callbacks"


def _refused(request: StaffRequest, callback: Callback, error: RuleError) -> HttpResponse:
    said = {"error": error, "typed": request.POST.dict()}
    return _one(request, callback, status=error.http_status, **said)


def _one(
    request: StaffRequest, callback: Callback, *, status: int = 200, **said: Any
) -> HttpResponse:
    principal = request.principal
    log = callback.call_log
    after = Status.objects.visible_to(principal).after(
        log.status_id, has_head_call=log.folded_into_id is not None
    )
    sent = request.POST if request.method == "POST" else request.GET
    context = {
        "callback": callback,
        "log": log,
        "phone": phone_said(log.phone_e164, log.phone_raw),
        "statuses": [one for one in after if not one.is_callback],
        "state": sent.get("as") or sent.get("state") or "done",
        "back": sent.get("back", "list"),
        "who_list": sent.get("who_list", ""),
        "key": str(uuid.uuid4()),
        "me": principal.user_id,
    }
    page = "calls/callback.html"
    return render_page(request, page, context | said, partial="opened", status=status)


def _list(request: StaffRequest, who: str, cursor: str) -> HttpResponse:
    principal = request.principal
    context = {
        "work": worklist(principal, who=who, cursor=cursor),
        "who_list": who,
        "me": principal.user_id,
        "key": str(uuid.uuid4()),
        "list_url": reverse(_LIST),
    }
    return render_page(request, "calls/callbacks.html", context, partial="rows")


def _visible(principal: Principal, pk: int) -> Callback:
    """A promise in whatever state, with its call; NotFoundError when absent or not visible."""
    callback = Callback.objects.visible_to(principal).for_page().filter(pk=pk).first()
    if callback is None:
        raise NotFoundError(_("There is no such callback."))
    return callback


def _zone_asked(request: StaffRequest) -> str:
    """The zone of the call or place that the form is about.

    RuleError when that is absent or not visible.
    """
    principal = request.principal
    ids = {name: request.GET.get(name, "") for name in ("call", "unit", "property")}
    known = {name: int(text) for name, text in ids.items() if text.isdecimal() and len(text) < 19}
    if "call" in known:
        return visible_call(principal, known["call"]).contacted_zone
    place = resolve_place(
        property_id=known.get("property"),
        unit_id=known.get("unit"),
        resident_id=None,
        principal=principal,
    )
    return place.zone(principal.organization.time_zone)
