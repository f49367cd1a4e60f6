"""The list of calls, and how many came since it was drawn."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from callcenter.calls.filters import EVERYTHING, CallLogFilter
from callcenter.calls.list_columns import COLUMNS, Column, columns_of
from callcenter.calls.models import CallLogQuerySet
from callcenter.calls.rows import address, calls_page
from callcenter.calls.saving_views import KeptView, Likes, liked, remember
from callcenter.calls.view_counts import counts_of
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.paging import Cursor, beyond, capped_count, count_of
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

VIEWS = (
    ("", _("All calls"), "journal-text"),
    ("state=open", _("Open"), "circle"),
    ("state=waiting", _("Waiting"), "pause-circle"),
    ("state=open&taken_by=me", _("Taken by me, open"), "person"),
    ("place=none", _("Without a place"), "question-circle"),
)
MOST_NEW = 99
MOST_COUNTED = 60  # saved views


@require_safe
def call_log_list(request: StaffRequest) -> HttpResponse:
    """The calls that match the filters in the address, a page at a time.

    An address without anything leads to the filters that the person used last.
    """
    likes = liked(request.principal)
    if not request.GET and likes.query and not wants_partial(request):
        return redirect(f"{reverse('calls:list')}?{likes.query}")
    return show_list(request, {}, likes)


def show_list(
    request: StaffRequest, more: dict[str, Any], likes: Likes | None = None
) -> HttpResponse:
    """The list that the address asks for; for htmx its rows alone. `more` is told beside them."""
    principal = request.principal
    likes = likes or liked(principal)
    found = CallLogFilter(request.GET, principal=principal)
    is_valid = found.is_valid()
    parts = found.parts() if is_valid else [found.queryset.none()]
    query = found.query() if is_valid else ""
    if is_valid and query != likes.query:
        remember(actor=principal, query=query)
    columns, cursor = columns_for(request, likes), request.GET.get("cursor", "")
    page = calls_page(
        *parts,
        cursor=cursor,
        is_ascending=found.ascends(),
        columns=columns,
        words=found.sought.words,
    )
    views = views_of(principal, likes.views, query if is_valid else None)
    context = {
        "filter": found,
        "list_url": reverse("calls:list"),
        "view_url": _current(views),
        "chips": list(found.chips()) if is_valid else [],
        "page": page,
        "columns": columns,
        "choosable": _choosable(columns),
        "count": count_of(page, *parts),
        "views": views,
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
    found = CallLogFilter(request.GET, principal=request.principal)
    top = Cursor.parse(request.GET.get("top", ""))
    if top is None or not found.is_valid():
        return HttpResponse(status=204)
    newer = capped_count(*(_after(part, top) for part in found.parts()), cap=MOST_NEW)
    if not newer.n:
        return HttpResponse(status=204)
    context = {"newer": newer, "list_url": reverse("calls:list")}
    return render_page(request, "calls/list.html", context, partial="pill")


@require_safe
def view_counts(request: StaffRequest) -> HttpResponse:
    """How many calls each view at the left holds; for htmx, put beside their names."""
    if not wants_partial(request):
        return redirect("calls:list")
    saved = liked(request.principal).views[:MOST_COUNTED]
    own = [query for query, _label, _icon in VIEWS]
    counts = counts_of(own, [view.query for view in saved], request.principal)
    names = [_name_of(place) for place in range(len(own))] + [f"saved-{one.pk}" for one in saved]
    context = {"counts": list(zip(names, counts, strict=True))}
    return render_page(request, "calls/_view_counts.html", context, partial="counts")


def columns_for(request: StaffRequest, likes: Likes | None = None) -> list[Column]:
    """Those that the address names, else those that the person chose, else the usual ones."""
    said = request.GET.get("columns", "") or (likes or liked(request.principal)).columns
    return columns_of(said.split(","))


def views_of(principal: Principal, saved: Sequence[KeptView], query: str | None) -> dict[str, Any]:
    """What the left column shows: the built-in views, one's own, and those saved for all."""
    return {
        "built_in": [
            {
                "name": _name_of(place),
                "query": own or EVERYTHING,
                "label": label,
                "icon": icon,
                "is_current": own == query,
            }
            for place, (own, label, icon) in enumerate(VIEWS)
        ],
        "mine": [_said(view, query) for view in saved if not view.is_shared],
        "shared": [_said(view, query) for view in saved if view.is_shared],
        "may_share": principal.manages,
    }


def _name_of(place: int) -> str:
    """What a built-in view is called in the page."""
    return f"built-in-{place}"


def _said(view: KeptView, query: str | None) -> dict[str, Any]:
    query_said = view.query or EVERYTHING
    if view.columns:
        query_said += f"&columns={view.columns}"
    return {
        "pk": view.pk,
        "name": f"saved-{view.pk}",
        "query": query_said,
        "label": view.name,
        "icon": "bookmark",
        "is_current": view.query == query,
        "rename": address("calls:view-rename", view.pk),
        "delete": address("calls:view-delete", view.pk),
    }


def _current(views: dict[str, Any]) -> str:
    """The address of the view that the list shows, as its link has it; "" for none."""
    every = (*views["built_in"], *views["mine"], *views["shared"])
    found = (view["query"] for view in every if view["is_current"])
    return next((f"{reverse('calls:list')}?{query}" for query in found), "")


def _choosable(shown: Sequence[Column]) -> list[tuple[Column, bool]]:
    """Every column, those that are shown first and in their order, and whether it is shown."""
    rest = [column for column in COLUMNS if column not in shown]
    return [(column, True) for column in shown] + [(column, False) for column in rest]


def _after(rows: CallLogQuerySet, top: Cursor) -> QuerySet[Any, Any]:
    return beyond(rows, ("contacted_at", "pk"), (top.at, top.pk), walks_up=True)


def _top(rows: Any) -> str:
    """The place of the newest row; of an empty list this moment."""
    if not rows:
        return str(Cursor(at=timezone.now(), pk=0, is_backward=True))
    return str(Cursor(at=rows[0]["contacted_at"], pk=rows[0]["pk"], is_backward=True))
