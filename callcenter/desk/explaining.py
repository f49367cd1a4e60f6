"""How well something found explains all the words of a line: what orders the hits."""

from collections.abc import Callable
from dataclasses import dataclass

from .reading import Query
from .reason_words import Reasons, SaidReason

AS_REASON = 0.9  # a word that names the place or person is worth more than one of a reason


@dataclass(frozen=True, slots=True)
class Explanation:
    """`score` (0 to 1) is the mean over the words; `words` name the thing, `missing` nothing.

    `reason` is what the words speak of that neither name the place nor the person.
    """

    score: float
    words: tuple[str, ...]
    missing: tuple[str, ...]
    reason: SaidReason | None


def explain(read: Query, reasons: Reasons, fit: Callable[[int, str], float]) -> Explanation:
    """Judge by `fit(place, word)`, which says 0 to 1 how well a word names what was found."""
    total, words, spoken, missing = 0.0, [], [], []
    for at, word in enumerate(read.words):
        here, as_reason = fit(at, word), reasons.fit(word) * AS_REASON
        total += max(here, as_reason)
        if here and here >= as_reason:
            words.append(word)
        elif as_reason:
            spoken.append(word)
        else:
            missing.append(word)
    score = total / len(read.words)
    return Explanation(score, tuple(words), tuple(missing), reasons.best(spoken))
