"""Decision cards: what reasons ask while a call is logged, and answers that come later."""

import uuid
from functools import partial
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from callcenter.calls.answering import answer_cards, standing_answers
from callcenter.calls.asking import shown_cards, typed_answers
from callcenter.calls.history import reasons_of
from callcenter.calls.models import Reason
from callcenter.calls.offering import offered_at
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.ids import read_id, read_ids
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import Property

from .log import refusal_of, show_act, visible_call


@require_POST
def cards(request: StaffRequest) -> HttpResponse:
    """The cards of the chosen reasons; nothing is written.

    It is a POST because answers of callers belong in no address and no log. With `verdicts`
    only what the rules say now, beside the fields that somebody is typing in.
    """
    ids = read_ids(request.POST.getlist("reasons"))
    rows = Reason.objects.visible_to(request.principal).in_bulk(ids)
    place = _property(request)
    chosen = [rows[pk] for pk in ids if pk in rows]
    typed = typed_answers(request.POST)
    context: dict[str, Any] = {
        "offered": partial(offered_at, place.pk if place else None, request.principal),
        "cards": shown_cards(chosen, place.pk if place else None, request.principal, typed),
        "emergency_rules": place.emergency_rules if place else "",
    }
    part = "verdicts" if "verdicts" in request.POST else "cards"
    return render_page(request, "calls/_cards.html", context, partial=part)


@require_http_methods(["GET", "HEAD", "POST"])
def call_log_answers(request: StaffRequest, pk: int) -> HttpResponse:
    """The cards of a logged call to be answered, or the call with what is new."""
    if request.method != "POST":
        return _show(request, pk)

    def effect(_data: dict[str, Any]) -> None:
        typed = typed_answers(request.POST)
        answer_cards(call_log_id=pk, answers=typed, actor=request.principal)

    error = refusal_of(request, f"calls:answers:{pk}", Form(request.POST), effect)
    if error is not None:
        return _show(request, pk, error)
    response = show_act(request, pk, "answers", done=_("Answers saved."), error=None)
    return reswap(retarget(response, "#log"), "outerHTML") if wants_partial(request) else response


def _show(request: StaffRequest, pk: int, refused: RuleError | None = None) -> HttpResponse:
    """The form with what stands, or with what was typed and why it was refused."""
    log = visible_call(request.principal, pk)
    reasons = reasons_of(log)
    typed = typed_answers(request.POST)
    if refused is None:
        typed = {question: said.value for question, said in standing_answers(log).items()}
    context = {
        "log": log,
        "reasons": reasons,
        "cards": shown_cards(reasons, log.property_id, request.principal, typed, refused),
        "emergency_rules": log.property.emergency_rules if log.property else "",
        "refused": refused,
        "key": str(uuid.uuid4()),
    }
    status = 200 if refused is None else refused.http_status
    return render_page(request, "calls/answers.html", context, partial="answers", status=status)


def _property(request: StaffRequest) -> Property | None:
    sent = request.POST.get("property", "")
    if not sent:
        return None
    pk, rows = read_id(sent), Property.objects.visible_to(request.principal)
    found = None if pk is None else rows.filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("There is no such property."))
    return found
