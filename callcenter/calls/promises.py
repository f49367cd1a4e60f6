"""Promises as pages show them: those of one call, and the list that is worked off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from callcenter.core.paging import CappedCount, Page, count_of, page_of, through
from callcenter.properties.principals import Principal

from .models import Callback, CallbackQuerySet, CallLog, CallLogQuerySet, main_reason_of
from .rows import phone_said, place_said

PAGE_SIZE = 50
CALL = "call_log__"  # stands before what a row tells of its call
SHOWN = (
    "pk",
    "contacted_zone",
    "call_from",
    "phone_raw",
    "phone_e164",
    "subject",
    "unit__building",
    "unit__number",
    "property__name",
)
FILTERS = (
    ("", _("Mine and anyone's")),
    ("mine", _("Mine")),
    ("anyone", _("Anyone's")),
    ("all", _("All")),
)


@dataclass(frozen=True)
class Worklist:
    """A page of pending promises, the first due first, and how many there are."""

    page: Page[dict[str, Any]]
    count: CappedCount
    filters: list[dict[str, Any]]


def worklist(principal: Principal, *, who: str, cursor: str) -> Worklist:
    """The promises that `who` asks for ("", "mine", "anyone", "all"), in two statements."""
    rows = of_whom(Callback.objects.visible_to(principal).pending(), who, principal)
    page = page_of(
        rows,
        cursor=cursor,
        size=PAGE_SIZE,
        by="due_at",
        is_ascending=True,
        read=through(lambda keys: _rows(Callback.objects.filter(pk__in=keys))),
    )
    for row in page.rows:
        row["place"] = place_said(row, of=CALL)
        row["phone"] = phone_said(row[f"{CALL}phone_e164"], row[f"{CALL}phone_raw"])
    return Worklist(page=page, count=count_of(page, rows), filters=filters_of(who))


def filters_of(who: str) -> list[dict[str, Any]]:
    """The filters of a worklist as its page shows them, `who` chosen."""
    return [{"who": value, "label": label, "is_current": value == who} for value, label in FILTERS]


def of_whom[Rows: QuerySet[Any]](rows: Rows, who: str, principal: Principal) -> Rows:
    """Promises, or calls, that the filter asks for; an unknown word is that of the beginning."""
    mine, anyones = Q(assignee_id=principal.user_id), Q(assignee_id=None)
    asked = {"mine": mine, "anyone": anyones, "all": Q()}
    return rows.filter(asked.get(who, mine | anyones))


def _rows(callbacks: CallbackQuerySet) -> QuerySet[Any, Any]:
    """What a row shows, as dicts."""
    told = callbacks.annotate(main_reason=main_reason_of("call_log"))
    of_call = (f"{CALL}{name}" for name in SHOWN)
    own = ("pk", "due_at", "assignee_id", "assignee__name", "main_reason")
    rows: QuerySet[Any, Any] = told.values(*own, *of_call)
    return rows


@dataclass(frozen=True)
class Pending:
    """A promise as the page of its call shows it; nobody named means anyone."""

    pk: int
    due_at: datetime
    assignee_id: int | None
    assignee: str


def with_promises(calls: CallLogQuerySet) -> CallLogQuerySet:
    """Each with `promises_said`, its pending promises for `promises_of`, in the same statement."""
    rows = Callback.objects.pending().filter(call_log=OuterRef("pk")).order_by("due_at", "pk")
    said = JSONObject(
        pk="pk", due_at="due_at", assignee_id="assignee_id", assignee="assignee__name"
    )
    return calls.annotate(promises_said=ArraySubquery(rows.values_list(said)))


def promises_of(log: CallLog) -> list[Pending]:
    """The pending promises of a call of `with_promises`, the first due first."""
    said: list[dict[str, Any]] = log.promises_said  # type: ignore[attr-defined]
    return [
        Pending(
            pk=row["pk"],
            due_at=datetime.fromisoformat(row["due_at"]),
            assignee_id=row["assignee_id"],
            assignee=row["assignee"] or "",
        )
        for row in said
    ]
