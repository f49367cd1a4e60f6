"""What the bar below the list does to the calls that were picked."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import CharField, ChoiceField, Form, IntegerField
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from callcenter.calls.bulk import (
    Outcome,
    Picked,
    Undo,
    folder,
    for_each,
    head_among,
    picked_of,
    status_mover,
)
from callcenter.core.errors import RuleError
from callcenter.core.forms import WrittenField, checked
from callcenter.core.htmx import wants_partial
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .listing import show_list

SAID = 20  # refusals that a page without script names one by one

type Act = Callable[[Any], Undo | None]


class BulkForm(Form):
    """One act and its fields; each act judges what it needs."""

    act = ChoiceField(choices=[("status", "status"), ("fold", "fold")])
    status = IntegerField(required=False)
    comment = WrittenField()
    head = IntegerField(required=False)
    key = CharField(max_length=100)


@require_POST
def call_log_bulk(request: StaffRequest) -> HttpResponse:
    """Do one act to each picked call; the address holds the filters of the list, which follows."""
    try:
        data = checked(BulkForm(request.POST))
        picked = picked_of(request.POST.getlist("call"))
        act, body = _act(data, picked, request.principal)
    except RuleError as refusal:
        return _refused(request, refusal)
    name = data["act"]
    outcome = for_each(
        picked,
        act,
        actor=request.principal,
        endpoint=f"calls:bulk:{name}",
        key=data["key"],
        body=body,
    )
    if outcome.undo:
        said = ngettext("%(n)d call changed.", "%(n)d calls changed.", len(outcome.undo))
        undo = sign_undo(name, outcome.undo, request.principal)
        toast(request, said % {"n": len(outcome.undo)}, undo=undo)
    return _told(request, outcome)


def _act(
    data: dict[str, Any], picked: list[Picked], principal: Principal
) -> tuple[Act, dict[str, Any]]:
    """What to do to each call, and what makes it the same request; RuleError for half an act."""
    if data["act"] == "fold":
        head = head_among(picked, data["head"], principal)
        return folder(head, principal), {"head": head}
    if data["status"] is None:
        raise RuleError(_("Choose the status."), field="status")
    body = {"status": data["status"], "comment": data["comment"]}
    return status_mover(data["status"], data["comment"], principal), body


def _told(request: StaffRequest, outcome: Outcome) -> HttpResponse:
    """The list again, with what was refused and why, still picked."""
    if wants_partial(request):
        refused = [
            {"id": pk, "url": reverse("calls:detail", args=[pk]), "why": why}
            for pk, why in outcome.refused
        ]
        picked = {pk for pk, _why in outcome.refused}
        return show_list(request, {"outcome": outcome, "refused": refused, "picked": picked})
    if outcome.same:
        messages.info(request, _("%(n)d needed no change.") % {"n": outcome.same})
    for pk, why in outcome.refused[:SAID]:
        messages.error(request, f"#{pk}: {why}")
    if len(outcome.refused) > SAID:
        more = {"n": len(outcome.refused) - SAID}
        messages.error(request, _("And %(n)d more were refused.") % more)
    return _back(request)


def _refused(request: StaffRequest, refusal: RuleError) -> HttpResponse:
    """Nothing was done; with script as a notice above the page, which stays as it is."""
    if wants_partial(request):
        raise refusal
    messages.error(request, str(refusal))
    return _back(request)


def _back(request: StaffRequest) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(f"{reverse('calls:list')}?{query}" if query else reverse("calls:list"))
