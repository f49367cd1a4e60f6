"""A telephone call by itself, and tying it to call logs, from either side."""

import uuid
from collections.abc import Callable
from typing import Any

from django.forms import BooleanField, CharField, Form, IntegerField
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcenter.calls.history import lock_call
from callcenter.calls.linking import (
    Tied,
    calls_like,
    link_phone_call,
    logs_like,
    unlink_phone_call,
)
from callcenter.calls.missed import missed
from callcenter.calls.models import CallLog
from callcenter.calls.phone_film import film_of
from callcenter.calls.phone_list import PhoneRow, as_row, phone_call_row
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import render_page
from callcenter.core.ids import read_id
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .log import Undoable, do_once, visible_call

KIND = "phone_call"  # of what a toast undoes


class TieForm(Form):
    """A log named as people write it, "#4711"; `untie` says that it is of this call no more."""

    log = CharField(max_length=20)
    untie = BooleanField(required=False)


class CallForm(Form):
    """The telephone call that a log is of; without one it is of none, no more of what it `was`."""

    phone_call = IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    was = IntegerField(required=False, min_value=1, max_value=2**63 - 1)


@require_safe
def phone_call_page(request: StaffRequest, pk: int) -> HttpResponse:
    """A telephone call with its legs, its logs, and those that may be of it."""
    return _show(request, pk)


@require_POST
def phone_call_tie(request: StaffRequest, pk: int) -> HttpResponse:
    """Tie a log to the call, or untie it."""
    visible_phone_call(request.principal, pk)

    def effect(data: dict[str, Any]) -> Undoable:
        log_id = read_id(data["log"].strip().removeprefix("#")) or 0
        try:
            if data["untie"]:
                return _untied(log_id, pk, request.principal)
            return _tied(log_id, pk, request.principal)
        except NotFoundError as error:
            raise RuleError(_("There is no such call log."), field="log") from error

    error = _act(request, f"calls:tie:{pk}", TieForm(request.POST), effect)
    return _show(request, pk, error) if error else redirect("calls:phone_call", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def phone_call_of_log(request: StaffRequest, pk: int) -> HttpResponse:
    """The telephone calls that a log may be of; the log again when one was chosen."""
    error = None
    if request.method == "POST":

        def effect(data: dict[str, Any]) -> Undoable:
            if data["phone_call"] is None:
                return _untied(pk, data["was"], request.principal)
            return _tied(pk, data["phone_call"], request.principal)

        error = _act(request, f"calls:of_log:{pk}", CallForm(request.POST), effect)
        if error is None:
            return redirect("calls:detail", pk)
    log = visible_call(request.principal, pk)
    context = {
        "log": log,
        "rows": [as_row(call) for call in calls_like(log, request.principal)],
        "error": error,
        "key": str(uuid.uuid4()),
    }
    status = error.http_status if error else 200
    return render_page(request, "calls/log_phone.html", context, partial="choose", status=status)


def visible_phone_call(principal: Principal, pk: int) -> PhoneRow:
    """The call as its page shows it; NotFoundError when it is absent or not visible."""
    row = phone_call_row(pk, principal)
    if row is None:
        raise NotFoundError(_("There is no such phone call."))
    return row


def _tied(log_id: int, phone_call_id: int, actor: Principal) -> Undoable:
    """Tie, and say how it was before; None when it was so already."""
    before = lock_call(log_id, actor)
    log = link_phone_call(call_log_id=log_id, phone_call_id=phone_call_id, actor=actor)
    return _way_back(before, log)


def _untied(log_id: int, phone_call_id: int | None, actor: Principal) -> Undoable:
    """As `_tied`, from the telephone call that the page showed."""
    before = lock_call(log_id, actor)
    log = unlink_phone_call(call_log_id=log_id, phone_call_id=phone_call_id, actor=actor)
    return _way_back(before, log)


def _way_back(before: CallLog, log: CallLog) -> Undoable:
    if log.version == before.version:
        return None
    return [Tied(log.pk, log.version, before.phone_call_id).as_row()]


def _act(
    request: StaffRequest,
    endpoint: str,
    form: Form,
    effect: Callable[[dict[str, Any]], Undoable],
) -> RuleError | None:
    """Do it once, with a toast that undoes it; why it was refused, None when it was done."""
    try:
        undo = do_once(request, endpoint, form, effect)
    except NotFoundError:
        raise
    except RuleError as error:
        return error
    if undo:
        said = _("Linked.") if undo[0]["phone_call"] is None else _("Unlinked.")
        toast(request, said, undo=sign_undo(KIND, undo, request.principal))
    return None


def _show(request: StaffRequest, pk: int, error: RuleError | None = None) -> HttpResponse:
    principal = request.principal
    row = visible_phone_call(principal, pk)
    now = timezone.now()
    home = row.call.property
    context = {
        "row": row,
        "film": film_of(row, now),
        "waited": row.call.answered_at and (row.call.answered_at - row.call.published_at),
        "like": logs_like(row.call, principal),
        "is_waiting": missed(principal).filter(pk=pk).exists(),
        "zone": home.time_zone if home else principal.organization.time_zone,
        "manages": principal.manages,
        "error": error,
        "typed": request.POST.get("log", "") if error else "",
        "key": str(uuid.uuid4()),
        "now": now,
    }
    status = error.http_status if error else 200
    return render_page(request, "calls/phone_call.html", context, partial="call", status=status)
