"""What waits for somebody: calls that are due, not finished, or held by nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from callcenter.core.paging import CappedCount, Page, count_of, page_of, through
from callcenter.properties.principals import Principal

from .models import CallLog, CallLogQuerySet, CallLogReason, main_reason_of
from .promises import filters_of, of_whom
from .rows import phone_said, place_said

PAGE_SIZE = 50
FINISH_WITHIN = timedelta(days=14)
NEXT_DUE = Least("first_answer_due_at", "resolve_due_at")  # the expression of the index
TICKS = Q(clock_paused_at=None) & (  # the conditions of the indexes
    Q(first_answer_due_at__isnull=False) | Q(resolve_due_at__isnull=False)
)
SHOWN = (
    "pk",
    "contacted_at",
    "contacted_zone",
    "call_from",
    "phone_raw",
    "phone_e164",
    "subject",
    "unit__building",
    "unit__number",
    "property__name",
    "status__name",
    "status_kind",
    "first_answer_due_at",
    "assignee_id",
    "assignee__name",
)
UNHANDLED = Q(property=None) | Q(taken_by=None, assignee=None)


@dataclass(frozen=True)
class Waiting:
    """A page of calls that wait, and how many there are; of the filters one is chosen."""

    page: Page[dict[str, Any]]
    count: CappedCount
    filters: list[dict[str, Any]]


def ticking(rows: CallLogQuerySet, until: datetime | None = None) -> CallLogQuerySet:
    """Open calls whose clock runs, with `next_due`: the earlier of first answer and end."""
    running = rows.open().filter(TICKS).annotate(next_due=NEXT_DUE)
    return running if until is None else running.filter(next_due__lte=until)


def unfinished(rows: CallLogQuerySet, principal: Principal) -> CallLogQuerySet:
    """What the principal logged lately without a reason, or that is open without a place."""
    reasons = CallLogReason.objects.filter(call_log=OuterRef("pk"))
    lately = timezone.now() - FINISH_WITHIN
    mine = rows.filter(taken_by_id=principal.user_id, contacted_at__gte=lately)
    return mine.filter(~Exists(reasons) | Q(property=None, closed_at=None))


def unhandled(rows: CallLogQuerySet) -> CallLogQuerySet:
    """Open calls that nobody took and nobody holds, or that have no place yet."""
    return rows.open().filter(UNHANDLED)


def due_list(principal: Principal, *, who: str, cursor: str) -> Waiting:
    """The calls whose clock runs, the first due first."""
    rows = of_whom(ticking(CallLog.objects.visible_to(principal)), who, principal)
    page = page_of(
        rows,
        cursor=cursor,
        size=PAGE_SIZE,
        by="next_due",
        is_ascending=True,
        read=through(lambda keys: _rows(CallLog.objects.filter(pk__in=keys))),
    )
    return Waiting(page=_told(page), count=count_of(page, rows), filters=filters_of(who))


def finish_list(principal: Principal, *, cursor: str) -> Waiting:
    """What the principal has to finish, the newest first."""
    return _newest(unfinished(CallLog.objects.visible_to(principal), principal), cursor)


def unhandled_list(principal: Principal, *, cursor: str) -> Waiting:
    """What nobody cares for yet, the oldest first, because it waits longest."""
    rows = unhandled(CallLog.objects.visible_to(principal))
    return _newest(rows, cursor, is_ascending=True)


def _rows(calls: CallLogQuerySet) -> QuerySet[Any, Any]:
    """What a row shows, as dicts."""
    told = calls.annotate(main_reason=main_reason_of("pk"), next_due=NEXT_DUE)
    rows: QuerySet[Any, Any] = told.values(*SHOWN, "main_reason", "next_due")
    return rows


def _newest(rows: CallLogQuerySet, cursor: str, *, is_ascending: bool = False) -> Waiting:
    page = page_of(
        rows,
        cursor=cursor,
        size=PAGE_SIZE,
        by="contacted_at",
        is_ascending=is_ascending,
        read=through(lambda keys: _rows(CallLog.objects.filter(pk__in=keys))),
    )
    return Waiting(page=_told(page), count=count_of(page, rows), filters=[])


def _told(page: Page[Any]) -> Page[Any]:
    """Each row with `place` and `phone` as people write them."""
    for row in page.rows:
        row["place"] = place_said(row)
        row["phone"] = phone_said(row["phone_e164"], row["phone_raw"])
    return page
