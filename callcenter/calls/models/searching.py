"""Looking for calls: by day, words, numbers and parts of texts."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from callcenter.core.phone_rows import is_number
from callcenter.core.phones import PhoneNumber

from .words import Words


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

    def saying(self, words: Words, *, digits: str = "") -> Self:
        """Calls whose call from, subject and notes say this; or whose number ends in `digits`."""
        found = Q(search=words.wanted) if words.wanted is not None else Q()
        if digits:
            found |= ~Q(phone_digits_reversed="") & Q(
                phone_digits_reversed__startswith=digits[::-1]
            )
        return self.filter(found)

    def commented(self, comments: models.QuerySet[Any]) -> Self:
        """Calls with such comments."""
        return self.filter(pk__in=comments.order_by().values("call_log"))

    def without_words(self, words: Words, comments: models.QuerySet[Any]) -> Self:
        """Without the calls that say a word that was excluded, themselves or in such comments."""
        if words.unwanted is None:
            return self
        excluded = comments.filter(call_log=OuterRef("pk")).order_by()
        return self.exclude(search=words.unwanted).exclude(Exists(excluded))

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
