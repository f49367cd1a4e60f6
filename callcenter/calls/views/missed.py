"""Marking missed calls as handled, several at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from callcenter.calls.missed import handle_missed_calls
from callcenter.core.errors import RuleError
from callcenter.core.htmx import wants_partial
from callcenter.core.ids import read_id
from callcenter.properties.middleware import StaffRequest

from .worklists import show_unhandled


@require_POST
def missed_handle(request: StaffRequest) -> HttpResponse:
    """Say of the chosen calls that they are handled; a refusal comes back in the list."""
    chosen = {read_id(text) or 0 for text in request.POST.getlist("missed")}
    reason = request.POST.get("reason", "")
    try:
        n = handle_missed_calls(phone_call_ids=chosen, reason=reason, actor=request.principal)
    except RuleError as error:
        return show_unhandled(request, error=error)
    said = ngettext("%(n)d missed call is handled.", "%(n)d missed calls are handled.", n)
    if wants_partial(request):
        return show_unhandled(request, done=said % {"n": n})
    messages.success(request, said % {"n": n})
    return redirect("calls:unhandled")
