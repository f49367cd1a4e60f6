"""Physical lines of a file in whatever encoding and with whatever line ends (F24)."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

BLOCK = 65_536
MAX_LINE = 1_048_576  # bytes; what is longer is refused unread
PROBE = 4_096

_ENDS = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class PhysicalLine:
    """A line and its number from 1; `problem` says why it could not be read."""

    number: int
    text: str
    problem: str = ""


def encoding_of(start: bytes) -> str:
    """The encoding of a file that begins so; UTF-8 when nothing says otherwise.

    UTF-16 without a mark shows by the zero byte beside every ASCII letter.
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    pairs = max(len(start) // 2, 1)
    first, second = start[0::2].count(0) / pairs, start[1::2].count(0) / pairs
    if second > 0.4 and first < 0.1:
        return "utf-16-le"
    if first > 0.4 and second < 0.1:
        return "utf-16-be"
    return "utf-8"


def physical_lines(file: BinaryIO) -> Iterator[PhysicalLine]:
    """The lines of a file, each decoded by itself; never more than MAX_LINE in memory.

    A line that is no UTF-8 is read as cp1252, which also heals single lines of another hand
    inside a UTF-8 file.
    """
    for number, raw in enumerate(_split(_blocks(file)), start=1):
        if raw is None:
            said = _("The line is longer than 1 MB.")
            yield PhysicalLine(number, "", said)
            continue
        text = decoded(raw)
        if text is None:
            yield PhysicalLine(number, "", _("The line holds bytes that are no text."))
        elif "\x00" in text:
            yield PhysicalLine(number, text, _("The line holds a NUL character."))
        else:
            yield PhysicalLine(number, text)


def decoded(raw: bytes) -> str | None:
    """The text of one line, or None when it is neither UTF-8 nor cp1252."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file as UTF-8 (or cp1252), block by block, without a byte-order mark."""
    start = file.read(BLOCK)
    encoding = encoding_of(start[:PROBE])
    if not encoding.startswith("utf-16"):
        yield start.removeprefix(codecs.BOM_UTF8)
        while block := file.read(BLOCK):
            yield block
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    block = start
    while block:
        yield decoder.decode(block).encode("utf-8")
        block = file.read(BLOCK)
    yield decoder.decode(b"", final=True).encode("utf-8")


def _split(blocks: Iterator[bytes]) -> Iterator[bytes | None]:
    """The lines; None for one that is too long, whose bytes are let go as they come."""
    rest, too_long = b"", False
    for block in blocks:
        data = rest + block
        held = data.endswith(b"\r")  # perhaps half of a \r\n
        parts = _ENDS.split(data[:-1] if held else data)
        rest = parts.pop()
        for part in parts:
            yield None if too_long or len(part) > MAX_LINE else part
            too_long = False
        if len(rest) > MAX_LINE:
            rest, too_long = b"", True
        if held:
            rest += b"\r"
    ends_open = not rest.endswith(b"\r")
    rest = rest.removesuffix(b"\r")
    if too_long:
        yield None
    elif rest or not ends_open:
        yield rest
