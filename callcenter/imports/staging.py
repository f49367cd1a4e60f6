"""Reading a file into lines, and what can be said of them before any is applied."""

from collections.abc import Iterator
from typing import BinaryIO

from django.db import connection
from django.db.models import F, Max
from django.utils.translation import gettext as _

from .ledger import as_json, copy_rows, joined_set_wise
from .models import ImportLine, ImportRun, LineOutcome, SourceKind
from .readers.call_logs import read_call_logs
from .readers.columns import Columns
from .readers.dates import DateOrder
from .readers.results import Line, Refused, canonical, content_hash
from .readers.roster import RosterOptions, read_roster

BATCH_LINES = 5_000
BATCH_BYTES = 4_000_000
STAGED: tuple[str, ...] = (
    *("organization_id", "run_id", "number", "natural_key", "row_hash", "data"),
    *("outcome", "reason", "kept_fields"),
)

type Staged = tuple[int, int, int, str, bytes, str, str, str, str]


def read_lines(run: ImportRun, file: BinaryIO) -> tuple[Columns | None, Iterator[Line | Refused]]:
    """How the columns were understood (rosters only) and, lazily, every line of the file."""
    if run.source.kind == SourceKind.CALL_LOGS:
        return None, read_call_logs(file)
    declared = run.source.options
    options = RosterOptions(
        region=run.organization.region,
        date_order=DateOrder(declared.get("date_order", "")),
        property_name=declared.get("property", ""),
        mapping=declared.get("mapping", {}),
    )
    return read_roster(file, options)


def columns_for_page(columns: Columns | None) -> dict[str, object]:
    """What the run keeps of the header."""
    if columns is None:
        return {}
    return {"header": columns.header, "used": columns.used(), "ignored": columns.ignored}


def last_staged(run: ImportRun) -> int:
    """The number of the last line that an earlier worker staged; 0 when there is none."""
    return ImportLine.objects.filter(run=run).aggregate(last=Max("number"))["last"] or 0


def batches(run: ImportRun, lines: Iterator[Line | Refused]) -> Iterator[list[Staged]]:
    """Lines in portions, by number of lines and by size, whichever is smaller."""
    batch: list[Staged] = []
    size = 0
    for line in lines:
        batch.append(_staged(run, line))
        size += len(batch[-1][5])
        if len(batch) >= BATCH_LINES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _staged(run: ImportRun, line: Line | Refused) -> Staged:
    place = (run.organization_id, run.pk, line.number)
    if isinstance(line, Refused):
        reason = line.reason[:500]
        return (*place, "", b"", as_json(line.data), LineOutcome.REJECTED.value, reason, "[]")
    text = canonical(line.data)
    return (*place, line.natural_key, content_hash(text), text, "", "", "[]")


def stage(run: ImportRun, batch: list[Staged], *, bytes_read: int) -> None:
    """Write a portion of lines and count it, inside the caller's transaction."""
    copy_rows(ImportLine, STAGED, batch)
    rejected = sum(row[6] == LineOutcome.REJECTED.value for row in batch)
    ImportRun.objects.filter(pk=run.pk).update(
        lines_read=F("lines_read") + len(batch),
        rejected=F("rejected") + rejected,
        bytes_read=bytes_read,
    )


def mark_known(run: ImportRun) -> int:
    """End the lines whose content the source said before; their number."""
    with joined_set_wise(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_importline l SET outcome = %s, object_id = r.object_id"
            " FROM imports_sourcerow r WHERE l.run_id = %s AND l.outcome = ''"
            " AND r.source_id = %s AND r.natural_key = l.natural_key AND r.row_hash = l.row_hash",
            [LineOutcome.UNCHANGED.value, run.pk, run.source_id],
        )
        return int(cursor.rowcount)


def mark_duplicates(run: ImportRun) -> int:
    """End all lines but the last of those about the same thing; their number."""
    said = _("Said again on line {line}, which counts.")
    head, tail = said.split("{line}")
    with joined_set_wise(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_importline l SET outcome = %s, reason = %s || w.last || %s"
            " FROM (SELECT number, max(number) OVER (PARTITION BY natural_key) AS last"
            "  FROM imports_importline WHERE run_id = %s AND outcome = '') w"
            " WHERE l.run_id = %s AND l.number = w.number AND w.number < w.last",
            [LineOutcome.DUPLICATE.value, head, tail, run.pk, run.pk],
        )
        return int(cursor.rowcount)


def skipped(lines: Iterator[Line | Refused], up_to: int) -> Iterator[Line | Refused]:
    """The lines after `up_to`: those before were staged by a worker that did not live."""
    return (line for line in lines if line.number > up_to)
