"""The left zone: what is mine and not closed, and what I wrote down today."""

import statistics
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from callcenter.calls.models import CallLog
from callcenter.core.templatetags.times import zone_named
from callcenter.properties.principals import Principal

from .memory import with_main_reason

MOST_OPEN = 20
MOST_TODAY = 200
SHOWN_TODAY = 8


@dataclass(frozen=True, slots=True)
class Work:
    """My open calls and my day, newest first; the counts say "20+" where they were capped.

    `talk_seconds` is the median of the durations that are known, None when none is.
    """

    open_calls: list[CallLog]
    open_count: str
    today: list[CallLog]
    today_count: str
    talk_seconds: int | None


def work_of(principal: Principal, *, zone: str) -> Work:
    """The work of the principal, in two statements; the day is that of `zone`."""
    visible = CallLog.objects.visible_to(principal)
    me = principal.user_id
    mine = visible.open().filter(Q(taken_by_id=me) | Q(assignee_id=me))
    open_calls = list(with_main_reason(mine.for_list())[: MOST_OPEN + 1])
    now = timezone.now().astimezone(zone_named(zone))
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
    taken = visible.filter(taken_by_id=me, contacted_at__gte=morning)
    today = list(with_main_reason(taken.for_list())[: MOST_TODAY + 1])
    durations = [call.duration_seconds for call in today if call.duration_seconds is not None]
    return Work(
        open_calls=open_calls[:MOST_OPEN],
        open_count=_capped(len(open_calls), MOST_OPEN),
        today=today[:SHOWN_TODAY],
        today_count=_capped(len(today), MOST_TODAY),
        talk_seconds=round(statistics.median(durations)) if durations else None,
    )


def _capped(count: int, most: int) -> str:
    return f"{most}+" if count > most else str(count)
