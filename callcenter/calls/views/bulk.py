"""What the bar below the list does to the calls that were picked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import CharField, ChoiceField, Form, IntegerField
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from callcenter.calls.bulk import (
    Act,
    Outcome,
    Picked,
    assigner,
    commenter,
    folder,
    for_each,
    head_among,
    picked_of,
    promiser,
    status_mover,
    taker,
)
from callcenter.calls.due_words import LONGEST, read_due
from callcenter.calls.models import Visibility
from callcenter.core.errors import RuleError
from callcenter.core.forms import WrittenField, checked
from callcenter.core.htmx import wants_partial
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .listing import show_list

SAID = 20  # refusals that a page without script names one by one


type Said = dict[str, Any]


def _status(said: Said, _picked: list[Picked], principal: Principal) -> Act:
    _require(said["status"], "status", _("Choose the status."))
    return status_mover(said["status"], said["comment"], principal)


def _take(_said: Said, _picked: list[Picked], principal: Principal) -> Act:
    return taker(principal)


def _assign(said: Said, _picked: list[Picked], principal: Principal) -> Act:
    _require(said["who"], "who", _("Say who is to have them: a name, me or nobody."))
    return assigner(said["who"], principal)


def _comment(said: Said, _picked: list[Picked], principal: Principal) -> Act:
    _require(said["text"], "text", _("Write something first: a comment cannot be empty."))
    return commenter(said["text"], Visibility(said["visibility"] or "internal"), principal)


def _promise(said: Said, _picked: list[Picked], principal: Principal) -> Act:
    read_due(said["due"], zone=principal.organization.time_zone, now=timezone.now())
    return promiser(said["due"], said["ringer"], principal)


def _fold(said: Said, picked: list[Picked], principal: Principal) -> Act:
    return folder(head_among(picked, said["head"], principal), principal)


@dataclass(frozen=True)
class Kind:
    """An act of the bar: the fields that it reads, what makes it, and how its undo is named."""

    fields: tuple[str, ...]
    made: Callable[[Said, list[Picked], Principal], Act]
    undo: str = ""


KINDS = {
    "status": Kind(("status", "comment"), _status, "status"),
    "take": Kind((), _take, "assign"),
    "assign": Kind(("who",), _assign, "assign"),
    "comment": Kind(("text", "visibility"), _comment),
    "promise": Kind(("due", "ringer"), _promise),
    "fold": Kind(("head",), _fold, "fold"),
}


class BulkForm(Form):
    """One act, and the fields of all of them; each act judges those that it reads."""

    act = ChoiceField(choices=[(name, name) for name in KINDS])
    status = IntegerField(required=False)
    comment = WrittenField()
    who = CharField(max_length=254, required=False)
    text = WrittenField()
    visibility = ChoiceField(choices=Visibility, required=False)
    due = CharField(max_length=LONGEST, required=False)
    ringer = CharField(max_length=254, required=False)
    head = IntegerField(required=False)
    key = CharField(max_length=100)


@require_POST
def call_log_bulk(request: StaffRequest) -> HttpResponse:
    """Do one act to each picked call; the address holds the filters of the list, which follows."""
    try:
        data = checked(BulkForm(request.POST))
        kind = KINDS[data["act"]]
        picked = picked_of(request.POST.getlist("call"))
        act = kind.made(data, picked, request.principal)
    except RuleError as refusal:
        return _refused(request, refusal)
    outcome = for_each(
        picked,
        act,
        actor=request.principal,
        endpoint=f"calls:bulk:{data['act']}",
        key=data["key"],
        body={name: data[name] for name in kind.fields},
    )
    if outcome.undo:
        said = ngettext("%(n)d call changed.", "%(n)d calls changed.", len(outcome.undo))
        rows = outcome.undo if kind.undo else []
        undo = sign_undo(kind.undo, rows, request.principal)
        toast(request, said % {"n": len(outcome.undo)}, undo=undo)
    return _told(request, outcome)


def _require(value: Any, field: str, message: str) -> None:
    """RuleError, on the field, when nothing was said there."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise RuleError(message, field=field)


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
