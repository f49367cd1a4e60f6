"""What a line typed into the one box may mean; nothing here touches the database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from callcenter.core.phones import SHORTEST_TRAIL, trailing
from callcenter.core.text import fold, number_key

LONGEST = 100
MOST_WORDS = 7
MOST_READINGS = 6
LONGEST_KEY = 40

_CALL = re.compile(r"(?:#|(?:call|log) (?:no\.? )?#?)\s*(\d{1,18})", re.ASCII | re.IGNORECASE)
_SCHEME = re.compile(r"^(?:tel|callto|sms):", re.IGNORECASE)
_DASH_BEFORE_NUMBER = re.compile(r"(?<=\d)\s*-\s*(?=\w)|(?<=\w)-\s*(?=\d)")
_APART = re.compile(r"[,;#/@|:()\[\]\"]")
_BUILDING_AND_NUMBER = re.compile(r"(\w+)-(\w+)")
_APOSTROPHES = str.maketrans("", "", "'\u2019")
_IN_NAMES = re.compile(r"[-.&]+")
_SPOKEN = {"a/c": "ac", "penthouse": "ph", "bldg": "building"}
_NOISE = frozenset(
    [
        *("unit", "apt", "apartment", "suite", "ste", "no", "number", "flat", "at", "in", "the"),
        *("of", "mr", "mrs", "ms", "miss", "dr", "and", "from", "for"),
    ]
)


@dataclass(frozen=True, slots=True)
class UnitReading:
    """One way to read the words: `key` is the unit's, made of the words at `used`.

    `building` is what stood before a dash: "2-104" may be number 104 of building 2.
    """

    key: str
    used: frozenset[int]
    building: str = ""


@dataclass(frozen=True)
class Query:
    """A typed line, read in every way that the one box knows.

    `text` is what was typed, made fit for the database; `words` are its folded words, without
    those that say nothing.
    """

    text: str
    words: tuple[str, ...]
    call_id: int | None
    digits_reversed: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The words that can be parts of a name."""
        long = tuple(w for w in self.words if not has_digit(w) and len(w) > 1)
        return long or tuple(w for w in self.words if not has_digit(w))

    @cached_property
    def trails(self) -> tuple[str, ...]:
        """The words that can be the last digits of a number, backwards."""
        return tuple(w[::-1] for w in self.words if w.isdigit() and len(w) >= SHORTEST_TRAIL)

    @cached_property
    def unit_readings(self) -> tuple[UnitReading, ...]:
        """Each word, and each two neighbours, as the unit's number; those with digits first."""
        readings = sorted(_readings(self.words), key=lambda reading: not has_digit(reading.key))
        return tuple(readings[:MOST_READINGS])


def read_query(typed: str) -> Query:
    """Read what somebody typed; any text will do, also one that no database could keep."""
    visible = "".join(c for c in typed[: LONGEST * 4] if c.isprintable() or c.isspace())
    text = " ".join(visible.split())[:LONGEST].strip()
    call = _CALL.fullmatch(text)
    words = tuple(_words(text))
    return Query(
        text=text,
        words=(tuple(w for w in words if w not in _NOISE) or words)[:MOST_WORDS],
        call_id=int(call[1]) if call else None,
        digits_reversed=trailing(_SCHEME.sub("", text)),
    )


def _words(text: str) -> Iterator[str]:
    """The folded words; what has a digit keeps its dash, apostrophes join, other signs part."""
    folded = fold(_DASH_BEFORE_NUMBER.sub("-", text))
    for said, meant in _SPOKEN.items():
        folded = re.sub(rf"(?<!\w){said}(?!\w)", meant, folded)
    for word in _APART.sub(" ", folded).split():
        if has_digit(word):
            yield word.strip("-.'")
        else:
            joined = word.translate(_APOSTROPHES)
            yield from (part for part in _IN_NAMES.split(joined) if part)


def _readings(words: tuple[str, ...]) -> Iterator[UnitReading]:
    for at, word in enumerate(words):
        key = number_key(word)
        if key and len(key) <= LONGEST_KEY and (has_digit(key) or len(key) <= 2):
            yield UnitReading(key, frozenset([at]))
        if (parts := _BUILDING_AND_NUMBER.fullmatch(word)) and has_digit(parts[2]):
            yield UnitReading(parts[2], frozenset([at]), building=parts[1])
        pair = number_key("".join(words[at : at + 2]))
        if at + 1 < len(words) and has_digit(pair) and len(pair) <= LONGEST_KEY:
            yield UnitReading(pair, frozenset([at, at + 1]))


def has_digit(text: str) -> bool:
    """Whether a sign of the text is a digit."""
    return any(c.isdigit() for c in text)
