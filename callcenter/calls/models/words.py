"""Words that somebody looks for, as PostgreSQL's text search asks for them."""

import functools
import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import Lexeme, SearchHeadline, SearchQuery, SearchVector

CONFIG = "simple"  # names, numbers and several languages: no stems, no stop words
MOST = 8
MARK, END = "\ue000", "\ue001"  # private signs around what was found, until it is escaped
_TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


@dataclass(frozen=True)
class Words:
    """What a text must say, and what it must not; None for nothing of the kind."""

    wanted: Any
    unwanted: Any

    @classmethod
    def of(cls, text: str) -> "Words":
        """Words by their beginning, "phrases" as they stand, and -words or -"phrases" excluded.

        At most MOST of them; what holds neither letter nor digit asks for nothing.
        """
        wanted: list[SearchQuery] = []
        unwanted: list[SearchQuery] = []
        for minus, phrase, word in _TOKEN.findall(text):
            if not any(map(str.isalnum, phrase or word)):
                continue
            (unwanted if minus else wanted).append(_query(phrase, word))
        return cls(
            wanted=_joined(wanted[:MOST], operator.and_),
            unwanted=_joined(unwanted[:MOST], operator.or_),
        )

    def __bool__(self) -> bool:
        return self.wanted is not None or self.unwanted is not None


def said(field: str) -> SearchVector:
    """The words of a column, in the form of which there is an index."""
    return SearchVector(field, config=CONFIG)


def headline(expression: Any, words: Words) -> SearchHeadline:
    """The part of a text where `words` stand, with MARK and END around each of them."""
    return SearchHeadline(
        expression,
        words.wanted,
        config=CONFIG,
        start_sel=MARK,
        stop_sel=END,
        max_words=30,
        min_words=15,
        max_fragments=1,
    )


def _query(phrase: str, word: str) -> SearchQuery:
    """A phrase, or a word by its beginning; one with an apostrophe is a phrase of its parts."""
    if phrase or "'" in word:
        return SearchQuery(phrase or word, config=CONFIG, search_type="phrase")
    lexeme: Any = Lexeme(word, prefix=len(word) > 1)
    return SearchQuery(lexeme, config=CONFIG, search_type="raw")


def _joined(queries: Iterable[SearchQuery], join: Any) -> SearchQuery | None:
    some = list(queries)
    return functools.reduce(join, some) if some else None
