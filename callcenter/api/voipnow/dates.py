"""Dates as they are asked for and told: whole seconds, UTC (wire/voipnow.md 1 and 7)."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import F, Func, Q, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThan

SECOND = timedelta(seconds=1)
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
WRITTEN = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:(\.[0-9]{1,6})[0-9]*)?"
    r"(?:(Z)|([+ -])([0-9]{2}):?([0-9]{2}))?",
    re.ASCII,
)


def read_date(text: str, zone: tzinfo) -> datetime | None:
    """`YYYY-MM-DDThh:mm:ss` with or without an offset; without it is of `zone`. None: no date.

    A blank before the offset is the `+` that a form made of it. What lies outside the years that
    can be compared is moved to their end.
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    naive, fraction, is_utc, sign, hours, minutes = found.groups()
    offset = f"{'-' if sign == '-' else '+'}{hours}:{minutes}" if sign else ""
    try:
        at = datetime.fromisoformat(f"{naive}{fraction or ''}{'+00:00' if is_utc else offset}")
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    try:
        return min(max(at.astimezone(UTC), FIRST), LAST)
    except OverflowError:
        return FIRST if at.year == 1 else LAST


def utc_text(name: str) -> Cast:
    """A column's moment as PostgreSQL writes it in UTC: what `told` takes."""
    return Cast(Func(F(name), template="%(expressions)s AT TIME ZONE 'UTC'"), TextField())


def told(text: str) -> str:
    """A moment, as PostgreSQL writes it in UTC, as the dialect writes it."""
    return f"{text[:10]}T{text[11:19]}Z"


def since(column: Combinable, at: datetime) -> GreaterThanOrEqual:
    """Where the second of `column`, as it is told, is not before `at`."""
    return GreaterThanOrEqual(column, _up(at))


def until(column: Combinable, at: datetime) -> LessThan:
    """Where the second of `column`, as it is told, is not after `at`."""
    return LessThan(column, _down(at) + SECOND)


def before(column: Combinable, at: datetime) -> LessThan:
    """Where the second of `column`, as it is told, is before `at`."""
    return LessThan(column, _up(at))


def after(column: Combinable, at: datetime) -> GreaterThanOrEqual:
    """Where the second of `column`, as it is told, is after `at`."""
    return GreaterThanOrEqual(column, _down(at) + SECOND)


def same(column: Combinable, at: datetime) -> Any:
    """Where the second of `column`, as it is told, is `at`; never for a part of a second."""
    return Q(since(column, at)) & Q(until(column, at)) if at.microsecond == 0 else Q(pk__in=())


def _down(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _up(at: datetime) -> datetime:
    return _down(at) + SECOND if at.microsecond else at
