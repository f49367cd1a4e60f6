"""Marks in a found text what was searched for; everything else is escaped."""

from collections.abc import Iterable
from functools import lru_cache

from django.utils.safestring import SafeString

from callcenter.core.markup import markup
from callcenter.core.text import fold

from .likeness import likeness, split_words

type Span = tuple[int, int]


def mark_words(text: str, words: Iterable[str]) -> SafeString:
    """`text` with every place marked where one of the folded `words` stands."""
    folded, origin = _folded(text)
    spans: list[Span] = []
    for word in words:
        at = folded.find(word)
        while word and at >= 0:
            spans.append((origin[at], origin[at + len(word) - 1] + 1))
            at = folded.find(word, at + len(word))
    return _marked(text, spans)


def mark_like(text: str, words: Iterable[str]) -> SafeString:
    """Like `mark_words`, and a word of `text` is marked whole when one is a misspelling of it."""
    words = tuple(words)
    folded = fold(text)
    known = {part for part in split_words(folded) if _is_meant(part, folded, words)}
    return mark_words(text, {*words, *known})


def _is_meant(part: str, folded: str, words: tuple[str, ...]) -> bool:
    return any(word not in folded and likeness(word, part) for word in words)


def mark_key(text: str, key: str) -> SafeString:
    """A unit number with the part marked that `key` is the beginning of: "12-B" for "12b"."""
    left, end = len(key), 0
    while left > 0 and end < len(text):
        left -= len(fold(text[end].strip("-#")))
        end += 1
    return _marked(text, [(0, end)] if key else [])


def mark_trail(text: str, digits: int) -> SafeString:
    """A telephone number with its last `digits` digits marked, signs between them too."""
    start = len(text)
    while digits > 0 and start > 0:
        start -= 1
        digits -= text[start].isdigit()
    return _marked(text, [(start, len(text))])


@lru_cache(maxsize=4096)  # the same names are found at every key that is typed
def _folded(text: str) -> tuple[str, tuple[int, ...]]:
    """`text` as `fold` compares it, and for each of its signs the place in `text`."""
    signs: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(text):
        for folded in fold(sign) or (" " if sign.isspace() else ""):
            signs.append(folded)
            origin.append(place)
    return "".join(signs), tuple(origin)


def _marked(text: str, spans: list[Span]) -> SafeString:
    """`text` escaped, in an isolate (B-21), with `<mark>` around the joined spans."""
    pieces: list[SafeString] = []
    done = 0
    for start, end in _joined(spans):
        pieces.append(markup("{}<mark>{}</mark>", text[done:start], text[start:end]))
        done = end
    return markup("<bdi>{}{}</bdi>", SafeString("".join(pieces)), text[done:])


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
