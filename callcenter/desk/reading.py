"""What a line typed into the one box may mean; nothing here touches the database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.core.phones import trailing
from callcenter.core.text import fold, number_key

LONGEST = 100
MOST_WORDS = 6
MOST_READINGS = 4
LONGEST_KEY = 40

_CALL = re.compile(r"#\s*(\d{1,18})", re.ASCII)
_DASH_BEFORE_NUMBER = re.compile(r"(?<=\d)\s*-\s*(?=\w)|(?<=\w)-\s*(?=\d)")
_NOISE = frozenset(
    ["unit", "apt", "apartment", "suite", "ste", "no", "number", "flat", "at", "in", "the", "of"]
)


@dataclass(frozen=True, slots=True)
class UnitReading:
    """One way to read the words: this key is the unit's, the others say where or who."""

    key: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A typed line, read in every way that the one box knows.

    `text` is what was typed, made fit for the database; `words` are its folded words.
    """

    text: str
    words: tuple[str, ...]
    call_id: int | None
    digits_reversed: str

    @property
    def names(self) -> tuple[str, ...]:
        """The words that can be parts of a name."""
        return tuple(w for w in self.words if w not in _NOISE and not _has_digit(w))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The words with a digit, as unit keys."""
        return tuple(number_key(w) for w in self.words if _has_digit(w))

    def unit_readings(self) -> tuple[UnitReading, ...]:
        """Each word, and each two neighbours, as the unit's number; those with digits first."""
        words = tuple(w for w in self.words if w not in _NOISE)
        readings = sorted(_readings(words), key=lambda reading: not _has_digit(reading.key))
        return tuple(readings[:MOST_READINGS])


def read_query(typed: str) -> Query:
    """Read what somebody typed; any text will do, also one that no database could keep."""
    visible = "".join(c for c in typed[: LONGEST * 4] if c.isprintable() or c.isspace())
    text = " ".join(visible.split())[:LONGEST].strip()
    call = _CALL.fullmatch(text)
    joined = _DASH_BEFORE_NUMBER.sub("-", text)
    words = fold(joined.replace(",", " ").replace(";", " ").replace("#", " ")).split()
    return Query(
        text=text,
        words=tuple(words[:MOST_WORDS]),
        call_id=int(call[1]) if call else None,
        digits_reversed=trailing(text),
    )


def _readings(words: tuple[str, ...]) -> Iterator[UnitReading]:
    for at, word in enumerate(words):
        key = number_key(word)
        if key and len(key) <= LONGEST_KEY and (_has_digit(key) or len(key) <= 2):
            yield UnitReading(key, words[:at] + words[at + 1 :])
        pair = number_key("".join(words[at : at + 2]))
        if at + 1 < len(words) and _has_digit(pair) and len(pair) <= LONGEST_KEY:
            yield UnitReading(pair, words[:at] + words[at + 2 :])


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)
