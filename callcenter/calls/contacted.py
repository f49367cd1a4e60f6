"""When a call was, as somebody typed it on a property's clock (domain.md 8)."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError

from .models import TimeFlag
from .values import ContactTime

SKEW = timedelta(minutes=5)  # clocks of two machines differ
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LONGEST = 80

_CLOCK = re.compile(
    r"(\d{1,2})[:.](\d{2})(?::(\d{2}))?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE | re.ASCII
)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[T\s]+(.+)", re.IGNORECASE | re.ASCII)
_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE | re.ASCII)


def read_contacted(text: str, *, zone: str, now: datetime | None = None) -> ContactTime:
    """The instant that `text` means on the clock of `zone`; now when it is empty.

    `10:42` and `2:15 pm` are the latest such time that is not in the future; a day stands
    before it as `2026-11-01 01:30`; an offset behind a day and time makes it exact. A time that
    a clock showed twice is taken as the first of the two and flagged, one that it skipped as
    if it had not, and flagged. RuleError when it cannot be read, or lies in the
    future or before 1990.
    """
    now = now or timezone.now()
    typed = " ".join(text.split())
    if not typed:
        return ContactTime(at=now, zone=zone)
    if len(typed) > LONGEST:
        raise _unreadable()
    at, flag = _instant(typed, ZoneInfo(zone), now)
    if at > now + SKEW:
        raise RuleError(_("This time is in the future."), field="contacted")
    if at < EARLIEST:
        raise RuleError(_("This time is too long ago."), field="contacted")
    return ContactTime(at=at, zone=zone, text=typed, flag=flag)


def _instant(typed: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, TimeFlag]:
    """The instant in UTC, and how sure it is."""
    if day := _DAY.fullmatch(typed):
        if _OFFSET.search(day[2]):
            return _with_offset(day[1], day[2]), TimeFlag.EXACT
        return _on_clock(_local(day[1], _clock(day[2])), zone)
    clock = _clock(typed)
    today = now.astimezone(zone).date()
    at, flag = _on_clock(datetime.combine(today, clock), zone)
    if at > now + SKEW:
        return _on_clock(datetime.combine(today - timedelta(days=1), clock), zone)
    return at, flag


def _on_clock(local: datetime, zone: ZoneInfo) -> tuple[datetime, TimeFlag]:
    """A naive time of a zone as UTC; flagged when that clock showed it twice or never."""
    try:
        first = local.replace(tzinfo=zone, fold=0)
        second = local.replace(tzinfo=zone, fold=1)
        at = first.astimezone(UTC)
        if first.utcoffset() == second.utcoffset():
            return at, TimeFlag.EXACT
    except OverflowError as error:
        raise _unreadable() from error
    exists = at.astimezone(zone).replace(tzinfo=None) == local
    return at, TimeFlag.AMBIGUOUS if exists else TimeFlag.IMPOSSIBLE


def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise _unreadable()
    hour, half = int(match[1]), (match[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise _unreadable()
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(match[2]), int(match[3] or 0))
    except ValueError as error:
        raise _unreadable() from error


def _local(day: str, clock: time) -> datetime:
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), clock)
    except ValueError as error:
        raise _unreadable() from error


def _with_offset(day: str, clock: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{day}T{clock.replace(' ', '').upper()}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _unreadable() from error


def _unreadable() -> RuleError:
    said = _("Write a time like 10:42, 2:15 pm or 2026-11-01 01:30.")
    return RuleError(said, field="contacted")
