"""Which reason the words of a line speak of: by its mnemonic, its name, or words for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from callcenter.core.prepared import fetch_all
from callcenter.core.text import fold
from callcenter.properties.principals import Principal

from .likeness import EDITS, likeness, split_words

NAMED = 0.95  # a word of the name; the organisation's own search words come before
SHORTEST_LIKE = 4
SAY_NOTHING = frozenset(
    [
        "a",
        "an",
        "and",
        "c",
        "for",
        "how",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "other",
        "the",
        "to",
        "up",
        "your",
    ]
)


# As `Reason.objects.visible_to(principal).in_use()`; asked at every key of the one box.
IN_USE = """
SELECT id, name, mnemonic, search_words FROM calls_reason
WHERE organization_id = %(organization)s AND is_enabled
ORDER BY mnemonic, id
"""


@dataclass(frozen=True, slots=True)
class SaidReason:
    """A reason with the words that speak of it, each with how surely (0 to 1)."""

    pk: int
    name: str
    words: Mapping[str, float]


class Reasons:
    """The reasons that a principal may choose, asked by words."""

    def __init__(self, principal: Principal) -> None:
        self._reasons = [
            SaidReason(pk, name, _words(name, mnemonic, search_words))
            for pk, name, mnemonic, search_words in fetch_all(
                IN_USE, {"organization": principal.organization_id}
            )
        ]
        self._said: dict[str, dict[int, float]] = {}
        self._fits: dict[str, float] = {}

    def fit(self, word: str) -> float:
        """How surely a word speaks of any reason."""
        if word not in self._fits:
            self._fits[word] = max(self._of(word).values(), default=0.0)
        return self._fits[word]

    def best(self, words: Iterable[str]) -> SaidReason | None:
        """The reason of which the words speak most; None when they speak of none."""
        sums: dict[int, float] = {}
        for word in words:
            for place, sure in self._of(word).items():
                sums[place] = sums.get(place, 0.0) + sure
        if not sums:
            return None
        return self._reasons[max(sums, key=lambda place: (sums[place], -place))]

    def _of(self, word: str) -> dict[int, float]:
        """By the place of a reason, how surely the word speaks of it."""
        if word not in self._said:
            fits = ((at, _fit(word, reason.words)) for at, reason in enumerate(self._reasons))
            self._said[word] = {at: fit for at, fit in fits if fit}
        return self._said[word]


@lru_cache(maxsize=2_000)
def _words(name: str, mnemonic: str, search_words: str) -> Mapping[str, float]:
    """The words that speak of a reason; whoever gets them leaves them as they are."""
    words = dict.fromkeys(_plain(name), NAMED)
    words |= dict.fromkeys(_plain(search_words), 1.0)
    if mnemonic:
        words[mnemonic] = 1.0
    return words


def _plain(text: str) -> Sequence[str]:
    words = split_words(fold(text.replace("/", "")))
    return [word for word in words if word not in SAY_NOTHING]


def _fit(word: str, known: Mapping[str, float]) -> float:
    """1 for a word that is known; less for one that continues it, begins it or is a typo of it."""
    if word in known:
        return known[word]
    if len(word) < SHORTEST_LIKE:
        return 0.0
    fits = (
        sure * 0.9
        for other, sure in known.items()
        if len(other) >= SHORTEST_LIKE
        and (word.startswith(other) or likeness(word, other) >= EDITS[1])
    )
    return max(fits, default=0.0)
