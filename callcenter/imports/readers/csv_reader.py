"""Rows of a CSV file, however it was made; an open quote never swallows the rest (F24)."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from .columns import recognised
from .lines import MAX_LINE, PhysicalLine, physical_lines
from .results import Refused, UnreadableFileError

SEPARATORS = ",;\t|"
MAX_JOINED = 50  # physical lines that one quoted cell may span

csv.field_size_limit(4 * MAX_LINE)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row and the number of the line on which it begins."""

    number: int
    cells: list[str]


def read_rows(file: BinaryIO, mapping: Mapping[str, str]) -> tuple[Row, Iterator[Row | Refused]]:
    """The header of a file and, lazily, what follows; empty lines are passed over.

    UnreadableFileError when there is no header.
    """
    lines = _Lines(physical_lines(file))
    first = lines.next_filled()
    if first is None:
        raise UnreadableFileError(_("The file is empty."))
    if first.problem:
        said = _("The header cannot be read. %(problem)s")
        raise UnreadableFileError(said % {"problem": first.problem})
    separator = _separator(first.text, mapping)
    header = Row(first.number, _cells(first.text, separator))
    return header, _rows(lines, separator, header.cells)


def _separator(header: str, mapping: Mapping[str, str]) -> str:
    """The one that shows most headers we know, else most cells."""

    def known_and_all(separator: str) -> tuple[int, int]:
        cells = _cells(header, separator)
        return recognised(cells, mapping), len(cells)

    return max(SEPARATORS, key=known_and_all)


class _Lines:
    """Physical lines, some of which may be put back."""

    def __init__(self, lines: Iterator[PhysicalLine]) -> None:
        self._lines = lines
        self._back: deque[PhysicalLine] = deque()

    def next(self) -> PhysicalLine | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def next_filled(self) -> PhysicalLine | None:
        while (line := self.next()) is not None:
            if line.problem or line.text.strip():
                return line
        return None

    def put_back(self, lines: list[PhysicalLine]) -> None:
        self._back.extendleft(reversed(lines))


def _rows(lines: _Lines, separator: str, header: list[str]) -> Iterator[Row | Refused]:
    while (line := lines.next_filled()) is not None:
        if line.problem:
            yield Refused(line.number, line.problem, value=line.text, cells=[line.text])
            continue
        record: str | None = line.text
        if '"' in line.text and _is_open(line.text, separator):
            record = _joined(line, lines, separator, len(header))
        if record is None:
            said = _("A quote is opened on this line and never closed.")
            yield Refused(line.number, said, value=line.text, cells=[line.text])
            continue
        yield _checked(Row(line.number, _cells(record, separator)), header)


def _checked(row: Row, header: list[str]) -> Row | Refused:
    """The row with as many cells as the header has, or why not."""
    cells = row.cells
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(header):
        said = _("The line has %(cells)d cells where the header has %(columns)d.")
        values = {"cells": len(cells), "columns": len(header)}
        return Refused(row.number, said % values, value=cells[0], cells=cells)
    if cells == header:
        return Refused(row.number, _("The header again, not a person."), cells=cells)
    if not any(cell.strip() for cell in cells):
        return Refused(row.number, _("The line is empty."), cells=cells)
    return Row(row.number, cells)


def _cells(record: str, separator: str) -> list[str]:
    return next(csv.reader([record], delimiter=separator, strict=False), [""])


def _is_open(record: str, separator: str) -> bool | None:
    """Whether a quoted cell goes on after the end; None when the quotes make no sense."""
    try:
        list(csv.reader([record], delimiter=separator, strict=True))
    except csv.Error as error:
        return True if "end of data" in str(error) else None
    return False


def _joined(line: PhysicalLine, lines: _Lines, separator: str, width: int) -> str | None:
    """The row that begins on `line` and ends on a later one, or None: the quote is not closed.

    The row counts only when it has as many cells as the header; else the later lines are put
    back, and each is read for itself.
    """
    taken: list[PhysicalLine] = []
    record = line.text
    while len(taken) < MAX_JOINED and len(record) < MAX_LINE:
        following = lines.next()
        if following is None:
            break
        taken.append(following)
        if following.problem:
            break
        record = f"{record}\n{following.text}"
        if '"' in following.text and not (still := _is_open(record, separator)):
            if still is False and len(_cells(record, separator)) == width:
                return record
            break
    lines.put_back(taken)
    return None
