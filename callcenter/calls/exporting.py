"""A list of calls as CSV: exactly the filtered or picked rows, in the columns of the page (B-17).

It is streamed by pages of the list, each in a short statement of its own, up to the newest call
that was there when it began: memory stays flat and no connection is held while the client reads.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

from django.db.models import Max

from callcenter.core.connections import let_connection_go
from callcenter.core.neutral import neutralised
from callcenter.core.transactions import write_transaction
from callcenter.properties.access import principal_for
from callcenter.properties.principals import Principal

from .list_columns import BY_KEY, Column, Row
from .models import CallLog, CallLogQuerySet, ExportRecord
from .rows import calls_page

CHUNK = 1_000
BOM = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for another encoding
NUMBER = BY_KEY["id"]


class StoppedError(Exception):
    """The rights changed while the file was written: it breaks off, and so does the download."""


@dataclass(frozen=True)
class Export:
    """What goes out: the union of `parts`, in these columns, for this person."""

    parts: Sequence[CallLogQuerySet]
    columns: Sequence[Column]
    is_ascending: bool
    actor: Principal


def begin_export(export: Export, *, query: str, picked: int | None) -> tuple[Export, ExportRecord]:
    """Put on record that it begins; the export without the calls that come later."""
    newest = CallLog.objects.visible_to(export.actor).aggregate(newest=Max("pk"))["newest"] or 0
    with write_transaction(export.actor):
        record = ExportRecord.objects.create(
            organization_id=export.actor.organization_id,
            user_id=export.actor.user_id,
            user_name=export.actor.user_name,
            request_id=export.actor.request_id,
            query=query,
            columns=",".join(column.key for column in export.columns),
            picked=picked,
        )
    return replace(export, parts=[part.filter(pk__lte=newest) for part in export.parts]), record


def lines_of(export: Export, record: ExportRecord) -> Iterator[bytes]:
    """The file, piece by piece; at its end how many rows it has goes on record.

    StoppedError when the person may not see the same rows any more.
    """
    yield BOM + csv_of([header(export.columns)])
    cursor, written = "", 0
    while True:
        page = calls_page(
            *export.parts,
            cursor=cursor,
            is_ascending=export.is_ascending,
            size=CHUNK,
            columns=export.columns,
        )
        let_connection_go()
        yield csv_of(cells(row, export.columns) for row in page.rows)
        written += len(page.rows)
        cursor = page.next
        if not cursor:
            break
        if not _sees_the_same(export.actor):
            raise StoppedError
    _end(export, record, written)


def header(columns: Sequence[Column]) -> list[str]:
    """The names of the columns in a file."""
    return [str(name) for column in _ordered(columns) for name, _says in column.written]


def cells(row: Row, columns: Sequence[Column]) -> list[str]:
    """What a row says in these columns; the number is always the first."""
    return [says(row) for column in _ordered(columns) for _name, says in column.written]


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """Lines of CSV in which no spreadsheet computes anything; `core.neutral.restored` undoes it."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerows([neutralised(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8", "replace")


def _ordered(columns: Sequence[Column]) -> list[Column]:
    return [NUMBER, *(column for column in columns if column is not NUMBER)]


def _sees_the_same(actor: Principal) -> bool:
    """Whether the person would be given the same rows if asked now (B-06)."""
    now = principal_for(
        user_id=actor.user_id or 0,
        organization_id=actor.organization_id,
        request_id=actor.request_id,
        kind=actor.kind,
    )

    def rights(of: Principal) -> tuple[Any, ...]:
        return of.role, of.property_ids, of.organization.members_see_unplaced

    return now is not None and rights(now) == rights(actor)


def _end(export: Export, record: ExportRecord, written: int) -> None:
    """Put on record how many rows went out, and how many the database counts now."""
    first, *more = (part.order_by().values("pk") for part in export.parts)
    counted = first.union(*more).count() if more else first.count()
    with write_transaction(export.actor):
        ExportRecord.objects.create(
            organization_id=record.organization_id,
            began=record,
            user_id=record.user_id,
            user_name=record.user_name,
            request_id=record.request_id,
            rows=written,
            counted=counted,
        )
    let_connection_go()
