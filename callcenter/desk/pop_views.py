"""The call that rings: a part of every page, read again whenever a call of mine changed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from callcenter.core.htmx import wants_partial
from callcenter.properties.middleware import StaffRequest

from .pop import pops_of


@require_GET
def pop(request: StaffRequest) -> HttpResponse:
    """My calls of now with who may be calling; as a page of its own it is the desk.

    `apart` asks for them as other pages than the desk show them.
    """
    if not wants_partial(request):
        return redirect("desk:home")
    context = {
        "pops": pops_of(request.principal),
        "now": timezone.now(),
        "is_apart": "apart" in request.GET,
    }
    return render(request, "desk/_pop.html", context)
