"""My state in the top bar: ready, finishing or away, and since when."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from callcenter.accounts.availability import say_availability
from callcenter.core.htmx import render_page, wants_partial
from callcenter.properties.middleware import StaffRequest


@require_POST
def say(request: StaffRequest) -> HttpResponse:
    """Say that one is ready, finishing or away; what is shown then stands in the top bar."""
    mine = request.user.active_membership
    assert mine is not None  # noqa: S101 (who has none reaches no page)
    said = request.POST.get("availability", "")
    say_availability(membership=mine, availability=said, actor=request.principal)
    if not wants_partial(request):
        return redirect("desk:home")
    return render_page(request, "_state.html", {}, partial="state")
