"""The list of calls, and how many came since it was drawn."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from callcenter.calls.filters import CallLogFilter
from callcenter.calls.list_columns import columns_of
from callcenter.calls.models import CallLog, CallLogQuerySet
from callcenter.calls.rows import calls_page
from callcenter.core.htmx import render_page
from callcenter.core.paging import Cursor, beyond, capped_count
from callcenter.properties.middleware import StaffRequest

VIEWS = (
    ("", _("All calls"), "journal-text"),
    ("state=open", _("Open"), "circle"),
    ("state=waiting", _("Waiting"), "pause-circle"),
    ("state=open&taken_by=me", _("Taken by me, open"), "person"),
    ("place=none", _("Without a place"), "question-circle"),
)
MOST_NEW = 99


@require_safe
def call_log_list(request: StaffRequest) -> HttpResponse:
    """The calls that match the filters in the address, a page at a time."""
    return show_list(request, {})


def show_list(request: StaffRequest, more: dict[str, Any]) -> HttpResponse:
    """The list that the address asks for; for htmx its rows alone. `more` is told beside them."""
    visible = CallLog.objects.visible_to(request.principal)
    found = CallLogFilter(request.GET, queryset=visible, principal=request.principal)
    is_valid = found.is_valid()
    parts = found.parts() if is_valid else [visible.none()]
    cursor = request.GET.get("cursor", "")
    columns = columns_of(())
    page = calls_page(
        *parts,
        cursor=cursor,
        is_ascending=found.ascends(),
        columns=columns,
        words=found.sought.words,
    )
    context = {
        "filter": found,
        "chips": list(found.chips()) if is_valid else [],
        "page": page,
        "columns": columns,
        "count": capped_count(*parts),
        "views": _views(request.GET.urlencode()),
        "key": str(uuid.uuid4()),
        "now": timezone.now(),
        "picked": (),
        "top": "" if cursor or found.ascends() or not is_valid else _top(page.rows),
    }
    status = 200 if is_valid else 422
    return render_page(request, "calls/list.html", context | more, partial="rows", status=status)


@require_safe
def call_log_newer(request: StaffRequest) -> HttpResponse:
    """How many calls of these filters came after the one on top; 204 when none did."""
    visible = CallLog.objects.visible_to(request.principal)
    found = CallLogFilter(request.GET, queryset=visible, principal=request.principal)
    top = Cursor.parse(request.GET.get("top", ""))
    if top is None or not found.is_valid():
        return HttpResponse(status=204)
    newer = capped_count(*(_after(part, top) for part in found.parts()), cap=MOST_NEW)
    if not newer.n:
        return HttpResponse(status=204)
    return render_page(request, "calls/list.html", {"newer": newer}, partial="pill")


def _after(rows: CallLogQuerySet, top: Cursor) -> QuerySet[Any, Any]:
    return beyond(rows, ("contacted_at", "pk"), (top.at, top.pk), walks_up=True)


def _top(rows: Any) -> str:
    """The place of the newest row; of an empty list this moment."""
    if not rows:
        return str(Cursor(at=timezone.now(), pk=0, is_backward=True))
    return str(Cursor(at=rows[0]["contacted_at"], pk=rows[0]["pk"], is_backward=True))


def _views(query: str) -> list[dict[str, Any]]:
    return [
        {"query": own, "label": label, "icon": icon, "is_current": own == query}
        for own, label, icon in VIEWS
    ]
