"""Taking a call, and handing it to somebody, from its page."""

from typing import Any

from django.forms import CharField, Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callcenter.calls.assigning import Held, assign_call, take_call
from callcenter.calls.people import who_is_meant
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import wants_partial
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties.middleware import StaffRequest

from .log import Undoable, do_once, show_act, visible_call
from .worklists import LISTS


class TakeForm(Form):
    """Nothing but the press of a key."""


class AssignForm(Form):
    """Who: "me", "nobody", a name or an e-mail address."""

    who = CharField(max_length=254, required=False)


@require_POST
def call_log_take(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a call that nobody holds."""

    def effect(_data: dict[str, Any]) -> Undoable:
        return _rows(take_call(call_log_id=pk, actor=request.principal))

    return _acted(request, pk, "take", TakeForm(request.POST), effect, _("The call is yours."))


@require_POST
def call_log_assign(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand it to somebody, or to nobody."""
    log = visible_call(request.principal, pk)

    def effect(data: dict[str, Any]) -> Undoable:
        who = who_is_meant(data["who"], log, request.principal, nobody="nobody")
        return _rows(assign_call(call_log_id=pk, assignee_id=who, actor=request.principal))

    form = AssignForm(request.POST)
    return _acted(request, pk, "assign", form, effect, _("The call has changed hands."))


def _rows(before: Held | None) -> Undoable:
    return None if before is None else [before.as_row()]


def _acted(
    request: StaffRequest, pk: int, name: str, form: Form, effect: Any, said: str
) -> HttpResponse:
    back = request.POST.get("back", "")
    error: RuleError | None = None
    try:
        if undo := do_once(request, f"calls:{name}:{pk}", form, effect):
            toast(request, said, undo=sign_undo("assign", undo, request.principal))
    except NotFoundError:
        raise
    except RuleError as refused:
        if back in LISTS:
            raise
        error = refused
    if back in LISTS:
        return LISTS[back](request) if wants_partial(request) else redirect(f"calls:{back}")
    return show_act(request, pk, name, done="", error=error)
