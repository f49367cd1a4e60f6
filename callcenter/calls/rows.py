"""Rows of calls as the lists show them."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from django.db.models import Count, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse

from callcenter.core.paging import Page, Reader, page_of, through
from callcenter.core.phone_text import show_phone
from callcenter.core.prepared import ConstantRows

from .list_columns import Column
from .models import CallLog, CallLogQuerySet, Comment
from .models.words import Words, headline
from .snippets import snippet

PAGE_SIZE = 50
FOUND = ["found_here", "found_in_comment"]
COMMENTS_SAID = "comments_said"  # how many comments a call has, for columns that read it


def calls_page(
    *parts: CallLogQuerySet,
    cursor: str,
    is_ascending: bool = False,
    size: int = PAGE_SIZE,
    columns: Iterable[Column] = (),
    words: Words | None = None,
) -> Page[dict[str, Any]]:
    """A page of these calls by their time, each a dict of `as_rows` with `place` and `reason`.

    `words` are shown where they stand, in `snippet`. The calls are the union of `parts`.

    The page is cut on (time, id) alone, which the indexes of the lists hold, and only the rows
    that are shown are read in full; both in one statement.
    """
    page = page_of(
        *parts,
        cursor=cursor,
        size=size,
        by="contacted_at",
        is_ascending=is_ascending,
        read=_reader(columns, words),
    )
    for row in page.rows:
        told(row)
    return page


def _reader(columns: Iterable[Column], words: Words | None) -> Reader:
    """Reads `as_rows` with what these columns read beside, and the places where words stand."""
    more = sorted({name for column in columns for name in column.reads})
    if words is None or words.wanted is None:
        return lambda keys, order, limit: _constant(*more, order=order, limit=limit).of(keys)
    comments = Comment.objects.saying(words.wanted).filter(call_log=OuterRef("pk"))
    newest = comments.order_by("-seq").annotate(found=headline("text", words))
    said = Concat("subject", Value(" "), "notes", output_field=TextField())
    calls = _counted(CallLog.objects.all(), more).annotate(
        found_here=headline(said, words),
        found_in_comment=Subquery(newest.values("found")[:1]),
    )
    rows: Any = calls.as_rows(*more, *FOUND)
    return through(lambda keys: rows.filter(pk__in=keys))


@cache  # the same for every list with these columns and this order
def _constant(*more: str, order: tuple[str, str], limit: int) -> ConstantRows:
    rows: Any = _counted(CallLog.objects.all(), more).as_rows(*more).order_by(*order)
    return ConstantRows(rows, limit)


def _counted(calls: CallLogQuerySet, more: Collection[str]) -> CallLogQuerySet:
    """With the number of comments where that is read."""
    if COMMENTS_SAID not in more:
        return calls
    written = Comment.objects.written().filter(call_log=OuterRef("pk")).order_by()
    counted = written.values("call_log").annotate(n=Count("pk")).values("n")
    return calls.annotate(comments_said=Coalesce(Subquery(counted), 0))


def told(row: dict[str, Any]) -> None:
    """Add to a row of `as_rows` what people read: number, address, place, phone and reason."""
    row["number"] = str(row["pk"])  # a number, not a quantity: no separators, no l10n
    row["url"] = address("calls:detail", row["pk"])
    row["place"] = place_said(row)
    row["phone"] = phone_said(row["phone_e164"], row["phone_raw"])
    first, *others = row["reasons_said"] or [{"name": "", "is_emergency": False}]
    row["reason"] = first["name"]
    row["more_reasons"] = len(others)
    row["is_emergency"] = any(said["is_emergency"] for said in (first, *others))
    row["snippet"] = snippet(*(row.get(name) or "" for name in FOUND))


def address(name: str, pk: int) -> str:
    """Where the page or act `name` of a row is, such as "calls:detail"."""
    before, after = _around_number(name)
    return f"{before}/{pk}/{after}"


@cache  # addresses of rows are the same but for the number in them
def _around_number(name: str) -> list[str]:
    return reverse(name, args=[0]).split("/0/")


def place_said(row: dict[str, Any], of: str = "") -> str:
    """ "B 12, Maple Court" as far as it is known; `of` is what stands before the keys of a row."""
    unit = " ".join(filter(None, (row[f"{of}unit__building"], row[f"{of}unit__number"])))
    return ", ".join(filter(None, (unit, row[f"{of}property__name"])))


def phone_said(e164: str, raw: str) -> str:
    """A North American number as it is written there, another as abroad, else what was typed.

    Lists hold thousands of the first kind, so those are written here and not by the library.
    """
    if len(e164) == 12 and e164.startswith("+1"):
        return f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}"
    return show_phone(raw, e164, region="US")
