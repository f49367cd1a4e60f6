"""Taking a call, or one comment of it, out of lists and counts; for owners and admins."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from callcenter.calls.actions import withdraw_call_log, withdraw_comment
from callcenter.calls.forms import WithdrawForm
from callcenter.calls.models import CallLog, Comment
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.htmx import render_page
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .log import refusal_of, visible_call


@require_http_methods(["GET", "HEAD", "POST"])
def call_log_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then withdraw the call or the comment that `comment` names."""
    if not request.principal.may("calls.withdraw_calllog"):
        visible_call(request.principal, pk)
        raise NotAllowedError(_("Only owners and admins withdraw a call."))
    if request.method != "POST":
        return _show(request, pk, request.GET.get("comment", ""))
    comment = request.POST.get("comment", "")
    error = refusal_of(
        request,
        f"calls:withdraw:{pk}",
        WithdrawForm(request.POST),
        lambda data: _withdraw(request.principal, pk, data),
    )
    if error is not None:
        return _show(request, pk, comment, error=error)
    if comment:
        messages.success(request, _("The comment was withdrawn; it stays in the record."))
        return redirect("calls:detail", pk)
    messages.success(request, _("Call #%(pk)d was withdrawn; it stays in the record.") % {"pk": pk})
    return redirect("calls:list")


def _withdraw(principal: Principal, pk: int, data: dict[str, Any]) -> None:
    """Withdraw the comment that the form names, else the call."""
    if data["comment"] is None:
        withdraw_call_log(
            call_log_id=pk,
            reason=data["reason"],
            seen_version=data["seen_version"],
            actor=principal,
        )
    else:
        comment = _comment(visible_call(principal, pk), str(data["comment"]), principal)
        withdraw_comment(comment_id=comment.pk, reason=data["reason"], actor=principal)


def _comment(log: CallLog, number: str, principal: Principal) -> Comment:
    """The comment of this call; NotFoundError for a strange one."""
    rows = Comment.objects.visible_to(principal).filter(call_log=log)
    comment = rows.filter(pk=number[:18]).first() if number.isdecimal() else None
    if comment is None:
        raise NotFoundError(_("There is no such comment."))
    return comment


def _show(
    request: StaffRequest, pk: int, comment: str, error: RuleError | None = None
) -> HttpResponse:
    log = visible_call(request.principal, pk)
    context = {
        "log": log,
        "comment": _comment(log, comment, request.principal) if comment else None,
        "error": error,
        "reason": request.POST.get("reason", ""),
        "key": str(uuid.uuid4()),
    }
    status = error.http_status if error else 200
    return render_page(request, "calls/withdraw.html", context, partial="withdraw", status=status)
