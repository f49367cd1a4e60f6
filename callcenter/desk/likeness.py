"""How much a typed word is like a word that is known: the one place that judges typos."""

from collections.abc import Iterable
from functools import lru_cache

EXACT = 1.0
BEGINNING = 0.94  # "mar" for "marchetti"
TWO_LETTERS = 0.85  # less than a mnemonic of a reason
SOUND = 0.8  # "cruise" for "cruz"
INSIDE = 0.7
EDITS = (0.0, 0.84, 0.7, 0.58)  # by the number of letters that are wrong
SHORTEST_INSIDE = 4
SHORTEST_SOUND = 4
_EDITS_ALLOWED = ((4, 0), (6, 1), (9, 2))  # words below this length: so many wrong letters
_MOST_EDITS = 3
# Letters that are taken for each other on the telephone; the same groups as in the function
# properties_name_keys of the database, which finds whom this compares.
_SOUNDS = str.maketrans("cqxzvwdjyeiou", "kkksfftaaaaaa")
_SILENT = frozenset("h'")
_ABBREVIATIONS = {
    "ct": "court",
    "crt": "court",
    "pt": "point",
    "st": "street",
    "str": "street",
    "ave": "avenue",
    "av": "avenue",
    "rd": "road",
    "dr": "drive",
    "ln": "lane",
    "blvd": "boulevard",
    "ter": "terrace",
    "terr": "terrace",
    "gdn": "garden",
    "gdns": "gardens",
    "hts": "heights",
    "twr": "tower",
    "twrs": "towers",
    "res": "residences",
    "apts": "apartments",
    "sq": "square",
    "pl": "place",
    "pk": "park",
    "plz": "plaza",
    "vlg": "village",
    "mnr": "manor",
    "bldg": "building",
    "bld": "building",
    "bd": "building",
    "ph": "penthouse",
}


def whole(word: str) -> str:
    """The word that an abbreviation stands for, or the word itself."""
    return _ABBREVIATIONS.get(word, word)


@lru_cache(maxsize=20_000)
def likeness(typed: str, known: str) -> float:
    """0 to 1: how well `typed` (folded) says `known`; its beginning, its sound and typos count."""
    if typed == known or whole(typed) == whole(known):
        return EXACT
    if len(typed) > 1 and known.startswith(typed):
        return BEGINNING if len(typed) > 2 else TWO_LETTERS
    if typed.isdigit() or known.isdigit():
        return 0.0
    edits = _edits(typed, known, _allowed(typed, known))
    by_letters = 0.0 if edits is None else EDITS[edits]
    by_inside = INSIDE if len(typed) >= SHORTEST_INSIDE and typed in known else 0.0
    return max(by_letters, by_inside, _by_sound(typed, known))


def best(typed: str, known: Iterable[str]) -> float:
    """How well `typed` says the best of the known words; 0 without any."""
    return max((likeness(typed, word) for word in known), default=0.0)


@lru_cache(maxsize=5_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a folded name, also run together: "de la cruz" is "delacruz" too."""
    words = split_words(name)
    joined = ("".join(words[at:]) for at in range(len(words) - 1))
    return (*words, *joined)


def split_words(text: str) -> list[str]:
    """The words of a folded text; apostrophes are none, other signs part words."""
    bare = text.replace("'", "").replace("\u2019", "")
    return "".join(c if c.isalnum() else " " for c in bare).split()


def _allowed(typed: str, known: str) -> int:
    shorter = min(len(typed), len(known))
    return next((most for below, most in _EDITS_ALLOWED if shorter < below), _MOST_EDITS)


def _by_sound(typed: str, known: str) -> float:
    first, second = _sound(typed), _sound(known)
    if min(len(typed), len(known)) < 3 or not first or not second:
        return 0.0
    if first == second:
        return SOUND
    if min(len(first), len(second)) < SHORTEST_SOUND:
        return 0.0
    return SOUND * EDITS[1] if _edits(first, second, 1) is not None else 0.0


@lru_cache(maxsize=20_000)
def _sound(word: str) -> str:
    """The word by groups of letters that sound alike, each run of one group as one."""
    said: list[str] = []
    for letter in word.replace("ph", "f").translate(_SOUNDS):
        if letter not in _SILENT and (not said or said[-1] != letter):
            said.append(letter)
    return "".join(said)


def _edits(typed: str, known: str, most: int) -> int | None:
    """Letters to add, drop, replace or swap with their neighbour; None when more than `most`."""
    if abs(len(typed) - len(known)) > most:
        return None
    above: list[int] = []
    row = list(range(len(known) + 1))
    for y, letter in enumerate(typed):
        two_above, above, row = above, row, [y + 1]
        for x, other in enumerate(known):
            cost = min(above[x + 1] + 1, row[x] + 1, above[x] + (letter != other))
            if y and x and letter == known[x - 1] and typed[y - 1] == other:
                cost = min(cost, two_above[x - 1] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
