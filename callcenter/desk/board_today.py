"""The day so far: how quickly calls were answered, what waits, what is under way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from callcenter.calls.missed import missed
from callcenter.calls.models import BuildingEvent, Callback, CallLog
from callcenter.core.paging import CappedCount, capped_counts
from callcenter.core.templatetags.times import zone_named
from callcenter.escalations.models import Escalation
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Flow, PhoneCall

from .board import Lasting, counts_of, live_calls
from .board_agents import signed_in

QUICK = timedelta(seconds=20)
MOST = 5
CAP = 999


@dataclass(frozen=True, slots=True)
class Answered:
    """Incoming calls of today: how many, and how many of them were answered within 20 s."""

    n: int
    quick: int

    @property
    def percent(self) -> int | None:
        """Of the calls that are over or answered; None without any."""
        return round(100 * self.quick / self.n) if self.n else None


@dataclass(frozen=True, slots=True)
class Hour:
    """Logs of an hour on the clocks of their properties; `height` in percent of the busiest."""

    hour: int
    n: int
    height: int
    is_now: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What the board tells of the day."""

    answered: Answered
    hours: list[Hour]
    logged: int
    chains: list[Escalation]
    events: list[BuildingEvent]


@dataclass(frozen=True, slots=True)
class Promises:
    """Callbacks that are late, and all that were promised for today."""

    late: CappedCount
    today: CappedCount


@dataclass(frozen=True, slots=True)
class Screen:
    """What a wallboard shows: figures, and nothing of any person (users.md 6.7)."""

    at: datetime
    waiting: Lasting
    talking: Lasting
    ready: int
    signed_in: int
    answered: Answered
    missed: CappedCount
    late: CappedCount
    promised: CappedCount
    chains: CappedCount
    logged: CappedCount


def today_so_far(principal: Principal) -> Today:
    """The day of the organisation, in four statements."""
    now = _clock(principal)
    logs = CallLog.objects.visible_to(principal).filter(contacted_on=now.date())
    counted = logs.order_by().values("contacted_hour").annotate(n=Count("pk"))
    by_hour = {row["contacted_hour"]: row["n"] for row in counted}
    chains = Escalation.objects.visible_to(principal).running()
    chains = chains.select_related("property", "call_log__unit", "policy")
    events = BuildingEvent.objects.visible_to(principal).open().told()
    return Today(
        answered=_answered(principal, now),
        hours=_hours(by_hour, now.hour),
        logged=sum(by_hour.values()),
        chains=list(chains.defer("call_log__search").order_by("started_at", "pk")[:MOST]),
        events=list(events.order_by("-opened_at", "-pk")[:MOST]),
    )


def promises_of(principal: Principal) -> Promises:
    """Counted in one statement."""
    late, today = capped_counts(_promised(principal, _clock(principal)), cap=CAP)
    return Promises(late, today)


def screen_of(principal: Principal) -> Screen:
    """All figures of a wallboard, in five statements."""
    now = _clock(principal)
    calls, _parties = live_calls(principal)
    waiting, talking = counts_of(calls)
    ready = Q(availability="ready")
    present = signed_in(principal).aggregate(n=Count("pk"), ready=Count("pk", filter=ready))
    logs = CallLog.objects.visible_to(principal).filter(contacted_on=now.date())
    lists = [
        *_promised(principal, now),
        [missed(principal)],
        [Escalation.objects.visible_to(principal).running()],
        [logs],
    ]
    late, promised, lost, chains, logged = capped_counts(lists, cap=CAP)
    return Screen(
        at=timezone.now(),
        waiting=waiting,
        talking=talking,
        ready=present["ready"],
        signed_in=present["n"],
        answered=_answered(principal, now),
        missed=lost,
        late=late,
        promised=promised,
        chains=chains,
        logged=logged,
    )


def _clock(principal: Principal) -> datetime:
    return timezone.now().astimezone(zone_named(principal.organization.time_zone))


def _morning(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _promised(principal: Principal, now: datetime) -> list[list[Any]]:
    """Pending callbacks that are late, and all promises that are due today."""
    promises = Callback.objects.visible_to(principal)
    tomorrow = _morning(now) + timedelta(days=1)
    today = promises.filter(due_at__gte=_morning(now), due_at__lt=tomorrow)
    return [[promises.pending().filter(due_at__lt=now)], [today]]


def _answered(principal: Principal, now: datetime) -> Answered:
    rows = PhoneCall.objects.visible_to(principal).filter(
        Q(answered_at__isnull=False) | Q(ended_at__isnull=False),
        flow=Flow.INCOMING,
        published_at__gte=_morning(now),
    )
    quick = Q(answered_at__lte=F("published_at") + QUICK)
    said = rows.aggregate(n=Count("pk"), quick=Count("pk", filter=quick))
    return Answered(said["n"], said["quick"])


def _hours(by_hour: dict[int, int], now: int) -> list[Hour]:
    """From the first hour with a call, or the last eleven, to the present one."""
    first = min([*by_hour, max(0, now - 10)])
    busiest = max(by_hour.values(), default=1)
    return [
        Hour(hour, by_hour.get(hour, 0), round(100 * by_hour.get(hour, 0) / busiest), hour == now)
        for hour in range(first, max([now, *by_hour]) + 1)
    ]
