"""Dates and times as other systems write them (domain.md 7 and 8)."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

from django.utils.translation import gettext as _

from .results import LineError

FIRST_YEAR, LAST_YEAR = 1901, 2199
CENTURY_TURN = 69  # two digits below it are of this century

_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$")
_NUMBERS = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})(?: 0?0:00(?::00)?)?$")
_DAY_WORD = re.compile(r"^(\d{1,2})[-/. ]+([a-z]{3,9})\.?[-/., ]+(\d{2}|\d{4})$", re.IGNORECASE)
_WORD_DAY = re.compile(r"^([a-z]{3,9})\.?[-/. ]+(\d{1,2})[-/., ]+(\d{2}|\d{4})$", re.IGNORECASE)
_TIME = re.compile(
    r"^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class DateOrder(StrEnum):
    """Which number comes first in 03/04/2026; unless declared, such a date is refused."""

    UNKNOWN = ""
    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"


def read_date(text: str, order: DateOrder, column: str) -> date | None:
    """The date, None for a blank cell and for 1 January 1900, which means none.

    LineError for what is no date, and for a day and month that could be either way round.
    """
    text = " ".join(text.split())
    if not text:
        return None
    year, month, day = _parts(text, order, column)
    if (year, month, day) == (1900, 1, 1):
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise LineError(_("Not a date."), column=column, value=text)
    try:
        return date(year, month, day)
    except ValueError:
        raise LineError(_("Not a date."), column=column, value=text) from None


def _parts(text: str, order: DateOrder, column: str) -> tuple[int, int, int]:
    if found := _ISO.match(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_WORD.match(text):
        return _year(found[3]), _month(found[2]), int(found[1])
    if found := _WORD_DAY.match(text):
        return _year(found[3]), _month(found[1]), int(found[2])
    found = _NUMBERS.match(text)
    if found is None:
        said = _("Not a date.")
        if text.isdecimal():
            said = _("A spreadsheet's number instead of a date.")
        raise LineError(said, column=column, value=text)
    first, second = int(found[1]), int(found[2])
    if first <= 12 and second <= 12 and first != second and order == DateOrder.UNKNOWN:
        said = _("Day or month first? Declare it when sending the file.")
        raise LineError(said, column=column, value=text)
    day_first = first > 12 or (second <= 12 and order == DateOrder.DAY_FIRST)
    return (_year(found[3]), second, first) if day_first else (_year(found[3]), first, second)


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < CENTURY_TURN else 1900)


def _month(word: str) -> int:
    """1 to 12, or 0 for a word that is no month."""
    short = word[:3].casefold()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def read_time(text: str) -> datetime | None:
    """The moment: in UTC when the text names an offset, else on an unnamed clock; None if none.

    One to nine fraction digits are cut to microseconds; a second 60 is the next minute.
    """
    found = _TIME.match(text.strip())
    if found is None:
        return None
    second = int(found[6] or 0)
    micro = int((found[7] or "")[:6].ljust(6, "0"))
    try:
        moment = datetime(  # noqa: DTZ001 (its zone is decided below)
            int(found[1]), int(found[2]), int(found[3]), int(found[4]), int(found[5]),
            min(second, 59), micro,
        )  # fmt: skip
        moment += timedelta(seconds=second - min(second, 59)) if second <= 60 else timedelta.max
        return moment if found[8] is None else _in_utc(moment, found[8].upper())
    except (ValueError, OverflowError):
        return None


def _in_utc(moment: datetime, offset: str) -> datetime:
    if offset == "Z":
        return moment.replace(tzinfo=UTC)
    digits = offset[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    zone = timezone(-ahead if offset[0] == "-" else ahead)
    return moment.replace(tzinfo=zone).astimezone(UTC)
