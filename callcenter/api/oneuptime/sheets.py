"""Answers as CSV (wire/oneuptime.md 7 and 12.7)."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from msgspec import json

from callcenter.core.neutral import neutralised

from .columns import Column, Kind
from .select import Selection
from .values import PHONE

HEADERS = {
    "Content-Disposition": 'attachment; filename="export.csv"',
    "X-Content-Type-Options": "nosniff",
}
CSV = "text/csv; charset=utf-8"


def sheet(rows: Sequence[dict[str, Any]], selection: Selection) -> HttpResponse:
    """The rows below a line of the names of their columns."""
    return HttpResponse(text_of(rows, selection), content_type=CSV, headers=HEADERS)


def text_of(rows: Sequence[dict[str, Any]], selection: Selection) -> str:
    """The CSV itself. Texts that a spreadsheet would compute get a quote before them (B-17)."""
    out = io.StringIO()
    lines = csv.writer(out)
    kinds = [part.kind if isinstance(part, Column) else None for part in selection.parts]
    lines.writerow(selection.names)
    for row in rows:
        lines.writerow(map(_cell, row.values(), kinds))
    return out.getvalue()


def _cell(value: Any, kind: Kind | None) -> str:
    """A bare value as its text, null as nothing, everything else as JSON."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.encode(value).decode().strip('"')
    is_number = kind is Kind.PHONE and PHONE.fullmatch(value)
    return value if is_number else neutralised(value)
