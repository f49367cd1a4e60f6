"""How long something took, as people write it: `4:30`, `4m`, `1h05`, `270`."""

import re

from django.utils.translation import gettext as _

from .errors import RuleError

LONGEST = 24 * 3600

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)", re.ASCII)
_UNITS = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,3})m(?:in)?)?(?:(\d{1,5})s)?", re.ASCII)
_HOURS = re.compile(r"(\d{1,2})h([0-5]?\d)()", re.ASCII)
_SECONDS = re.compile(r"\d{1,5}", re.ASCII)


def parse_duration(text: str) -> int:
    """Seconds of a duration: `4:30`, `1:05:00`, `4m`, `4m30s`, `1h05`, `90s`, or plain seconds.

    RuleError when it reads as nothing of the kind, or as more than a day.
    """
    compact = "".join(text.lower().split())
    seconds = _read(compact)
    if seconds is None:
        raise RuleError(_("Write a duration like 4:30, 4m, 1h05 or 270."), field="duration")
    if seconds > LONGEST:
        raise RuleError(_("No call takes longer than a day."), field="duration")
    return seconds


def _read(compact: str) -> int | None:
    if _SECONDS.fullmatch(compact):
        return int(compact)
    if not compact:
        return None
    match = _CLOCK.fullmatch(compact) or _HOURS.fullmatch(compact) or _UNITS.fullmatch(compact)
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
