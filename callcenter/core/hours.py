"""When a place works: a weekly pattern and closed days, and sums of working time (domain.md 8).

Pure: no tables, no clock of its own. Sums run over instants, so a day of 23 or 25 hours counts
what really passes between two times of its clock.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FARTHEST = 2 * 366  # days: what takes longer than two years has no moment
_LINE = re.compile(
    r"(?P<first>[a-z]{3})(?:\s*-\s*(?P<last>[a-z]{3}))?"
    r"\s+(?P<start>\d\d?:\d\d)\s*-\s*(?P<end>\d\d?:\d\d)",
    re.ASCII,
)

type Span = tuple[time, time]  # an end of 00:00 is the end of the day


@dataclass(frozen=True)
class Hours:
    """The spans of each weekday, Monday first, in order, and the days on which nobody works.

    Without any span it is always open.
    """

    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    closed: frozenset[date] = frozenset()

    @property
    def is_always(self) -> bool:
        """Whether the clock never stands still."""
        return not any(self.week)


ALWAYS = Hours()


@lru_cache(maxsize=512)
def read_hours(text: str) -> Hours:
    """The hours that lines such as "mon-fri 08:00-18:00" and "closed 2026-12-25" say.

    ValueError, fit for staff, for a line that says something else. No line: always open.
    """
    week: list[list[Span]] = [[] for _day in DAYS]
    closed: set[date] = set()
    for line in filter(None, (line.strip().lower() for line in text.splitlines())):
        if line.startswith("closed "):
            closed.add(_date(line.removeprefix("closed ").strip(), line))
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise _unreadable(line)
        span = (_time(match["start"], line), _time(match["end"], line))
        if span[1] != time() and span[0] >= span[1]:
            raise _unreadable(line)
        for day in _days(match["first"], match["last"] or match["first"], line):
            week[day].append(span)
    return Hours(week=tuple(map(_in_order, week)), closed=frozenset(closed))


def validate_hours(text: str) -> None:
    """For model fields: ValidationError where `read_hours` raises ValueError."""
    try:
        read_hours(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def after(start: datetime, worked: timedelta, hours: Hours, zone: str) -> datetime | None:
    """The instant (UTC) when `worked` of working time has passed since `start`.

    None when that is more than two years ahead.
    """
    start = start.astimezone(UTC)
    if hours.is_always:
        return start + worked
    left = worked
    for opens, closes in _spans(start, hours, ZoneInfo(zone)):
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= closes - begins
    return None


def between(start: datetime, end: datetime, hours: Hours, zone: str) -> timedelta:
    """The working time from `start` to `end`; none when the end is not later."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if hours.is_always:
        return max(end - start, timedelta())
    total = timedelta()
    for opens, closes in _spans(start, hours, ZoneInfo(zone)):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta())
    return total


def _spans(start: datetime, hours: Hours, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The open spans as instants, in order, from the one that `start` may lie in."""
    first = start.astimezone(zone).date()
    for number in range(FARTHEST):
        day = first + timedelta(days=number)
        if day in hours.closed:
            continue
        for opens, closes in hours.week[day.weekday()]:
            last = day if closes != time() else day + timedelta(days=1)
            begins = datetime.combine(day, opens, zone).astimezone(UTC)
            ends = datetime.combine(last, closes, zone).astimezone(UTC)
            if ends > max(begins, start):
                yield begins, ends


def _in_order(spans: list[Span]) -> tuple[Span, ...]:
    """The spans of a day, joined where they touch or overlap."""
    joined: list[Span] = []
    for opens, closes in sorted(spans):
        if joined and (joined[-1][1] == time() or opens <= joined[-1][1]):
            before = joined.pop()
            ends = time() if time() in (before[1], closes) else max(before[1], closes)
            joined.append((before[0], ends))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _days(first: str, last: str, line: str) -> range:
    if first not in DAYS or last not in DAYS or DAYS.index(last) < DAYS.index(first):
        raise _unreadable(line)
    return range(DAYS.index(first), DAYS.index(last) + 1)


def _time(text: str, line: str) -> time:
    hour, minute = map(int, text.split(":"))
    if (hour, minute) == (24, 0):
        return time()
    try:
        return time(hour, minute)
    except ValueError as error:
        raise _unreadable(line) from error


def _date(text: str, line: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(line) from error


def _unreadable(line: str) -> ValueError:
    said = _("Not understood: “%(line)s”. Write “mon-fri 08:00-18:00” or “closed 2026-12-25”.")
    return ValueError(said % {"line": line[:60]})
