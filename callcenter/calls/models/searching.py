"""Looking for calls: by day, words, numbers and parts of texts."""

import functools
import operator
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from django.contrib.postgres.search import Lexeme, SearchQuery
from django.db import models
from django.db.models import Exists, OuterRef, Q

from callcenter.core.phone_rows import is_number
from callcenter.core.phones import PhoneNumber


class SearchedQuerySet[M: models.Model](models.QuerySet[M]):
    """Reads of call logs that somebody looks for; each narrows what is there already."""

    def on_days(self, since: date | None, until: date | None) -> Self:
        """Calls of these days, each on the clock of its own place.

        The moments are bounded too, by the widest offsets that zones have had, because the
        lists are indexed by moment.
        """
        rows, margin = self, timedelta(hours=16)
        if since:
            start = datetime.combine(since, time.min, UTC)
            bound = start - margin if since.year > 1 else start
            rows = rows.filter(contacted_on__gte=since, contacted_at__gte=bound)
        if until:
            end = datetime.combine(until, time.max, UTC)
            bound = end + margin if until.year < 9999 else end
            rows = rows.filter(contacted_on__lte=until, contacted_at__lte=bound)
        return rows

    def matching(self, text: str) -> Self:
        """Calls that somebody looks for: `#4711`, at least four trailing digits, or words.

        Words are looked for in call from, subject and notes, all of them, by their beginning.
        """
        text = text.strip()
        if number := re.fullmatch(r"#\s*([0-9]{1,18})", text):
            return self.filter(pk=int(number[1]))
        words = [word for word in text.split() if any(map(str.isalnum, word))][:8]
        if not words:
            return self.none()
        found = Q(search=_all_of(words))
        digits = re.sub(r"[^0-9]", "", text)
        if len(digits) >= 4 and re.fullmatch(r"[0-9\s()+./-]+", text):
            backwards = Q(phone_digits_reversed__startswith=digits[::-1])
            found |= ~Q(phone_digits_reversed="") & backwards
        return self.filter(found)

    def containing(self, text: str, comments: models.QuerySet[Any]) -> Self:
        """Calls with `text` in call from, subject or notes, in any case, or with such `comments`.

        Reads the texts of all rows that are left, so other filters should narrow them first.
        """
        here = Q(call_from__icontains=text) | Q(subject__icontains=text) | Q(notes__icontains=text)
        return self.filter(here | Exists(comments.filter(call_log=OuterRef("pk"))))

    def ringing(self, number: PhoneNumber) -> Self:
        """Calls from this number, in whatever form."""
        known = ~Q(phone_digits_reversed="")  # the condition of the index
        same = is_number(number, e164="phone_e164", digits_reversed="phone_digits_reversed")
        return self.filter(known & same)


def _all_of(words: list[str]) -> SearchQuery:
    """A text search for all of the words, each by its beginning."""
    lexemes: list[Any] = [Lexeme(word, prefix=len(word) > 1) for word in words]
    return SearchQuery(functools.reduce(operator.and_, lexemes), config="simple", search_type="raw")
