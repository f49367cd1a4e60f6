"""Folding a call into another one from its page (key f), and taking it out again."""

import uuid

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from callcenter.calls.folding import fold_call, same_matter, unfold_call
from callcenter.calls.forms import FoldForm, UnfoldForm
from callcenter.calls.models import CallLog, Reason
from callcenter.core.htmx import render_page
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .log import Undoable, act, visible_call


@require_http_methods(["GET", "HEAD", "POST"])
def call_log_fold(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer the calls that may be about the same matter; fold into the one that was chosen."""
    if request.method == "POST":
        return _fold(request, pk)
    log = visible_call(request.principal, pk)
    families = _families(log, request.principal)
    candidates = same_matter(
        request.principal,
        unit_id=log.unit_id,
        property_id=log.property_id,
        families=families,
        without=pk,
    )
    context = {"log": log, "candidates": candidates, "key": str(uuid.uuid4())}
    return render_page(request, "calls/fold.html", context, partial="panel")


@require_POST
def call_log_unfold(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the call out of its head, with the reason."""

    def effect(data: dict[str, str]) -> None:
        unfold_call(call_log_id=pk, actor=request.principal, **data)

    done = _("Call #%(pk)d stands for itself again.") % {"pk": pk}
    return act(request, pk, "unfold", UnfoldForm, effect, done=done)


def _fold(request: StaffRequest, pk: int) -> HttpResponse:
    def effect(data: dict[str, int]) -> Undoable:
        folded = fold_call(
            call_log_id=pk,
            head_id=data["head"],
            seen_version=data["seen_version"],
            actor=request.principal,
        )
        return [folded.as_row()]

    return act(request, pk, "fold", FoldForm, effect, done=_("Folded."))


def _families(log: CallLog, principal: Principal) -> set[str]:
    """The families of the reasons of a call that came with them."""
    ids = [said["id"] for said in log.reasons_said]  # type: ignore[attr-defined]
    reasons = Reason.objects.visible_to(principal).filter(pk__in=ids)
    return set(reasons.values_list("family", flat=True))
