"""The left zone: what waits for me, in groups with counts, and what I wrote down today."""

import statistics
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    F,
    JSONField,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from callcenter.calls import worklists
from callcenter.calls.missed import missed
from callcenter.calls.models import Callback, CallLog, main_reason_of
from callcenter.calls.phone_list import caller_said
from callcenter.calls.promises import of_whom
from callcenter.calls.unlogged import unlogged
from callcenter.core.templatetags.times import zone_named
from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCallQuerySet

MOST = 20  # counts say "20+" from here
MOST_TODAY = 200
SHOWN = {"active": 7, "finish": 4, "callbacks": 6, "due": 5, "unhandled": 4, "today": 8}
RUNG_SHOWN = 4  # telephone calls of a group
NEWEST_FIRST = ("active", "finish", "today")
DUE_WITHIN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Item:
    """A row: the call, the moment that counts for its group, and the callback if it is one."""

    call: CallLog
    at: datetime
    callback_id: int | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """A row of a telephone call: when it came, who rang, and the zone of its clock if known."""

    phone_call_id: int
    at: datetime
    caller: str
    name: str
    zone: str | None


@dataclass(frozen=True, slots=True)
class Group[Row]:
    """The first rows of a group, and how many there are, as far as anybody counted."""

    rows: list[Row]
    count: str


@dataclass(frozen=True, slots=True)
class Work:
    """What waits, by group, and my day; `at` is the moment that all of it was true.

    `talk_seconds` is the median of the durations that are known, None when none is.
    """

    at: datetime
    active: Group[Item]
    finish: Group[Item]
    callbacks: Group[Item]
    due: Group[Item]
    unhandled: Group[Item]
    unlogged: Group[Rung]
    missed: Group[Rung]
    today: list[CallLog]
    today_count: str
    talk_seconds: int | None

    @property
    def open_calls(self) -> list[CallLog]:
        """My open calls, the newest first."""
        return [item.call for item in self.active.rows]

    @property
    def open_count(self) -> str:
        """How many calls of mine are open."""
        return self.active.count


def work_of(principal: Principal, *, zone: str) -> Work:
    """The work of the principal, in two statements; the day is that of `zone`."""
    now = timezone.now()
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _keys(principal, now.astimezone(zone_named(zone))):
        found[row["part"]].append(row)
    for name, rows in found.items():
        rows.sort(key=lambda row: (row["at"], row["call"]), reverse=name in NEWEST_FIRST)
    shown = [row for name in SHOWN for row in found[name][: SHOWN[name]]]
    by_id = {call.pk: call for call in _calls({row["call"] for row in shown})}
    talked = [row["seconds"] for row in found["today"] if row["seconds"] is not None]
    groups = {
        name: Group(
            rows=[
                Item(by_id[row["call"]], row["at"], row["callback"], row["who"] is not None)
                for row in found[name][: SHOWN[name]]
                if row["call"] in by_id
            ],
            count=_capped(len(found[name]), MOST),
        )
        for name in SHOWN
    }
    today = groups.pop("today")
    return Work(
        at=now,
        **groups,
        unlogged=_rung(found["unlogged"]),
        missed=_rung(found["missed"]),
        today=[item.call for item in today.rows],
        today_count=_capped(len(found["today"]), MOST_TODAY),
        talk_seconds=round(statistics.median(talked)) if talked else None,
    )


def _calls(keys: Collection[int]) -> QuerySet[CallLog]:
    """With `main_reason` and what else a row shows, without the long columns."""
    calls = CallLog.objects.filter(pk__in=keys)
    related = calls.select_related("property", "unit", "status", "assignee")
    return related.annotate(main_reason=main_reason_of("pk")).defer("search", "notes")


def _rung(rows: list[dict[str, Any]]) -> Group[Rung]:
    """The group of these telephone calls."""
    shown = [
        Rung(
            phone_call_id=row["call"],
            at=row["at"],
            caller=caller_said(row["rung"]["e164"], row["rung"]["raw"]),
            name=row["rung"]["name"],
            zone=row["rung"]["zone"],
        )
        for row in rows[:RUNG_SHOWN]
    ]
    return Group(rows=shown, count=_capped(len(rows), MOST))


def _keys(principal: Principal, now: datetime) -> QuerySet[Any, Any]:
    """Which calls are in which group, each cut off where the counting ends; one statement."""
    visible = CallLog.objects.visible_to(principal)
    me = principal.user_id
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
    promised = of_whom(Callback.objects.visible_to(principal).pending(), "", principal)
    soon = worklists.ticking(visible, until=now + DUE_WITHIN)
    due = of_whom(soon, "", principal)
    newest = ("-contacted_at", "-pk")
    first, *others = [
        _part("active", visible.open().filter(assignee_id=me).order_by(*newest)),
        _part(
            "active",
            visible.open().filter(taken_by_id=me, assignee_id=None).order_by(*newest),
        ),
        _part("finish", worklists.unfinished(visible, principal).order_by(*newest)),
        _part(
            "callbacks",
            promised.order_by("due_at", "pk"),
            call="call_log_id",
            at="due_at",
            callback="pk",
            who="assignee_id",
            seconds=None,
        ),
        _part(
            "due",
            due.order_by(worklists.NEXT_DUE, "pk"),
            at="next_due",
        ),
        _part("unhandled", worklists.unhandled(visible).order_by("contacted_at", "pk")),
        _part(
            "today",
            visible.filter(taken_by_id=me, contacted_at__gte=morning).order_by(*newest),
            most=MOST_TODAY,
        ),
        _phone_part("unlogged", unlogged(principal)),
        _phone_part("missed", missed(principal)),
    ]
    return first.union(*others, all=True)


def _part(
    name: str,
    rows: QuerySet[Any],
    *,
    call: str = "pk",
    at: str = "contacted_at",
    callback: str | None = None,
    who: str | None = None,
    seconds: str | None = "duration_seconds",
    rung: JSONObject | None = None,
    most: int = MOST,
) -> QuerySet[Any, Any]:
    """Up to `most` + 1 rows of a group as (part, call, at, callback, who, seconds, rung)."""

    def number(column: str | None) -> Any:
        return Cast(F(column) if column else Value(None), BigIntegerField())

    said: QuerySet[Any, Any] = rows.annotate(
        part=Value(name, CharField()),
        call=Cast(F(call), BigIntegerField()),
        at=Cast(F(at), DateTimeField()),
        callback=number(callback),
        who=number(who),
        seconds=number(seconds),
        rung=rung or Cast(Value(None), JSONField()),
    )
    return said.values("part", "call", "at", "callback", "who", "seconds", "rung")[: most + 1]


def _phone_part(name: str, calls: PhoneCallQuerySet) -> QuerySet[Any, Any]:
    """The telephone calls that wait longest, with what a row tells of each."""
    told = JSONObject(
        e164="caller_e164", raw="caller_raw", name="caller_name", zone="property__time_zone"
    )
    oldest = calls.order_by("published_at", "pk")
    return _part(name, oldest, at="published_at", seconds=None, rung=told)


def _capped(count: int, most: int) -> str:
    return f"{most}+" if count > most else str(count)
