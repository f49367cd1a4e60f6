"""The page of snippets, and what `::` offers while one writes."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from callcenter.calls.models import CallLog, Reason, Snippet
from callcenter.calls.phrases import delete_snippet, save_snippet, snippet_to_change, words_for
from callcenter.calls.places import Place, resolve_place
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.forms import WrittenField
from callcenter.core.htmx import render_page
from callcenter.core.ids import read_id, read_ids
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .log import do_once, refusal_of

IDS = ("property", "unit", "resident")


class SnippetForm(forms.Form):
    """A word and what it stands for; the action judges it."""

    word = forms.CharField(max_length=60, required=False, label=gettext_lazy("Word"))
    text = WrittenField(label=gettext_lazy("Text"))
    reason = forms.IntegerField(required=False)
    shared = forms.BooleanField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def snippets(request: StaffRequest) -> HttpResponse:
    """One's own and the shared ones, and the form for a new one."""
    return _page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def snippet(request: StaffRequest, pk: int) -> HttpResponse:
    """The same page with the form of one snippet."""
    return _page(request, snippet_to_change(pk, request.principal))


@require_POST
def snippet_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a snippet away."""

    def effect(_data: dict[str, Any]) -> None:
        delete_snippet(snippet_id=pk, actor=request.principal)

    do_once(request, f"calls:snippet_delete:{pk}", forms.Form(request.POST), effect)
    messages.success(request, _("Snippet deleted."))
    return redirect("calls:snippets")


@require_GET
def snippet_words(request: StaffRequest) -> JsonResponse:
    """What `::` offers at the place, or for the call, that the parameters name."""
    try:
        place = _place(request)
    except RuleError:
        return JsonResponse({"snippets": []}, status=404)
    reasons = read_ids(request.GET.getlist("reasons")[:50])
    words = words_for(place, reasons, request.principal)
    answer = JsonResponse({"snippets": words})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(request: StaffRequest, changed: Snippet | None) -> HttpResponse:
    typed: dict[str, Any] = {"shared": request.principal.may("calls.share_snippet")}
    refused: RuleError | None = None
    if changed is not None:
        typed = {
            "word": changed.word,
            "text": changed.text,
            "reason": changed.reason_id,
            "shared": changed.owner_id is None,
        }
    if request.method == "POST":
        refused = _save(request, changed)
        if refused is None:
            messages.success(request, _("Snippet saved."))
            return redirect("calls:snippets")
        typed = request.POST.dict()
    context = _context(request.principal) | {
        "changed": changed,
        "typed": typed,
        "refused": refused,
        "key": str(uuid.uuid4()),
    }
    status = refused.http_status if refused else 200
    return render_page(request, "calls/snippets.html", context, partial="snippets", status=status)


def _save(request: StaffRequest, changed: Snippet | None) -> RuleError | None:
    def effect(data: dict[str, Any]) -> None:
        save_snippet(
            snippet_id=changed.pk if changed else None,
            word=data["word"],
            text=data["text"],
            is_shared=data["shared"],
            reason_id=data["reason"],
            actor=request.principal,
        )

    name = f"calls:snippet:{changed.pk if changed else 'new'}"
    return refusal_of(request, name, SnippetForm(request.POST), effect)


def _context(principal: Principal) -> dict[str, Any]:
    rows = Snippet.objects.visible_to(principal).select_related("reason").in_order()
    return {
        "rows": rows,
        "reasons": Reason.objects.visible_to(principal).in_use(),
        "may_share": principal.may("calls.share_snippet"),
    }


def _place(request: StaffRequest) -> Place:
    """The place of the call, or of the ids; RuleError when one is not there (B-03)."""
    call = read_id(request.GET.get("call", ""))
    if call is not None:
        logs = CallLog.objects.visible_to(request.principal)
        log = logs.select_related("property", "unit", "resident").filter(pk=call).first()
        if log is None:
            raise NotFoundError(_("There is no such call."))
        return Place(log.property, log.unit, log.resident)
    sent = {name: request.GET.get(name, "") for name in IDS}
    ids = {f"{name}_id": read_id(text) for name, text in sent.items()}
    if any(text and ids[f"{name}_id"] is None for name, text in sent.items()):
        raise RuleError(_("There is no such place."))
    return resolve_place(principal=request.principal, **ids)
