"""The lines of a run that were refused: for the page, and as a file to fix and send again."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from callcenter.core.neutral import neutralised
from callcenter.properties.principals import Principal

from .models import ImportLine, ImportRun, LineOutcome, SourceKind

PAGE_SIZE = 50
PORTION = 2_000  # rows of the file per query


@dataclass(frozen=True)
class Rejection:
    """A refused line as people read it."""

    number: int
    where: str
    column: str
    value: str
    reason: str


def rejected_page(
    run: ImportRun, principal: Principal, after: int
) -> tuple[list[Rejection], int | None]:
    """The refused lines after a number, and where the next page begins (None: nowhere)."""
    lines = list(_rejected(run, principal, after)[: PAGE_SIZE + 1])
    following = lines[PAGE_SIZE - 1].number if len(lines) > PAGE_SIZE else None
    return [_rejection(run, line) for line in lines[:PAGE_SIZE]], following


def error_file(run: ImportRun, principal: Principal) -> Iterator[str]:
    """All refused lines as CSV: of a roster with its own columns, so that it can be sent again.

    Cells that a spreadsheet would compute have a quote before them (B-17), which the reader
    takes away again.
    """
    yield _csv_row(_header(run))
    after = 0
    while lines := list(_rejected(run, principal, after)[:PORTION]):
        for line in lines:
            yield _csv_row(_cells(run, line))
        after = lines[-1].number


def _rejected(run: ImportRun, principal: Principal, after: int) -> Any:
    lines = ImportLine.objects.visible_to(principal).filter(run=run, number__gt=after)
    return lines.filter(outcome=LineOutcome.REJECTED).order_by("number")


def _rejection(run: ImportRun, line: ImportLine) -> Rejection:
    blame = line.before or line.data or {}
    return Rejection(
        number=line.number,
        where=_where(run, line),
        column=blame.get("column", ""),
        value=blame.get("value", ""),
        reason=line.reason,
    )


def _where(run: ImportRun, line: ImportLine) -> str:
    """What the line is about, as far as it says so."""
    data = line.data or {}
    if run.source.kind == SourceKind.CALL_LOGS:
        number = next(iter(data.get("cells", [])), "")
        return f"LogId {number}" if number else ""
    if "cells" in data:
        used = run.columns.get("used", {})
        cells = dict(zip(run.columns.get("header", []), data["cells"], strict=False))
        data = {field: cells.get(name, "") for name, field in used.items()}
    return ", ".join(part for part in (data.get("unit", ""), data.get("property", "")) if part)


def _header(run: ImportRun) -> list[str]:
    if run.source.kind == SourceKind.CALL_LOGS:
        return [_("Element"), "LogId", _("Member"), _("Value"), _("Why")]
    return [*run.columns.get("header", []), _("Line"), _("Why")]


def _cells(run: ImportRun, line: ImportLine) -> list[str]:
    data = line.data or {}
    if run.source.kind == SourceKind.CALL_LOGS:
        shown = _rejection(run, line)
        log_id = next(iter(data.get("cells", [])), "")
        return [str(line.number), log_id, shown.column, shown.value, line.reason]
    header = run.columns.get("header", [])
    cells = data["cells"] if "cells" in data else _rebuilt(run, data)
    fitted = [*cells, *[""] * len(header)][: len(header)]
    return [*fitted, str(line.number), line.reason]


def _rebuilt(run: ImportRun, record: dict[str, Any]) -> list[str]:
    """The cells of a line that could be read but not applied."""
    used = run.columns.get("used", {})
    phones = {f"phone:{phone['label']}": phone["raw"] for phone in record.get("phones", ())}
    known = record | phones | {"person_id": record.get("external_id", "")}
    return [str(known.get(used.get(name, ""), "")) for name in run.columns.get("header", [])]


def _csv_row(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([neutralised(cell) for cell in cells])
    return text.getvalue()
