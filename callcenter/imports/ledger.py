"""What the steps of a run share: lines that wait, their outcomes, and bulk writes."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from callcenter.properties.principals import Principal

from .models import ImportRun, LineOutcome, SourceRow

CHUNK_LINES = 2_000
JSON = json.JSONEncoder(ensure_ascii=False, default=str)  # once: dumps makes one for each value
CHUNK_BYTES = 8_000_000  # of lines in one chunk, so that long ones do not fill the memory


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line that is to be applied."""

    number: int
    natural_key: str
    row_hash: bytes
    data: dict[str, Any]


@dataclass(slots=True)
class Ended:
    """What became of a line; `before` holds the values that an update replaced."""

    number: int
    outcome: LineOutcome
    object_id: int | None = None
    reason: str = ""
    before: dict[str, Any] | None = None
    kept_fields: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Chunk:
    """Lines applied together in one transaction, and what came of them so far."""

    run: ImportRun
    principal: Principal
    lines: list[Waiting]
    known: dict[str, SourceRow]
    ended: list[Ended] = field(default_factory=list)
    fresh: list[tuple[Waiting, int, dict[str, Any]]] = field(default_factory=list)
    renewed: list[tuple[SourceRow, Waiting, dict[str, Any]]] = field(default_factory=list)

    @property
    def source_key(self) -> str:
        """The `source` of every row that this run makes."""
        return self.run.source.key

    def reject(self, line: Waiting, reason: str, column: str = "", value: str = "") -> None:
        """End a line that cannot be applied."""
        ended = Ended(line.number, LineOutcome.REJECTED, reason=reason[:500])
        ended.before = {"column": column, "value": value[:200]}
        self.ended.append(ended)

    def created(self, line: Waiting, object_id: int, values: dict[str, Any]) -> None:
        """End a line that made a row; `values` are the fingerprints of what it wrote."""
        self.ended.append(Ended(line.number, LineOutcome.CREATED, object_id))
        self.fresh.append((line, object_id, values))

    def settled(
        self,
        line: Waiting,
        object_id: int,
        values: dict[str, Any],
        *,
        before: dict[str, Any] | None,
        kept_fields: list[str],
    ) -> None:
        """End a line whose row was there; `before` is None when nothing of it changed."""
        outcome = LineOutcome.UNCHANGED if before is None else LineOutcome.UPDATED
        self.ended.append(
            Ended(line.number, outcome, object_id, before=before, kept_fields=kept_fields)
        )
        if (row := self.known.get(line.natural_key)) is not None:
            self.renewed.append((row, line, values))
        else:
            self.fresh.append((line, object_id, values))


def fingerprint(value: Any) -> str:
    """A short digest of a field's content: tells whether it is still what an import wrote."""
    parts = map(_said, value if isinstance(value, list) else [value])
    text = "|".join([f"{len(part)}:{part}" for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _said(value: Any) -> str:
    if value is None:
        return "\x00"  # what no column can hold
    return JSON.encode(value) if isinstance(value, dict | list) else str(value)


def is_ours(current: Any, recorded: str | None, *, blank: bool) -> bool:
    """Whether an import may replace `current`: it wrote it, or nobody ever wrote anything."""
    return blank if recorded is None else fingerprint(current) == recorded


def next_lines(run: ImportRun) -> list[Waiting]:
    """The lines after the checkpoint that wait: at most a chunk, in order."""
    found, size = [], 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT number, natural_key, row_hash, data::text FROM imports_importline"
            " WHERE run_id = %s AND number > %s AND outcome = '' ORDER BY number LIMIT %s",
            [run.pk, run.checkpoint, CHUNK_LINES],
        )
        for number, key, row_hash, text in cursor:
            found.append(Waiting(number, key, bytes(row_hash), json.loads(text)))
            size += len(text)
            if size > CHUNK_BYTES:
                break
    return found


def new_chunk(run: ImportRun, principal: Principal, lines: list[Waiting]) -> Chunk:
    """A chunk with what is known of its lines; those that say nothing new end as unchanged."""
    rows = SourceRow.objects.raw(  # one array, where `__in` would send two thousand parameters
        "SELECT * FROM imports_sourcerow WHERE source_id = %s AND natural_key = ANY (%s)",
        [run.source_id, [line.natural_key for line in lines]],
    )
    known = {row.natural_key: row for row in rows}
    chunk = Chunk(run, principal, [], known)
    for line in lines:
        row = known.get(line.natural_key)
        if row is not None and bytes(row.row_hash) == line.row_hash:
            chunk.ended.append(Ended(line.number, LineOutcome.UNCHANGED, row.object_id))
        else:
            chunk.lines.append(line)
    return chunk


def write_chunk(chunk: Chunk) -> dict[str, int]:
    """Write the ledger and what is now known of the source; the number of each outcome."""
    _write_outcomes(chunk)
    _write_source_rows(chunk)
    counts = dict.fromkeys(LineOutcome.values, 0)
    for ended in chunk.ended:
        counts[ended.outcome] += 1
    counts["kept_edits"] = sum(len(ended.kept_fields) for ended in chunk.ended)
    return counts


def _write_outcomes(chunk: Chunk) -> None:
    rows = [
        {
            "number": ended.number,
            "outcome": ended.outcome,
            "reason": ended.reason,
            "object_id": ended.object_id,
            "before": ended.before,
            "kept": ended.kept_fields,
        }
        for ended in chunk.ended
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_importline l SET outcome = x.outcome, reason = x.reason,"
            " object_id = x.object_id, before = x.before, kept_fields = x.kept"
            " FROM jsonb_to_recordset(%s::jsonb) AS x(number integer, outcome text, reason text,"
            "  object_id bigint, before jsonb, kept jsonb)"
            " WHERE l.run_id = %s AND l.number = x.number",
            [as_json(rows), chunk.run.pk],
        )


def _write_source_rows(chunk: Chunk) -> None:
    organization, source = chunk.run.organization_id, chunk.run.source_id
    copy_rows(
        SourceRow,
        ("organization_id", "source_id", "natural_key", "row_hash", "object_id", "values"),
        (
            (organization, source, line.natural_key, line.row_hash, pk, as_json(values))
            for line, pk, values in chunk.fresh
        ),
    )
    rows = [
        {"id": row.pk, "hash": line.row_hash.hex(), "values": values}
        for row, line, values in chunk.renewed
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_sourcerow r SET row_hash = decode(x.hash, 'hex'), \"values\" = x.v"
                " FROM (SELECT id, hash, values AS v FROM jsonb_to_recordset(%s::jsonb)"
                "  AS y(id bigint, hash text, values jsonb)) x WHERE r.id = x.id",
                [as_json(rows)],
            )


@contextmanager
def joined_set_wise() -> Iterator[None]:
    """Let statements over all lines of a run join them by hash or merge, within a transaction.

    The planner's statistics do not know lines that were staged a moment ago: it takes them for
    one, and a nested loop over a hundred thousand lines never ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")


def as_json(value: Any) -> str:
    """JSON for a parameter or a COPY; what JSON does not know is written as text."""
    return JSON.encode(value)


def copy_rows(model: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into the model's table, inside the transaction that is open."""
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'  # noqa: SLF001 (public)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def next_ids(model: Any, count: int) -> list[int]:
    """So many fresh primary keys, in order."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id')::regclass))"
            " FROM generate_series(1, %s)",
            [model._meta.db_table, count],  # noqa: SLF001 (public)
        )
        return [row[0] for row in cursor.fetchall()]


def update_rows(model: Any, columns: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
    """Write `columns` (name to PostgreSQL type) of the rows, found by their `id`."""
    if not rows:
        return
    table = model._meta.db_table  # noqa: SLF001 (public)
    sets = ", ".join(f'"{name}" = x."{name}"' for name in columns)
    types = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" t SET {sets} FROM jsonb_to_recordset(%s::jsonb)'  # noqa: S608
            f" AS x(id bigint, {types}) WHERE t.id = x.id",
            [as_json(list(rows))],
        )
