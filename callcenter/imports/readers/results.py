"""What the readers say of each line of a file."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from callcenter.core.errors import RuleError

VERSION = 1  # of the mapping: another one makes every line count as changed
MAX_KEY = 200
SHOWN = 200  # characters of a refused value that the page shows
KEPT = 2_000  # characters of a refused cell that are kept for the error file
SURROGATE = re.compile("[\ud800-\udfff]")
# encoders that are made once: json.dumps makes one for each value
CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class UnreadableFileError(RuleError):
    """The file as a whole cannot be taken; the message is for the clerk who sent it."""


class LineError(RuleError):
    """This line cannot be taken; `field` is the column, `value` what stood there."""

    def __init__(self, message: str, *, column: str = "", value: str = "") -> None:
        super().__init__(message, field=column)
        self.column = column
        self.value = value


@dataclass(frozen=True, slots=True)
class Line:
    """A line that can be applied: `data` is JSON in the form that the appliers know."""

    number: int
    natural_key: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot, why, and what it said."""

    number: int
    reason: str
    column: str = ""
    value: str = ""
    cells: list[str] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        """What is kept of it, in a form that every database takes."""
        cells = [storable(cell)[:KEPT] for cell in self.cells]
        return {
            "column": storable(self.column)[:SHOWN],
            "value": storable(self.value)[:SHOWN],
            "cells": cells,
        }


def storable(text: str) -> str:
    """`text` with signs in place of what PostgreSQL refuses: NUL and lone surrogates."""
    clean = text.replace("\x00", "\N{SYMBOL FOR NULL}")
    return clean.encode("utf-8", "replace").decode("utf-8")


def has_unstorable(text: str) -> bool:
    """Whether `text` holds NUL or a lone surrogate."""
    return "\x00" in text or (not text.isascii() and SURROGATE.search(text) is not None)


def canonical(data: dict[str, Any]) -> str:
    """The one form of a line's content, whatever the order of its members."""
    return CANONICAL.encode(data)


def content_hash(text: str) -> bytes:
    """SHA-256 of a canonical line and of the mapping that made it."""
    return hashlib.sha256(f"{VERSION}:{text}".encode()).digest()


def natural_key(*parts: str) -> str:
    """One key of several parts, NFC (B-21); a long one ends in its hash."""
    key = unicodedata.normalize("NFC", "|".join(part.replace("|", "/") for part in parts))
    if len(key) <= MAX_KEY:
        return key
    return f"{key[: MAX_KEY - 65]}#{hashlib.sha256(key.encode()).hexdigest()}"
