"""What waits for somebody: calls that are due, not finished, or held by nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from callcenter.core.paging import CappedCount, Page, capped_count, page_of
from callcenter.properties.principals import Principal

from .models import CallLog, CallLogQuerySet, CallLogReason, main_reason_of
from .promises import filters_of, of_whom
from .rows import phone_said

PAGE_SIZE = 50
FINISH_WITHIN = timedelta(days=14)
NEXT_DUE = Least("first_answer_due_at", "resolve_due_at")  # the expression of the index
TICKS = Q(clock_paused_at=None) & (  # the conditions of the indexes
    Q(first_answer_due_at__isnull=False) | Q(resolve_due_at__isnull=False)
)
UNHANDLED = Q(property=None) | Q(taken_by=None, assignee=None)


@dataclass(frozen=True)
class Waiting:
    """A page of calls that wait, and how many there are; of the filters one is chosen."""

    page: Page[CallLog]
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
        show=lambda keys: for_rows(CallLog.objects.filter(pk__in=keys)).annotate(next_due=NEXT_DUE),
    )
    return Waiting(page=_with_numbers(page), count=capped_count(rows), filters=filters_of(who))


def finish_list(principal: Principal, *, cursor: str) -> Waiting:
    """What the principal has to finish, the newest first."""
    return _newest(unfinished(CallLog.objects.visible_to(principal), principal), cursor)


def unhandled_list(principal: Principal, *, cursor: str) -> Waiting:
    """What nobody cares for yet, the oldest first, because it waits longest."""
    rows = unhandled(CallLog.objects.visible_to(principal))
    return _newest(rows, cursor, is_ascending=True)


def for_rows(rows: CallLogQuerySet) -> QuerySet[CallLog]:
    """With `main_reason` and what else a row shows, without the long columns."""
    related = rows.select_related("property", "unit", "status", "assignee")
    return related.annotate(main_reason=main_reason_of("pk")).defer("search", "notes")


def _newest(rows: CallLogQuerySet, cursor: str, *, is_ascending: bool = False) -> Waiting:
    page = page_of(
        rows,
        cursor=cursor,
        size=PAGE_SIZE,
        by="contacted_at",
        is_ascending=is_ascending,
        show=lambda keys: for_rows(CallLog.objects.filter(pk__in=keys)),
    )
    return Waiting(page=_with_numbers(page), count=capped_count(rows), filters=[])


def _with_numbers(page: Page[Any]) -> Page[Any]:
    """Each row with `phone`, its number as people write it."""
    for log in page.rows:
        log.phone = phone_said(log.phone_e164, log.phone_raw)
    return page
