"""Marking missed calls as handled, several at once, with a way back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from callcenter.accounts.idempotency import once
from callcenter.calls.missed import handle_missed_calls
from callcenter.core.errors import RuleError
from callcenter.core.htmx import wants_partial
from callcenter.core.ids import read_id
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties.middleware import StaffRequest

from .log import sent
from .worklists import show_unhandled

KIND = "handled"  # of what a toast undoes


@require_POST
def missed_handle(request: StaffRequest) -> HttpResponse:
    """Say of the chosen calls that they are handled; a refusal comes back in the list."""
    try:
        chosen = mark_handled(request)
    except RuleError as error:
        return show_unhandled(request, error=error)
    if wants_partial(request):
        return show_unhandled(request)
    if request.POST.get("of") == "call" and len(chosen) == 1:
        return redirect("calls:phone_call", *chosen)  # its own page has sent the form
    return redirect("calls:unhandled")


def mark_handled(request: StaffRequest) -> set[int]:
    """Do it once for the key of the form, with a toast that undoes it; the calls that were chosen.

    RuleError as in `handle_missed_calls`, and when the form is too old or says other things now.
    """
    chosen = {read_id(text) or 0 for text in request.POST.getlist("missed")}
    reason = request.POST.get("reason", "")

    def effect() -> dict[str, Any]:
        actor = request.principal
        return {"handled": handle_missed_calls(phone_call_ids=chosen, reason=reason, actor=actor)}

    answer = once(
        actor=request.principal,
        endpoint="calls:missed_handle",
        key=request.POST.get("key", ""),
        body=sent(request.POST),
        effect=effect,
    )
    keys = answer["handled"]
    said = ngettext("%(n)d missed call is handled.", "%(n)d missed calls are handled.", len(keys))
    undo = sign_undo(KIND, [{"id": key} for key in keys], request.principal)
    toast(request, said % {"n": len(keys)}, undo=undo)
    return chosen
