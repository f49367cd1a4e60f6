"""The list of calls."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from callcenter.calls.filters import CallLogFilter
from callcenter.calls.models import CallLog
from callcenter.calls.rows import calls_page
from callcenter.core.htmx import render_page
from callcenter.core.paging import capped_count
from callcenter.properties.middleware import StaffRequest

VIEWS = (
    ("", _("All calls"), "journal-text"),
    ("state=open", _("Open"), "circle"),
    ("state=waiting", _("Waiting"), "pause-circle"),
    ("state=open&taken_by=me", _("Taken by me, open"), "person"),
    ("place=none", _("Without a place"), "question-circle"),
)


@require_safe
def call_log_list(request: StaffRequest) -> HttpResponse:
    """The calls that match the filters in the address, a page at a time."""
    visible = CallLog.objects.visible_to(request.principal)
    found = CallLogFilter(request.GET, queryset=visible, principal=request.principal)
    is_valid = found.is_valid()
    rows = found.qs if is_valid else visible.none()
    context = {
        "filter": found,
        "chips": list(found.chips()) if is_valid else [],
        "page": calls_page(
            rows, cursor=request.GET.get("cursor", ""), is_ascending=found.ascends()
        ),
        "count": capped_count(rows),
        "views": _views(request.GET.urlencode()),
    }
    status = 200 if is_valid else 422
    return render_page(request, "calls/list.html", context, partial="rows", status=status)


def _views(query: str) -> list[dict[str, Any]]:
    return [
        {"query": own, "label": label, "icon": icon, "is_current": own == query}
        for own, label, icon in VIEWS
    ]
