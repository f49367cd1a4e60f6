"""Figures of telephone calls a day, on the clock of the place: how many, and how long people wait.

A call without a property is on the organisation's clock. Only calls that are over count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Aggregate,
    Count,
    DateField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Flow, PhoneCall, PhoneCallQuerySet

PERIODS = (7, 30, 90)  # days
GOAL = timedelta(seconds=20)  # within which a call is to be answered (domain.md 3)
FARTHEST = timedelta(hours=15)  # no clock is farther from UTC
PICTURE_HEIGHT = 120  # pixels
GAP = 0.2  # of the room of a day


class Median(Aggregate):
    """The middle of spans of time; those that are unknown do not count."""

    function = "PERCENTILE_CONT"
    name = "Median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)%(filter)s"
    output_field = DurationField()


INCOMING = Q(flow=Flow.INCOMING)
IN_VAIN = INCOMING & Q(answered_at=None)
SOON_OVER = Q(ended_at__lt=F("published_at") + GOAL)
TOLD = ExpressionWrapper(F("talk_seconds") * timedelta(seconds=1), DurationField())
FIGURES = {
    "incoming": Count("pk", filter=INCOMING),
    "answered": Count("pk", filter=INCOMING & Q(answered_at__isnull=False)),
    "missed": Count("pk", filter=IN_VAIN),
    "gave_up": Count("pk", filter=IN_VAIN & SOON_OVER),
    "outgoing": Count("pk", filter=Q(flow=Flow.OUTGOING)),
    "wait": Median(F("answered_at") - F("published_at"), filter=INCOMING),
    "talk": Median(Coalesce(TOLD, F("ended_at") - F("answered_at")), filter=INCOMING),
}
MEDIANS = ("wait", "talk")


@dataclass(frozen=True, slots=True)
class Figures:
    """Calls that came in, of which some were answered and the rest missed, and calls out.

    `gave_up` are those missed that were over before GOAL. The medians are seconds, of answered
    calls that came in; None when there is none.
    """

    incoming: int
    answered: int
    missed: int
    gave_up: int
    outgoing: int
    wait: int | None
    talk: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """The figures of a day."""

    day: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a column: where it is, in pixels from the top, and what it shows."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A day of the picture; `x` and `width` are percentages."""

    day: Day
    x: float
    width: float
    parts: list[Part]


def place_day(principal: Principal) -> Cast:
    """The day on which a telephone call came, on the clock of its place."""
    zone = Coalesce("property__time_zone", Value(principal.organization.time_zone))
    local = Func(zone, F("published_at"), function="timezone", output_field=DateTimeField())
    return Cast(local, DateField())


def since_day(calls: PhoneCallQuerySet, day: date, principal: Principal) -> PhoneCallQuerySet:
    """Those that came on this day or later; the bound in UTC is for the index."""
    if day == date.min:
        return calls
    bound = datetime.combine(day, time(), tzinfo=UTC) - FARTHEST
    return calls.alias(day=place_day(principal)).filter(published_at__gte=bound, day__gte=day)


def until_day(calls: PhoneCallQuerySet, day: date, principal: Principal) -> PhoneCallQuerySet:
    """Those that came on this day or earlier, as `since_day`."""
    if day >= date.max - timedelta(days=2):
        return calls
    bound = datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC) + FARTHEST
    return calls.alias(day=place_day(principal)).filter(published_at__lt=bound, day__lte=day)


def phone_days(
    principal: Principal, *, days: int, home: Property | None
) -> tuple[list[Day], Figures]:
    """Each of the last days up to today, the newest first, and all together; two statements.

    Today is that of the organisation, or of the property when it is about one.
    """
    zone = home.time_zone if home else principal.organization.time_zone
    today = timezone.now().astimezone(ZoneInfo(zone)).date()
    first = today - timedelta(days=days - 1)
    calls = PhoneCall.objects.visible_on_pages_to(principal).over()
    if home is not None:
        calls = calls.filter(property=home)
    calls = until_day(since_day(calls, first, principal), today, principal)
    by_day = calls.annotate(on=place_day(principal)).order_by().values("on").annotate(**FIGURES)
    found = {row["on"]: _figures(row) for row in by_day}
    nothing = Figures(0, 0, 0, 0, 0, None, None)
    every = (today - timedelta(days=n) for n in range(days))
    shown = [Day(day, found.get(day, nothing)) for day in every]
    return shown, _figures(calls.aggregate(**FIGURES))


def picture_of(days: Sequence[Day]) -> list[Column]:
    """The days as columns, the oldest first: answered below, missed above, who gave up on top.

    The highest column fills the picture; empty without any call.
    """
    most = max((day.figures.incoming for day in days), default=0)
    room = 100 / max(1, len(days))
    return [
        Column(
            day=day,
            x=round(n * room + room * GAP / 2, 3),
            width=round(room * (1 - GAP), 3),
            parts=list(_parts(day.figures, most)),
        )
        for n, day in enumerate(reversed(days))
    ]


def _parts(figures: Figures, most: int) -> Iterable[Part]:
    y = float(PICTURE_HEIGHT)
    for kind, n in (
        ("answered", figures.answered),
        ("missed", figures.missed - figures.gave_up),
        ("gave-up", figures.gave_up),
    ):
        if n:
            height = round(PICTURE_HEIGHT * n / most, 2)
            y = round(y - height, 2)
            yield Part(kind, y, height)


def _figures(row: Mapping[str, Any]) -> Figures:
    """From a row with FIGURES; medians are whole seconds."""
    said = {name: row[name] for name in FIGURES}
    medians = {name: _seconds(row[name]) for name in MEDIANS}
    return Figures(**said | medians)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())
