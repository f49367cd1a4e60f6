"""Cells that a spreadsheet would compute: made harmless going out, restored coming in (B-17)."""

import re

_SIGNS = "=+\\-@'\t\r\n\x00\ufeff \u00a0\uff1d\uff0b\uff0d\uff20"
_COMPUTES = re.compile(f"^[{_SIGNS}]")
_NEUTRALISED = re.compile(f"^'(?=[{_SIGNS}])")


def neutralised(cell: str) -> str:
    """The cell with a quote before what a spreadsheet might take for a formula."""
    return f"'{cell}" if _COMPUTES.match(cell) else cell


def restored(cell: str) -> str:
    """The cell without that quote: restored(neutralised(x)) is x."""
    return _NEUTRALISED.sub("", cell)
