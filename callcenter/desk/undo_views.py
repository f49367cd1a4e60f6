"""The button that undoes."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from callcenter.core.htmx import wants_partial
from callcenter.core.toasts import toast
from callcenter.properties.middleware import StaffRequest

from .undo import undo


@require_POST
def undo_last(request: StaffRequest) -> HttpResponse:
    """Undo what a toast told of. Parts of the page that show it listen for the event "undone"."""
    toast(request, undo(request.POST.get("token", ""), request.principal))
    if wants_partial(request):
        return HttpResponse(headers={"HX-Trigger-After-Swap": "undone"})
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, None) or not back.startswith("/"):
        back = reverse("desk:home")
    return redirect(back)
