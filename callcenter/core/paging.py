"""Pages of a long list: by the (time, id) of a row, never by counting rows (inv 15, 16).

A page costs the same at any depth, and a row that existed throughout a walk is met exactly once,
whatever is inserted meanwhile. The cursor in the address is opaque and names a moment and an id;
it gives no right to anything, because the rows still come from the principal's queryset.
"""

import base64
import binascii
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, DateTimeField, F, Func, QuerySet, UUIDField, Value
from django.utils.formats import number_format

CAP = 1_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = struct.Struct(">Bqq")
_UUID_FORM = struct.Struct(">Bq16s")

type Reader = Callable[[QuerySet[Any, Any], tuple[str, str], int], Sequence[Any]]
"""Gives the rows of the keys that a queryset selects, in an order and up to a number."""


class _Row(Func):
    """An SQL row of several expressions."""

    template = "(%(expressions)s)"


class _Compared(Func):
    """Two rows compared as a whole, the form that walks an index range."""

    template = "%(expressions)s"
    output_field = BooleanField()


@dataclass(frozen=True)
class Cursor:
    """The place beside the row (at, pk): the rows after it in list order, or those before."""

    at: datetime
    pk: int | UUID
    is_backward: bool

    def __str__(self) -> str:
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        if isinstance(self.pk, UUID):
            packed = _UUID_FORM.pack(self.is_backward, micros, self.pk.bytes)
        else:
            packed = _FORM.pack(self.is_backward, micros, self.pk)
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor that `text` spells, or None for anything else (the list's beginning)."""
        try:
            packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            form = _UUID_FORM if len(packed) == _UUID_FORM.size else _FORM
            is_backward, micros, pk = form.unpack(packed)
            pk = UUID(bytes=pk) if form is _UUID_FORM else pk
            at = _EPOCH + timedelta(microseconds=micros)
        except (binascii.Error, struct.error, OverflowError, ValueError):
            return None
        return cls(at=at, pk=pk, is_backward=is_backward == 1) if is_backward < 2 else None


@dataclass(frozen=True)
class Page[R]:
    """Some rows in list order; `previous` and `next` are cursors, "" where the list ends.

    A page that `is_whole` holds all the rows of its list.
    """

    rows: Sequence[R]
    previous: str
    next: str
    is_whole: bool


@dataclass(frozen=True)
class CappedCount:
    """How many rows there are, as far as anybody counted."""

    n: int
    is_capped: bool

    def __str__(self) -> str:
        shown = number_format(self.n, use_l10n=True, force_grouping=True)
        return f"{shown}+" if self.is_capped else shown


def page_of(
    queryset: QuerySet[Any, Any],
    *others: QuerySet[Any, Any],
    cursor: str,
    size: int,
    by: str,
    is_ascending: bool = False,
    read: Reader | None = None,
) -> Page[Any]:
    """The page of `queryset` at `cursor`, ordered by the time column `by` and the key.

    An empty or malformed cursor is the beginning. Rows may be models or the dicts of
    `.values()` that hold `by` and "pk". The queryset's own order is replaced. With `read` the
    page is cut on the keys alone and `read` gives the rows of them, all in one statement: the
    index answers the cut, and only what is shown is read in full. A list that is the union of
    several querysets needs `read`; each of them is cut by an index of its own.
    """
    place = Cursor.parse(cursor) if cursor else None
    has_uuids = isinstance(queryset.model._meta.pk, UUIDField)  # noqa: SLF001 (documented)
    if place is not None and isinstance(place.pk, UUID) != has_uuids:
        place = None  # of another list
    rows, *more = (
        keyset(part, place, size=size, by=by, is_ascending=is_ascending)
        for part in (queryset, *others)
    )
    shown: Iterable[Any] = rows
    if read is not None:
        keys = rows.values("pk").union(*(part.values("pk") for part in more))
        order = _order(by, walks_up=_walks_up(place, is_ascending=is_ascending))
        shown = read(keys, order, size + 1)
    return _cut(list(shown), place, size=size, by=by)


def through(rows: Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]]) -> Reader:
    """Reads what the queryset tells that `rows` makes of the keys."""
    return lambda keys, order, limit: list(rows(keys).order_by(*order)[:limit])


def keyset(
    queryset: QuerySet[Any, Any], place: Cursor | None, *, size: int, by: str, is_ascending: bool
) -> QuerySet[Any, Any]:
    """Up to `size` + 1 rows on from `place`, in the direction of the walk."""
    walks_up = _walks_up(place, is_ascending=is_ascending)
    if place is not None:
        queryset = beyond(queryset, (by, "pk"), (place.at, place.pk), walks_up=walks_up)
    return queryset.order_by(*_order(by, walks_up=walks_up))[: size + 1]


def beyond(
    queryset: QuerySet[Any, Any],
    columns: Sequence[str],
    values: Sequence[Any],
    *,
    walks_up: bool,
) -> QuerySet[Any, Any]:
    """The rows after the row of these values, in an order by these columns, all up or all down."""
    here = _Row(*map(F, columns))
    fields = {type(value): DateTimeField() for value in values if isinstance(value, datetime)}
    there = _Row(*(Value(value, fields.get(type(value))) for value in values))
    return queryset.filter(_Compared(here, there, arg_joiner=" > " if walks_up else " < "))


def capped_count(
    queryset: QuerySet[Any, Any], *others: QuerySet[Any, Any], cap: int = CAP
) -> CappedCount:
    """How many rows there are in one queryset or more, counted no further than `cap`."""
    return capped_counts([(queryset, *others)], cap=cap)[0]


def count_of(page: Page[Any], *querysets: QuerySet[Any, Any]) -> CappedCount:
    """How many rows the list of `page` has; one that fits on its page is counted already."""
    if page.is_whole:
        return CappedCount(n=len(page.rows), is_capped=False)
    return capped_count(*querysets)


def capped_counts(lists: Sequence[Sequence[QuerySet[Any, Any]]], *, cap: int) -> list[CappedCount]:
    """As `capped_count` for many lists, each the union of its querysets, in one statement."""
    texts: list[str] = []
    values: list[Any] = []
    found = [0] * len(lists)
    for place, parts in enumerate(lists):
        rows, *more = (_keys(part, cap) for part in parts)
        try:
            text, parameters = (rows.union(*more) if more else rows).query.sql_with_params()
        except EmptyResultSet:
            continue
        texts.append(f"SELECT {place}, count(*) FROM ({text}) AS list_{place}")  # noqa: S608
        values += parameters
    if texts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(texts), values)
            for place, n in cursor.fetchall():
                found[place] = n
    return [CappedCount(n=min(n, cap), is_capped=n > cap) for n in found]


def _keys(queryset: QuerySet[Any, Any], cap: int) -> QuerySet[Any, Any]:
    """The keys of up to `cap` + 1 rows."""
    return queryset.order_by().values("pk")[: cap + 1]


def _walks_up(place: Cursor | None, *, is_ascending: bool) -> bool:
    """Whether the walk goes towards later times."""
    return is_ascending != (place is not None and place.is_backward)


def _order(by: str, *, walks_up: bool) -> tuple[str, str]:
    return (by, "pk") if walks_up else (f"-{by}", "-pk")


def _cut(rows: list[Any], place: Cursor | None, *, size: int, by: str) -> Page[Any]:
    """The page that these up to `size` + 1 rows of a walk make."""
    is_backward = place is not None and place.is_backward
    goes_on = len(rows) > size
    rows = rows[:size]
    if is_backward:
        rows.reverse()
    if not rows:
        return Page(rows=rows, previous="", next="", is_whole=place is None)
    has_previous = goes_on if is_backward else place is not None
    has_next = True if is_backward else goes_on
    return Page(
        rows=rows,
        previous=str(_beside(rows[0], by, is_backward=True)) if has_previous else "",
        next=str(_beside(rows[-1], by, is_backward=False)) if has_next else "",
        is_whole=place is None and not goes_on,
    )


def _beside(row: Any, by: str, *, is_backward: bool) -> Cursor:
    if isinstance(row, dict):
        return Cursor(at=row[by], pk=row["pk"], is_backward=is_backward)
    return Cursor(at=getattr(row, by), pk=row.pk, is_backward=is_backward)
