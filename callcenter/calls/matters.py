"""What a unit rings about again and again: open calls alike, and the third-call alarm (M4)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import timezone

from callcenter.properties.models import Unit
from callcenter.properties.principals import Principal

from .models import CallLog, CallLogQuerySet, CallLogReason, Reason

MOST_ALARMS = 200


@dataclass(frozen=True)
class Alarm:
    """So many calls of one unit about one family of reasons, since the first of them.

    `days` is the span in which they count; `count` has folded calls in it, withdrawn ones never.
    """

    unit: Unit
    family: str
    count: int
    first_at: datetime
    last_at: datetime
    days: int


def with_alarms_of(calls: CallLogQuerySet, unit: Unit, principal: Principal) -> CallLogQuerySet:
    """Each with `alarms_said`, for `alarms_in`: what the unit rings about, read once for all."""
    here = CallLog.objects.visible_to(principal).filter(unit=unit)
    said = JSONObject(family="reason__family", count="n", first_at="first_at", last_at="last_at")
    return calls.annotate(alarms_said=ArraySubquery(_grouped(here, principal).values_list(said)))


def alarms_in(rows: Sequence[CallLog], unit: Unit, principal: Principal) -> list[Alarm]:
    """The alarms of a unit, the most calls first, from its calls of `with_alarms_of`.

    No alarm is missed when every call that rows are made of may be among them: without a call
    there is none.
    """
    if not rows:
        return []
    days = principal.organization.alarm_days
    told: list[dict[str, Any]] = rows[0].alarms_said  # type: ignore[attr-defined]
    return [
        Alarm(
            unit=unit,
            family=row["family"],
            count=row["count"],
            first_at=datetime.fromisoformat(row["first_at"]),
            last_at=datetime.fromisoformat(row["last_at"]),
            days=days,
        )
        for row in told
    ]


def alarms(principal: Principal) -> list[Alarm]:
    """The alarms of all units that the principal sees, the most calls first, at most 200.

    Two statements over the calls of the days that count.
    """
    rows = list(_grouped(CallLog.objects.visible_to(principal).exclude(unit=None), principal))
    wanted = {row["call_log__unit"] for row in rows}
    units = Unit.objects.visible_to(principal).select_related("property").in_bulk(wanted)
    return [
        Alarm(
            unit=units[row["call_log__unit"]],
            family=row["reason__family"],
            count=row["n"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            days=principal.organization.alarm_days,
        )
        for row in rows
        if row["call_log__unit"] in units
    ]


def _grouped(calls: CallLogQuerySet, principal: Principal) -> Any:
    """Unit, family, `n`, `first_at` and `last_at` of the calls that make an alarm, most first."""
    organization = principal.organization
    since = timezone.now() - timedelta(days=organization.alarm_days)
    recent = calls.filter(contacted_at__gte=since)
    return (
        CallLogReason.objects.filter(call_log__in=recent.values("pk"))
        .exclude(reason__family="")
        .values("call_log__unit", "reason__family")
        .annotate(
            n=Count("call_log", distinct=True),
            first_at=Min("call_log__contacted_at"),
            last_at=Max("call_log__contacted_at"),
        )
        .filter(n__gte=organization.alarm_calls)
        .order_by("-n", "-last_at", "call_log__unit", "reason__family")[:MOST_ALARMS]
    )


@dataclass(frozen=True)
class Nth:
    """That a call being logged is the `number`th of its unit about a family within `days`.

    `calls` are those before it, newest first, at most three.
    """

    family: str
    number: int
    days: int
    calls: list[CallLog]


def nth_call(unit: Unit, reason_ids: Collection[int], principal: Principal) -> Nth | None:
    """The alarm that another call of these reasons sets off or adds to; one statement.

    Of several families the one with the most calls; None while there are too few.
    """
    organization = principal.organization
    days, enough = organization.alarm_days, organization.alarm_calls
    since = timezone.now() - timedelta(days=days)
    families = Reason.objects.visible_to(principal).filter(pk__in=reason_ids).exclude(family="")
    calls = CallLog.objects.visible_to(principal).filter(unit=unit, contacted_at__gte=since)
    links = CallLogReason.objects.filter(
        call_log__in=calls.values("pk"), reason__family__in=families.values("family")
    )
    rows = links.order_by("-call_log__contacted_at", "-call_log").values_list(
        "reason__family", "call_log", "call_log__contacted_at", "call_log__contacted_zone"
    )
    found: dict[str, dict[int, CallLog]] = {}
    for family, pk, at, zone in rows[:MOST_ALARMS]:
        log = CallLog(pk=pk, contacted_at=at, contacted_zone=zone)
        found.setdefault(family, {})[pk] = log
    if not found:
        return None
    family, before = max(found.items(), key=lambda item: len(item[1]))
    if len(before) + 1 < enough:
        return None
    return Nth(family, len(before) + 1, days, list(before.values())[:3])


def open_alike(
    principal: Principal,
    *,
    unit_id: int | None,
    property_id: int | None,
    reason_ids: Collection[int],
) -> list[CallLog]:
    """Open calls of the unit, or of the property without a unit, about the same kind of thing.

    Of the family of one of these reasons and not older than 30 days, newest first, at most
    three, each with `reasons_said`; one statement.
    """
    if property_id is None or not reason_ids:
        return []
    since = timezone.now() - timedelta(days=30)
    families = Reason.objects.visible_to(principal).filter(pk__in=reason_ids).values("family")
    alike = CallLogReason.objects.filter(call_log=OuterRef("pk"), reason__family__in=families)
    here = Q(unit=unit_id) if unit_id is not None else Q(property=property_id, unit=None)
    calls = CallLog.objects.visible_to(principal).open().filter(here, contacted_at__gte=since)
    keys = calls.filter(Exists(alike), folded_into=None).order_by("-contacted_at", "-pk")
    rows = CallLog.objects.visible_to(principal).filter(pk__in=keys.values("pk")[:3])
    return list(rows.select_related("unit", "status").with_reasons().order_by("-contacted_at"))
