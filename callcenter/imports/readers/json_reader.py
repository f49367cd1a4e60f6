"""The call logs of a JSON file, one after the other, however long the list is (B-18).

The file is a wrapper with a member `Elements`, in any case, or a bare list. Only one element is
in memory at a time; one that cannot be read ends the walk, because nobody knows where the next
one would begin.
"""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from .lines import PROBE, encoding_of
from .results import Refused, UnreadableFileError

BLOCK = 262_144
MAX_ELEMENT = 2_097_152  # characters
LONGEST_INTEGER = 18
TWICE = "\x00twice"  # names a member that stands twice in an object
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Element:
    """One element, its members' names in lower case, and its number from 1."""

    number: int
    value: Any


@dataclass(frozen=True, slots=True)
class OddNumber:
    """A number that is no whole one of reasonable length: 1.5, 1e999, NaN."""

    text: str

    def __str__(self) -> str:
        return self.text


class _BrokenError(Exception):
    """The text is no JSON from here on."""


def read_elements(file: BinaryIO) -> Iterator[Element | Refused]:
    """The elements of the list; UnreadableFileError when there is no list at all."""
    text = _Text(file)
    try:
        found = text.to_list()
    except _BrokenError:
        raise UnreadableFileError(_("The file is not JSON.")) from None
    if not found:
        said = _("The file holds no list of call logs (Elements).")
        raise UnreadableFileError(said)
    number = 0
    try:
        while text.has_next():
            number += 1
            yield Element(number, text.value())
    except _BrokenError:
        said = _("From here on the file is no JSON; nothing after it could be read.")
        yield Refused(number + (not text.in_element), said, value=text.rest())
        return
    if number == 0:
        raise UnreadableFileError(_("The list of call logs is empty."))


class _Text:
    """A JSON text read block by block, from a position that only moves forward."""

    def __init__(self, file: BinaryIO) -> None:
        start = file.read(PROBE)
        encoding = encoding_of(start)
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
        self._over = False
        self._buffer = self._decoder.decode(start)
        self._at = 0
        self._first = True
        self.in_element = False
        self._json = json.JSONDecoder(
            object_pairs_hook=_members,
            parse_float=OddNumber,
            parse_int=_integer,
            parse_constant=OddNumber,
        )

    def to_list(self) -> bool:
        """Go to the first element; False when the text has no list where one belongs."""
        opening = self._take()
        if opening == "[":
            return True
        if opening != "{":
            raise _BrokenError
        while self._peek() == '"':
            name = self.value()
            if self._take() != ":":
                raise _BrokenError
            if name.casefold() == "elements" and self._peek() == "[":
                self._take()
                return True
            self.value()
            if self._peek() == ",":
                self._take()
        return False

    def has_next(self) -> bool:
        """Whether an element follows; the comma before it is passed over."""
        self.in_element = False
        if self._peek() == "]":
            return False
        if not self._first and self._take() != ",":
            raise _BrokenError
        self._first = False
        self.in_element = True
        return True

    def value(self) -> Any:
        """The next value; _BrokenError when it is none, or longer than MAX_ELEMENT."""
        self._peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._buffer, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                too_deep = isinstance(error, RecursionError)
                if too_deep or len(self._buffer) - self._at > MAX_ELEMENT or not self._more():
                    raise _BrokenError from None
                continue
            if end == len(self._buffer) and self._more():
                continue  # a number may go on in the next block
            self._at = end
            return value

    def rest(self) -> str:
        """The beginning of what could not be read."""
        return self._buffer[self._at : self._at + 200]

    def _peek(self) -> str:
        """The next sign that is no blank; "" at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _take(self) -> str:
        sign = self._peek()
        self._at += len(sign)
        return sign

    def _more(self) -> bool:
        """Read a block and let go of what lies behind; False at the end of the file."""
        if self._over:
            return False
        block = self._file.read(BLOCK)
        self._over = not block
        try:
            text = self._decoder.decode(block, final=self._over)
        except UnicodeDecodeError:
            raise _BrokenError from None
        self._buffer = self._buffer[self._at :] + text
        self._at = 0
        return bool(text) or not self._over


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object with its names in lower case; one that stands twice is noted under TWICE."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        key = name.casefold()
        if key in found:
            found[TWICE] = name
        found[key] = value
    return found


def _integer(text: str) -> int | OddNumber:
    return int(text) if len(text) <= LONGEST_INTEGER else OddNumber(text[:40])
