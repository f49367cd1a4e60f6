"""Taking a chain, or one ring of it, out of lists and counts; for owners and admins."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from callcenter.calls.views.log import do_once
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.htmx import render_page
from callcenter.properties.middleware import StaffRequest

from .forms import WithdrawForm
from .items import withdraw_item
from .models import Escalation, EscalationItem
from .running import withdraw_escalation
from .showing import seen_rings
from .views import visible_chain


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_chain(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for the reason, then withdraw the chain with its rings."""
    chain = visible_chain(request.principal, pk)
    _check(request, "escalations.withdraw_escalation")

    def effect(data: dict[str, Any]) -> None:
        withdraw_escalation(escalation_id=pk, reason=data["reason"], actor=request.principal)

    said = _("The chain was withdrawn; it stays in the record.")
    return _withdraw(request, chain, None, f"chain:{pk}", effect, said)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_ring(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for the reason, then withdraw one ring; the chain stays."""
    found = seen_rings(request.principal).select_related("rule").filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("There is no such ring."))
    chain = visible_chain(request.principal, found.escalation_id)
    _check(request, "escalations.withdraw_escalationitem")

    def effect(data: dict[str, Any]) -> None:
        withdraw_item(item_id=pk, reason=data["reason"], actor=request.principal)

    said = _("The ring was withdrawn; it stays in the record.")
    return _withdraw(request, chain, found, f"ring:{pk}", effect, said)


def _check(request: StaffRequest, permission: str) -> None:
    if not request.principal.may(permission):
        raise NotAllowedError(_("Only owners and admins withdraw a chain or a ring."))


def _withdraw(
    request: StaffRequest,
    chain: Escalation,
    ring: EscalationItem | None,
    name: str,
    effect: Callable[[dict[str, Any]], None],
    said: str,
) -> HttpResponse:
    """The form, or its effect; what is withdrawn already is shown as it is."""
    if (ring or chain).withdrawn_at is not None:
        return redirect("escalations:chain", chain.pk)
    error: RuleError | None = None
    if request.method == "POST":
        try:
            do_once(request, f"escalations:withdraw:{name}", WithdrawForm(request.POST), effect)
        except NotFoundError:
            raise
        except RuleError as refused:
            error = refused
        else:
            messages.success(request, said)
            return redirect("escalations:chain", chain.pk)
    context = {
        "chain": chain,
        "ring": ring,
        "error": error,
        "reason": request.POST.get("reason", ""),
        "key": str(uuid.uuid4()),
    }
    status = 200 if error is None else error.http_status
    page = "escalations/withdraw.html"
    return render_page(request, page, context, partial="withdraw", status=status)
