"""Rows of calls as the lists show them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from callcenter.core.paging import Page, page_of
from callcenter.core.phone_text import show_phone

from .list_columns import Column
from .models import CallLog, CallLogQuerySet, Comment

PAGE_SIZE = 50
COMMENTS_SAID = "comments_said"  # how many comments a call has, for columns that read it


def calls_page(
    calls: CallLogQuerySet,
    *,
    cursor: str,
    is_ascending: bool = False,
    size: int = PAGE_SIZE,
    columns: Iterable[Column] = (),
) -> Page[dict[str, Any]]:
    """A page of these calls by their time, each a dict of `as_rows` with `place` and `reason`.

    The page is cut on (time, id) alone, which the indexes of the lists hold, and only the rows
    that are shown are read in full; both in one statement.
    """
    page = page_of(
        calls,
        cursor=cursor,
        size=size,
        by="contacted_at",
        is_ascending=is_ascending,
        show=lambda keys: rows_of(CallLog.objects.filter(pk__in=keys), columns),
    )
    for row in page.rows:
        told(row)
    return page


def rows_of(calls: CallLogQuerySet, columns: Iterable[Column]) -> "QuerySet[CallLog, Any]":
    """`as_rows` with what these columns read beside that."""
    more = sorted({name for column in columns for name in column.reads})
    if COMMENTS_SAID in more:
        said = Comment.objects.said().filter(call_log=OuterRef("pk")).order_by()
        counted = said.values("call_log").annotate(n=Count("pk")).values("n")
        calls = calls.annotate(comments_said=Coalesce(Subquery(counted), 0))
    return calls.as_rows(*more)


def told(row: dict[str, Any]) -> None:
    """Add to a row of `as_rows` what people read: number, address, place, phone and reason."""
    row["number"] = str(row["pk"])  # a number, not a quantity: no separators, no l10n
    row["url"] = reverse("calls:detail", args=[row["pk"]])
    row["place"] = place_said(row)
    row["phone"] = phone_said(row["phone_e164"], row["phone_raw"])
    first, *others = row["reasons_said"] or [{"name": "", "is_emergency": False}]
    row["reason"] = first["name"]
    row["more_reasons"] = len(others)
    row["is_emergency"] = any(said["is_emergency"] for said in (first, *others))


def place_said(row: dict[str, Any]) -> str:
    """ "B 12, Maple Court" """
    unit = " ".join(filter(None, (row["unit__building"], row["unit__number"])))
    return ", ".join(filter(None, (unit, row["property__name"])))


def phone_said(e164: str, raw: str) -> str:
    """A North American number as it is written there, another as abroad, else what was typed.

    Lists hold thousands of the first kind, so those are written here and not by the library.
    """
    if len(e164) == 12 and e164.startswith("+1"):
        return f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}"
    return show_phone(raw, e164, region="US")
