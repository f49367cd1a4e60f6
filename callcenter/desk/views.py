"""The desk: the one box, the page around it, and the form that logs a call."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from callcenter.accounts.idempotency import ReusedKeyError, once
from callcenter.calls.actions import log_call
from callcenter.calls.asking import answers_as_sent, shown_cards, typed_answers
from callcenter.calls.attached import Files
from callcenter.calls.drafts import forget_sent_draft, key_of_place
from callcenter.calls.models import Reason, Status
from callcenter.calls.places import Place, resolve_place
from callcenter.calls.views.log import call_context
from callcenter.calls.waiting import attach_waiting
from callcenter.core.errors import RuleError
from callcenter.core.htmx import render_page, swaps, wants_partial
from callcenter.core.ids import read_id
from callcenter.core.templatetags.times import zone_named
from callcenter.properties.middleware import StaffRequest, zone_of
from callcenter.properties.models import ResidentPhone
from callcenter.properties.principals import Principal

from .forms import PLACE_FIELDS, CallForm
from .from_phone import FIELD, known_of, phone_call_in, place_of, tie
from .hints import acts_in, comment_instead, follow
from .memory import remember
from .reading import LONGEST
from .reasons import families_of, likely_first
from .search import find
from .unsaved import unsaved_work
from .work import work_of

SUGGESTED = 8
LISTED = 50


@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """The desk with nobody on the line, or only my work; a typed line goes to the search."""
    if "q" in request.GET:
        return search(request)
    if swaps(request, "centre"):
        return render_page(request, "desk/home.html", {"is_swap": True}, partial="centre")
    zone = zone_of(request)
    work = work_of(request.principal, zone=zone)
    context = {"work": work, "zone": zone, "unsaved": lambda: unsaved_work(request.principal)}
    return render_page(request, "desk/home.html", context, partial="work")


@require_GET
def search(request: StaffRequest) -> HttpResponse:
    """What the one box finds: a list of choices for htmx, a page of links without."""
    query = request.GET.get("q", "")[:LONGEST]
    limit = SUGGESTED if wants_partial(request) else LISTED
    context = {"query": query, "hits": find(query, request.principal, limit)}
    return render_page(request, "desk/search.html", context, partial="choices")


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """The log form: a page, the centre of the desk, or only its place, so that words stay."""
    if request.method == "POST":
        return _save(request)
    try:
        place = _place(request.GET, request.principal)
        rung = phone_call_in(request.GET, request.principal)
    except RuleError as error:
        raise Http404 from error
    if rung is not None and place == Place():
        place = place_of(rung, request.principal)
    choices = _choices(request.principal, place)
    form = _form(request.principal, place, choices)
    form.initial = {
        "call_from": request.GET.get("call_from", "")[:300],
        "phone": _number(request, place),
        "reasons": request.GET.getlist("reason"),  # those that are not offered are not chosen
    }
    if rung is not None:
        form.initial |= known_of(rung, form.zone)
    context = _context(request, form, choices) | {"phone_call": rung}
    if swaps(request, "place"):
        return render_page(request, "desk/new.html", context, partial="place")
    response = render_page(request, "desk/new.html", context, partial="centre")
    if wants_partial(request):
        response.headers["HX-Push-Url"] = request.get_full_path()
    return response


@require_safe
def call(request: StaffRequest, pk: int) -> HttpResponse:
    """A call in the centre of the desk, with my work and the memory of its place around it."""
    context = call_context(request, pk)
    log = context["log"]
    context |= _around(request, Place(log.property, log.unit, log.resident))
    response = render_page(request, "desk/call.html", context, partial="centre")
    if wants_partial(request):
        response.headers["HX-Push-Url"] = request.path
    return response


def _save(request: StaffRequest) -> HttpResponse:
    """Log the call once and go to it; a refusal shows the form with all that was typed."""
    principal = request.principal
    place, key, status = Place(), request.POST.get("key", ""), 422
    refusal: RuleError | None = None
    try:
        place = _place(request.POST, principal)
    except RuleError as error:
        refusal = error
    choices = _choices(principal, place)
    form = _form(principal, place, choices, request.POST)
    try:
        if refusal is not None:
            raise refusal
        if form.is_valid() or "instead" in request.POST:
            return _saved(request, _log_once(form, request.POST, principal))
    except ReusedKeyError:
        key, status = "", 409
        said = _("This form was saved before with other words. Save again to log another call.")
        form.add_error(None, said)
    except RuleError as error:
        form.refuse(error)
        status = error.http_status
    context = _context(request, form, choices)
    context["key"] = key or context["key"]
    with suppress(RuleError):
        context["phone_call"] = phone_call_in(request.POST, principal)
    return render_page(request, "desk/new.html", context, partial="centre", status=status)


def _log_once(form: CallForm, posted: QueryDict, principal: Principal) -> int:
    """The id of the call that this form made, now or when it was sent before (B-46)."""
    typed = {name: posted.getlist(name) for name in (*PLACE_FIELDS, *form.fields)}
    typed |= answers_as_sent(posted) | acts_in(posted)
    typed |= {FIELD: posted.getlist(FIELD)} if FIELD in posted else {}

    def effect() -> dict[str, Any]:
        forget_sent_draft(sent=posted, actor=principal)
        if "instead" in posted:
            pk = comment_instead(posted, principal)
        else:
            log = log_call(call=form.call(principal.user_id), actor=principal)
            pk = log.pk
            follow(log, posted, principal)
        tie(pk, posted, principal)
        tokens = posted.get("files", "").split()
        attach_waiting(call_log_id=pk, tokens=tokens, actor=principal)
        return {"id": pk}

    answer = once(
        actor=principal,
        endpoint="desk:new",
        key=posted.get("key", ""),
        body=typed,
        effect=effect,
    )
    return int(answer["id"])


def _saved(request: StaffRequest, pk: int) -> HttpResponse:
    """The call where its form was, or the desk for the next one, with word that it is safe."""
    now = timezone.now().astimezone(zone_named(zone_of(request)))
    saved = {"time": date_format(now, "H:i:s"), "id": pk}
    is_next = "next" in request.POST
    if not wants_partial(request):
        messages.success(request, _("Call #%(id)s saved at %(time)s.") % saved)
        return redirect("desk:home") if is_next else redirect("calls:detail", pk)
    context = {"saved": saved, "is_swap": True}
    if is_next:
        response = render_page(request, "desk/home.html", context, partial="centre")
        response.headers["HX-Push-Url"] = reverse("desk:home")
        return trigger_client_event(response, "desk:next", after="settle")
    context |= call_context(request, pk) | {"keeps_memory": True}
    response = render_page(request, "desk/call.html", context, partial="centre")
    response.headers["HX-Push-Url"] = reverse("desk:call", args=[pk])
    return response


def _place(data: QueryDict, principal: Principal) -> Place:
    """The place that the ids name; RuleError when one is no id, or not there (B-03)."""
    ids = {f"{name}_id": _id(data.get(name, ""), name) for name in PLACE_FIELDS}
    return resolve_place(principal=principal, **ids)


def _id(text: str, field: str) -> int | None:
    if not text:
        return None
    pk = read_id(text)
    if not pk:
        raise RuleError(_("There is no such place."), field=field)
    return pk


def _number(request: StaffRequest, place: Place) -> str:
    """The number by which the resident was found, as it was once typed."""
    number = read_id(request.GET.get("number", ""))
    if place.resident is None or number is None:
        return ""
    known = ResidentPhone.objects.visible_to(request.principal)
    found = known.filter(pk=number, resident=place.resident).first()
    return found.raw if found else ""


def _choices(principal: Principal, place: Place) -> dict[str, Any]:
    """The reasons, also as a tree, and statuses that the form offers at a place."""
    here = place.property.pk if place.property else None
    reasons = likely_first(Reason.objects.visible_to(principal).in_use(), principal, here)
    statuses = Status.objects.visible_to(principal).in_use().filter(needs_head_call=False)
    tree = families_of(reasons)
    return {"reasons": reasons, "families": tree, "statuses": list(statuses)}


def _form(principal: Principal, place: Place, choices: dict[str, Any], *data: Any) -> CallForm:
    return CallForm(
        *data,
        place=place,
        zone=place.zone(principal.organization.time_zone),
        reasons=choices["reasons"],
        statuses=choices["statuses"],
    )


def _context(request: StaffRequest, form: CallForm, choices: dict[str, Any]) -> dict[str, Any]:
    """What the page shows: the form, and around it my work and the memory of the place."""
    by_id = {str(reason.pk): reason for reason in choices["reasons"]}
    chosen = [by_id[pk] for pk in form["reasons"].value() or [] if pk in by_id]
    own = {"form": form, "key": str(uuid.uuid4()), "draft_key": key_of_place(form.place)}
    own |= {"chosen": chosen, "files": Files(), "file_tokens": request.POST.get("files", "")}
    own["cards"] = _cards(form, chosen, request.principal)
    return choices | _around(request, form.place) | own


def _around(request: StaffRequest, place: Place) -> dict[str, Any]:
    """My work, unless only a part is swapped, and the memory of the place."""
    principal = request.principal
    is_swap = wants_partial(request)
    zone = place.zone(principal.organization.time_zone)
    return {
        "work": None if is_swap else work_of(principal, zone=zone_of(request)),
        "place": place,
        "memory": remember(place, principal),
        "zone": zone,
        "region": principal.organization.region,
        "now": timezone.now().astimezone(zone_named(zone)),
        "is_swap": is_swap,
    }


def _cards(form: CallForm, chosen: list[Reason], principal: Principal) -> Callable[[], Any]:
    """The cards of the chosen reasons with what was typed, read only where they are shown."""
    place = form.place.property.pk if form.place.property else None
    typed = typed_answers(form.data)
    return lambda: shown_cards(chosen, place, principal, typed, form.refused)
