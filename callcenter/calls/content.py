"""What a file is, by what is in it: the few kinds that calls take (C05).

Neither a name nor what a browser says of a file is believed. What is on no list is refused, so
programs, pages, drawings with scripts and archives are, whatever they call themselves.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import filetype
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.core.file_names import ending_of

from .office import is_zip, office_type

HEAD = 8_192  # bytes by which binary formats are known
BLOCK = 1_048_576
# What no text has (https://mimesniff.spec.whatwg.org/#binary-data-byte), NUL above all.
BINARY = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
WIDE_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
MARKUP = re.compile(rb"[\x00\s]*(?:<|#\x00?!|%\x00?!)")
TEXT = "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


# The endings that a file of each kind may keep; the first is given to one with another ending.
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "image/tiff": ("tif", "tiff"),
    "image/bmp": ("bmp",),
    "application/pdf": ("pdf",),
    TEXT: ("txt", "text", "log", "csv", "tsv", "md", "json"),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/x-wav": ("wav",),
    "audio/x-flac": ("flac",),
    "audio/aac": ("aac",),
    "audio/amr": ("amr",),
    f"{_OFFICE}.wordprocessingml.document": ("docx",),
    f"{_OFFICE}.spreadsheetml.sheet": ("xlsx",),
    f"{_OFFICE}.presentationml.presentation": ("pptx",),
    f"{_OPEN}.text": ("odt",),
    f"{_OPEN}.spreadsheet": ("ods",),
    f"{_OPEN}.presentation": ("odp",),
}
# What the chooser of a browser offers; a hint, no rule.
ACCEPT = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)


@dataclass(frozen=True)
class Content:
    """A kind of file, as a media type."""

    media_type: str

    def name_for(self, name: str) -> str:
        """The name under which a file is handed out: its ending says what is in it (C05)."""
        endings = ENDINGS[self.media_type]
        return name if ending_of(name) in endings else f"{name}.{endings[0]}"


def content_of(file: BinaryIO) -> Content:
    """The kind of an open file; RuleError for one that calls do not take."""
    file.seek(0)
    head = file.read(HEAD)
    media_type = office_type(file) if is_zip(head) else _known(head) or _text(file, head)
    if media_type not in ENDINGS:
        said = _("Calls take pictures, PDF, plain text, sound and office documents without macros.")
        raise RuleError(said, field="files")
    return Content(media_type)


def _known(head: bytes) -> str:
    """The media type that the first bytes tell, "" when they tell none."""
    kind = filetype.guess(head)
    return "" if kind is None else str(kind.mime)


def _text(file: BinaryIO, head: bytes) -> str:
    """TEXT when the whole file can be read as words, "" for anything else and for markup."""
    mark = next((m for m in MARKS if head.startswith(m)), b"")
    if MARKUP.match(head[len(mark) :]):
        return ""
    wide = WIDE_MARKS.get(mark)
    return TEXT if all(_is_words(block, wide) for block in _blocks(file)) else ""


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(BLOCK):
        yield block


def _is_words(block: bytes, wide: str | None) -> bool:
    """Whether a block has no byte that text never has; of 16 bits each when `wide`."""
    if wide is None:
        return block.translate(None, BINARY) == block
    try:
        words = block.decode(wide).encode()
    except UnicodeDecodeError:
        return False
    return words.translate(None, BINARY) == words
