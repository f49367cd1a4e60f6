"""When to ring back, in words: a small grammar that refuses what it does not fully understand.

    due       = duration | day [clock] | clock [day] | part
    duration  = ["in"] number unit [number unit]      "in 2h", "90m", "1h30", "in 3 days"
    day       = "today" | "tomorrow" | weekday | month number [year] | "2026-11-30"
    clock     = "17:30" | "5pm" | "5:30 pm" | "noon" | "morning" | ...; behind a day also "9"

A bare number is an hour of the day from 0 to 23, and only behind a day. Every answer is shown
back before anything is saved, so the reading is plain rather than clever.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError

from .models import TimeFlag
from .values import ContactTime

LONGEST = 60
FARTHEST = timedelta(days=366)
FAR_WITHOUT_YEAR = timedelta(days=180)
MORNING = time(9)
PARTS = {
    "morning": MORNING,
    "noon": time(12),
    "midday": time(12),
    "lunch": time(12),
    "afternoon": time(14),
    "end of day": time(17),
    "eod": time(17),
    "evening": time(18),
    "tonight": time(20),
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_ALSO = {1: ("tues",), 2: ("weds",), 3: ("thur", "thurs")}
_WEEKDAYS = {
    word: number
    for number, name in enumerate(DAYS)
    for word in (name, name[:3], *_ALSO.get(number, ()))
}
_MONTHS = {
    word: number
    for number, name in enumerate(MONTHS, 1)
    for word in (name, name[:3], *(("sept",) if number == 9 else ()))
}
_NEAR = {"today": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "day after tomorrow": 2}
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _words(known: "dict[str, int] | dict[str, time]") -> str:
    return "|".join(sorted(known, key=len, reverse=True))


_UNIT = (
    r"(?P<{0}>\d{{1,4}}) ?"
    r"(?P<{0}_unit>m|min|mins|minutes?|h|hr|hrs|hours?|d|days?|w|weeks?)"
)
_DURATION = re.compile(
    rf"(?:in )?{_UNIT.format('first')}(?: ?(?:and )?{_UNIT.format('second')}| ?(?P<rest>\d\d))?",
    re.ASCII,
)
_DAY = (
    rf"(?:(?P<near>{_words(_NEAR)})|(?:on )?(?P<weekday>{_words(_WEEKDAYS)})"
    rf"|(?:on )?(?P<iso>\d{{4}}-\d\d-\d\d)"
    rf"|(?:on )?(?:(?P<month>{_words(_MONTHS)}) (?P<number>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<number2>\d{{1,2}})(?:st|nd|rd|th)? (?P<month2>{_words(_MONTHS)}))"
    r"(?: (?P<year>\d{4}))?)"
)
_PART = rf"(?:in the |this |at )?(?P<part>{_words(PARTS)})"
_CLOCK = (
    rf"(?:(?:at )?(?:(?P<hour>\d{{1,2}})[:.](?P<minute>\d\d)(?: ?(?P<half>[ap])\.?m\.?)?"
    rf"|(?P<hour2>\d{{1,2}}) ?(?P<half2>[ap])\.?m\.?)|{_PART})"
)
_BARE = r"(?:at )?(?P<bare>\d{1,2})"
_DAY_FIRST = re.compile(rf"{_DAY}(?:[ t](?:{_CLOCK}|{_BARE}))?", re.ASCII)
_CLOCK_FIRST = re.compile(rf"{_CLOCK}(?: {_DAY})?", re.ASCII)


@dataclass(frozen=True)
class Due:
    """A moment that somebody promised: the instant (UTC), whose clock was meant, what was typed.

    `flag` tells that the clock shows that time twice, or never, on that day (domain.md 8).
    """

    at: datetime
    zone: str
    text: str
    flag: TimeFlag = TimeFlag.EXACT

    @property
    def local(self) -> datetime:
        """The moment on the clock of its zone."""
        return self.at.astimezone(ZoneInfo(self.zone))

    @property
    def is_at_night(self) -> bool:
        """Whether people sleep there at that time."""
        return not 7 <= self.local.hour < 22


def read_due(text: str, *, zone: str, now: datetime) -> Due:
    """The moment after `now` that `text` means on the clock of `zone`.

    RuleError, on the field "due", when anything of it is not understood, when it is past, or
    more than a year ahead.
    """
    typed = " ".join(text.split())
    if not typed or len(typed) > LONGEST:
        raise _not_understood()
    said = unicodedata.normalize("NFKC", typed).casefold().rstrip(".!").replace(",", " ")
    said = " ".join(said.split())
    try:
        due = _read(said, typed, zone, now)
    except (ValueError, OverflowError) as error:  # the 31st of February, 25:00, 9999-12-31
        raise _not_understood() from error
    if due.at <= now:
        there = f"{due.local:%H:%M}"
        over = _("%(time)s is over there. Say the day, such as “tomorrow %(time)s”.")
        raise RuleError(over % {"time": there}, field="due")
    if due.at > now + FARTHEST:
        raise RuleError(_("This is more than a year ahead."), field="due")
    return due


def _read(said: str, typed: str, zone: str, now: datetime) -> Due:
    local_now = now.astimezone(ZoneInfo(zone))
    if match := _DURATION.fullmatch(said):
        return _after(match, typed, zone, now)
    match = _DAY_FIRST.fullmatch(said) or _CLOCK_FIRST.fullmatch(said)
    if match is None:
        raise _not_understood()
    clock = _clock_of(match.groupdict())
    return _on(_day_of(match.groupdict(), clock, local_now), clock, typed, zone)


def _after(match: re.Match[str], typed: str, zone: str, now: datetime) -> Due:
    """A duration from now, to the full minute: hours run, days keep the time of the clock."""
    units = {_UNITS[match["first_unit"][0]]: int(match["first"])}
    if match["second"]:
        unit = _UNITS[match["second_unit"][0]]
        if unit in units:
            raise _not_understood()
        units[unit] = int(match["second"])
    elif match["rest"]:
        if "hours" not in units or int(match["rest"]) > 59:
            raise _not_understood()
        units["minutes"] = int(match["rest"])
    if not any(units.values()):
        raise _not_understood()
    days = timedelta(days=units.pop("days", 0), weeks=units.pop("weeks", 0))
    start, flag = now, TimeFlag.EXACT
    if days:
        local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) + days
        shown = ContactTime.on_clock(local, zone)
        start, flag = shown.at, shown.flag
    at = start.astimezone(UTC) + timedelta(**units)
    if at.second or at.microsecond:
        at = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return Due(at=at, zone=zone, text=typed, flag=flag)


def _on(day: date, clock: time, typed: str, zone: str) -> Due:
    shown = ContactTime.on_clock(datetime.combine(day, clock), zone)
    return Due(at=shown.at, zone=zone, text=typed, flag=shown.flag)


def _clock_of(said: dict[str, str | None]) -> time:
    """The time of day; 09:00 when only a day was said, 17:00 for "today"."""
    if part := said["part"]:
        return PARTS[part]
    hour, half = said["hour"] or said["hour2"] or said.get("bare"), said["half"] or said["half2"]
    if hour is None:
        return PARTS["end of day"] if said["near"] == "today" else MORNING
    if half is None:
        return time(int(hour), int(said["minute"] or 0))
    if not 1 <= int(hour) <= 12:
        raise _not_understood()
    return time(int(hour) % 12 + (12 if half == "p" else 0), int(said["minute"] or 0))


def _day_of(said: dict[str, str | None], clock: time, local_now: datetime) -> date:
    """The day: a weekday or a date without a year is the next one that is still ahead."""
    today = local_now.date()
    is_over = clock <= local_now.time()
    if iso := said["iso"]:
        return date.fromisoformat(iso)
    if weekday := said["weekday"]:
        ahead = (_WEEKDAYS[weekday] - today.weekday()) % 7
        return today + timedelta(days=ahead or (7 if is_over else 0))
    if month := said["month"] or said["month2"]:
        number = int(said["number"] or said["number2"] or 0)
        if said["year"]:
            return date(int(said["year"]), _MONTHS[month], number)
        return _next_date(_MONTHS[month], number, today)
    return today + timedelta(days=_NEAR[said["near"] or "today"])


def _next_date(month: int, number: int, today: date) -> date:
    """The next such day, today included; one that is far needs its year."""
    day = date(today.year, month, number)
    if day < today:
        day = date(today.year + 1, month, number)
    if day - today > FAR_WITHOUT_YEAR:
        said = _("That would be %(day)s: write the year as well.")
        raise RuleError(said % {"day": day.isoformat()}, field="due")
    return day


def _not_understood() -> RuleError:
    said = _(
        "Write it like “tomorrow 9”, “in 2h”, “fri 14:30”, “5pm”, “dec 1 10am” or “end of day”."
    )
    return RuleError(said, field="due")
