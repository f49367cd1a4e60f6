"""The list of telephone calls, with their legs and their logs."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from callcenter.calls.phone_filters import ANSWERED, LIVE, MISSED, NO, PhoneCallFilter
from callcenter.calls.phone_list import extensions_of, phone_page
from callcenter.core.htmx import render_page
from callcenter.core.paging import capped_count
from callcenter.properties.middleware import StaffRequest

VIEWS: tuple[tuple[Any, dict[str, str]], ...] = (
    (_("All"), {}),
    (_("Going on"), {"state": LIVE}),
    (_("Missed"), {"state": MISSED}),
    (_("Answered, not logged"), {"state": ANSWERED, "direction": "8", "logged": NO}),
    (_("Outgoing"), {"direction": "4"}),
)


@require_safe
def phone_call_list(request: StaffRequest) -> HttpResponse:
    """The telephone calls that match the filters in the address, a page at a time."""
    principal = request.principal
    found = PhoneCallFilter(request.GET, principal=principal)
    is_valid = found.is_valid()
    parts = found.parts() if is_valid else [found.queryset.none()]
    views = views_of(request.GET)
    context = {
        "filter": found,
        "views": views,
        "view_url": next((view["url"] for view in views if view["is_current"]), ""),
        "chips": list(found.chips()) if is_valid else [],
        "page": phone_page(parts, principal=principal, cursor=request.GET.get("cursor", "")),
        "count": capped_count(*parts),
        "extensions": extensions_of(principal),
        "zone": principal.organization.time_zone,
        "manages": principal.manages,
        "now": timezone.now(),
    }
    status = 200 if is_valid else 422
    return render_page(request, "calls/phone.html", context, partial="rows", status=status)


def views_of(query: QueryDict, *, is_days: bool = False) -> list[dict[str, Any]]:
    """Filters that are asked for often, and the figures.

    Current is the one that the address asks for, alone.
    """
    asked = {name: value for name, value in query.items() if value and name != "cursor"}
    views = [
        {
            "label": label,
            "url": f"{reverse('calls:phone')}?{urlencode(view)}",
            "is_current": not is_days and view == asked,
        }
        for label, view in VIEWS
    ]
    days = {"label": _("Figures a day"), "url": reverse("calls:phone_days")}
    return [*views, days | {"is_current": is_days}]
