"""Office documents: archives whose list of contents is read, and nothing of them unpacked (B-15).

Only the short member that says what the document is gets read, and no further than LONGEST.
"""

import re
import struct
import zipfile
import zlib
from typing import BinaryIO

SIGNATURE = b"PK\x03\x04"
LAST = struct.Struct("<4s4H2LH")  # the record at the end of an archive
LAST_SIGNATURE = b"PK\x05\x06"
COMMENT = 65_535  # bytes that may follow that record
LISTING = 1_048_576  # bytes of a list of contents, some ten thousand members
LONGEST = 65_536  # bytes of a member that says what the document is
TYPES = "[Content_Types].xml"
MIMETYPE = "mimetype"
# Where macros and programs live: VBA, Excel 4 sheets, ActiveX, and LibreOffice's scripts.
ACTING = re.compile(r"(^|/)(vbaproject|vbadata|activex|macrosheets|basic|scripts|dialogs)([./]|$)")
MACROS = re.compile(rb"macroEnabled|vbaProject|macrosheet|activeX", re.IGNORECASE)
MAIN = re.compile(
    rb"application/vnd\.openxmlformats-officedocument\."
    rb"(wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation)\.main\+xml"
)
OPEN = re.compile(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)")


def is_zip(head: bytes) -> bool:
    """Whether a file begins as an archive does."""
    return head.startswith(SIGNATURE)


def office_type(file: BinaryIO) -> str:
    """The media type of a document without macros; "" for every other archive."""
    if not _has_short_list(file):
        return ""
    try:
        with zipfile.ZipFile(file) as archive:
            names = {member.filename for member in archive.infolist()}
            if any(ACTING.search(name.lower()) for name in names):
                return ""
            if TYPES in names:
                return _microsoft(_beginning(archive, TYPES))
            if MIMETYPE in names:
                return _open_document(_beginning(archive, MIMETYPE))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError):
        pass  # broken, encrypted, or packed in a way that no office program writes
    return ""


def _has_short_list(file: BinaryIO) -> bool:
    """Whether the list of contents can be read without much memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - LAST.size - COMMENT))
    end = file.read()
    at = end.rfind(LAST_SIGNATURE)
    if at < 0 or len(end) - at < LAST.size:
        return False
    listing: int = LAST.unpack_from(end, at)[5]
    return listing <= LISTING


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(LONGEST)


def _microsoft(types: bytes) -> str:
    """What `[Content_Types].xml` says, "" when it speaks of macros or is too long to be judged."""
    found = MAIN.search(types)
    if found is None or MACROS.search(types) or len(types) >= LONGEST:
        return ""
    return f"application/vnd.openxmlformats-officedocument.{found[1].decode()}"


def _open_document(said: bytes) -> str:
    found = OPEN.fullmatch(said)
    return found[0].decode() if found else ""
