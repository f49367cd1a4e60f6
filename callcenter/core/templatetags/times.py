"""Times in pages: words that people use, with the exact moment beside them.

{% when value zone %} writes "6 min ago"; {% clock value zone %} writes "10:44", with the day when
it is another one than today. Both are a <time> whose `datetime` is ISO 8601 and whose `title` is
the moment to the second on the clock of `zone`, and on the reader's own when that differs.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from callcenter.core.markup import markup

from .icons import icon

register = template.Library()

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SOON = 30  # minutes before a moment in which it is amber
FIXED = '<time datetime="{}" title="{}">{}</time>'
LEFT = '<time datetime="{}" title="{}" data-left>{}</time>'  # by times.js
REFRESHED = '<time datetime="{}" title="{}" data-relative>{}</time>'  # by times.js
READING = "callcenter.core.times"


@dataclass(frozen=True)
class Reading:
    """When a page is read, on whose clock (None: on none of their own) and in which language."""

    now: datetime
    zone: ZoneInfo | None
    language: str | None

    def here(self, zone: tzinfo | None) -> datetime:
        """Now on the clock of `zone`."""
        return self.now.astimezone(zone)


type Words = Callable[[datetime, Reading], str]  # of a moment on the clock of its place


@register.simple_tag(takes_context=True)
def when(context: Context, value: datetime | None, zone: str | None = None) -> SafeString:
    """How long ago or how soon, as <time>; a word for None, because unknown is not now."""
    if value is None:
        return markup('<span class="muted">{}</span>', _("unknown"))
    return _time(context, value, zone, words=relative, shape=REFRESHED)


@register.simple_tag
def time_words() -> str:
    """The words of `relative` as JSON, so that times.js writes the same ones; {n} is the number."""
    words = {
        "now": _("just now"),
        "past": {"min": _("%(n)d min ago"), "h": _("%(n)d h ago")},
        "future": {"min": _("in %(n)d min"), "h": _("in %(n)d h")},
        "late": {"min": _("%(n)d min late"), "h": _("%(n)d h late"), "now": _("now")},
    }
    return json.dumps(words, ensure_ascii=False).replace("%(n)d", "{n}")


@register.simple_tag(takes_context=True)
def left(context: Context, value: datetime, zone: str, *, calm: bool = False) -> SafeString:
    """The time that is left to a moment, or by how much it is late, with its urgency.

    Amber within half an hour and red when late; a `calm` one is plain until it is late, and
    then amber. times.js keeps both true.
    """
    minutes = (value - _reading(context).now).total_seconds() / MINUTE
    urgency = ("soon" if calm else "late") if minutes <= 0 else "soon"
    if minutes > (0 if calm else SOON):
        urgency = ""
    mark = ""
    if urgency:
        mark = icon("exclamation-diamond-fill" if minutes <= 0 else "hourglass-split")
    shape = LEFT if minutes < HOUR / MINUTE else FIXED
    time = _time(context, value, zone, words=_left_words, shape=shape)
    kind = "calm" if calm else "due"
    return markup('<span class="clock {}" data-clock="{}">{}{}</span>', urgency, kind, mark, time)


def _left_words(local: datetime, reading: Reading) -> str:
    """ "in 8 min", "now", "12 min late", "3 h late", "2 days late"; from an hour on the clock."""
    seconds = (reading.now - local).total_seconds()
    if seconds >= 2 * DAY:
        return _("%(n)d days late") % {"n": seconds // DAY}
    if seconds >= HOUR:
        return _("%(n)d h late") % {"n": seconds // HOUR}
    if seconds >= MINUTE:
        return _("%(n)d min late") % {"n": seconds // MINUTE}
    if seconds > -MINUTE:
        return _("now")
    return relative(local, reading) if seconds > -HOUR else short(local, reading)


@register.simple_tag(takes_context=True)
def clock(context: Context, value: datetime | None, zone: str | None = None) -> SafeString:
    """The time of day in `zone` as <time>, with the date when that is not today's."""
    if value is None:
        return markup('<span class="muted">{}</span>', _("unknown"))
    return _time(context, value, zone, words=short)


@register.simple_tag(takes_context=True)
def promise_moment(context: Context, value: datetime, zone: str) -> SafeString:
    """The day, the time and whose clock, as <time>: "Wed Nov 25, 09:00 in New York"."""
    return _time(context, value, zone, words=lambda local, _reading: _in_city(local, zone))


def _in_city(local: datetime, zone: str) -> str:
    day = date_format(local, pgettext("format of the moment of a promise", "D M j, H:i"))
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return _("%(moment)s in %(city)s") % {"moment": day, "city": city}


def in_city(value: datetime, zone: str) -> str:
    """As `promise_moment`, in words only."""
    return _in_city(value.astimezone(zone_named(zone)), zone)


def relative(local: datetime, reading: Reading) -> str:
    """ "just now", "6 min ago", "in 2 h"; from a day on the weekday, later the date."""
    seconds = (reading.now - local).total_seconds()
    far = abs(seconds)
    if far < MINUTE:
        return _("just now")
    if far < HOUR:
        words = _("%(n)d min ago") if seconds > 0 else _("in %(n)d min")
        return words % {"n": far // MINUTE}
    if far < DAY:
        words = _("%(n)d h ago") if seconds > 0 else _("in %(n)d h")
        return words % {"n": far // HOUR}
    return _day(local, reading)


def short(local: datetime, reading: Reading) -> str:
    """ "10:44", or "Tue 17 Nov, 10:44" when the day is another one."""
    time = date_format(local, pgettext("format of a time", "H:i"))
    if local.date() == reading.here(local.tzinfo).date():
        return time
    return f"{_day(local, reading)}, {time}"


def duration(seconds: int) -> str:
    """ "4:51" or "1:02:03" """
    hours, rest = divmod(seconds, HOUR)
    minutes, seconds = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter(name="duration")
def duration_filter(seconds: int | None) -> str:
    """The seconds as "4:51"; "unknown" for None."""
    return _("unknown") if seconds is None else duration(seconds)


@lru_cache(maxsize=1024)
def zone_named(name: str | None) -> ZoneInfo:
    """The zone of this name, UTC for one that nobody knows."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _time(
    context: Context, value: datetime, zone: str | None, *, words: Words, shape: str = FIXED
) -> SafeString:
    reading, place = _reading(context), zone_named(zone)
    local, iso, exact = _moment(value, place, reading.zone, reading.language)
    return markup(shape, iso, exact, words(local, reading))


def _reading(context: Context) -> Reading:
    """The same for all times of a template."""
    reading: Reading | None = context.render_context.get(READING)
    if reading is None:
        user = getattr(context.get("request"), "user", None)
        name = getattr(user, "time_zone", "")
        zone = zone_named(name) if name else None
        reading = Reading(now=timezone.now(), zone=zone, language=get_language())
        context.render_context[READING] = reading
    return reading


@lru_cache(maxsize=4096)  # the same rows are looked at again and again
def _moment(
    value: datetime, zone: tzinfo, reader: tzinfo | None, _language: str | None
) -> tuple[datetime, str, str]:
    """On the clock of `zone`: the moment, as ISO 8601, and in words to the second.

    The words say it on the reader's clock as well when that says another time.
    """
    local = value.astimezone(zone)
    mine = value.astimezone(reader) if reader else local
    said = _exact(local, zone)
    if reader is not None and mine.utcoffset() != local.utcoffset():
        said = _("%(there)s; for you %(here)s") % {"there": said, "here": _exact(mine, reader)}
    return local, local.isoformat(timespec="seconds"), said


def _day(local: datetime, reading: Reading) -> str:
    """The day in as few words as are clear from now."""
    today = reading.here(local.tzinfo).date()
    return _day_said(local.date(), today, reading.language)


@lru_cache(maxsize=4096)  # a page of rows is of a few days
def _day_said(day: date, today: date, _language: str | None) -> str:
    days = (today - day).days
    if days == 1:
        return _("yesterday")
    if days == -1:
        return _("tomorrow")
    if day.year == today.year:
        return date_format(day, pgettext("format of a day of this year", "D j M"))
    return date_format(day, pgettext("format of a day of another year", "j M Y"))


def _exact(local: datetime, zone: tzinfo) -> str:
    moment = date_format(local, pgettext("format of an exact moment", "D j M Y H:i:s"))
    place = str(zone).rsplit("/", 1)[-1].replace("_", " ")
    name = local.tzname() or ""
    return f"{moment} {name}" if name == place else f"{moment} {name} ({place})"
