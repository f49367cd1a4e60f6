"""Call logs read: lists, and one (wire/connect.md 5 and 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from callcenter.api.call import Call
from callcenter.api.query import QueryError
from callcenter.api.replies import JSON
from callcenter.calls.models import CallLog, Comment
from callcenter.calls.models.call_logs import CallLogQuerySet
from callcenter.calls.placed import Parent, PlacedCalls
from callcenter.core.phones import PhoneNumber, parse_phone
from callcenter.properties.models import Property, Resident, Unit

from .access import only, require_linked, require_log
from .lists import Listing, listed
from .params import moment_in, sort_ascends
from .telling import tell_calls, tell_logs
from .wire import CallCenterActivityLog, encode


def unit_logs(call: Call, unit_id: int) -> HttpResponseBase:
    """The call logs of a unit."""
    require_linked(Unit, unit_id, call)
    return _of_place(call, "unit_id", unit_id)


def property_logs(call: Call, property_id: int) -> HttpResponseBase:
    """The call logs of a property."""
    require_linked(Property, property_id, call)
    return _of_place(call, "property_id", property_id)


def resident_logs(call: Call, resident_id: int) -> HttpResponseBase:
    """The call logs of a resident."""
    require_linked(Resident, resident_id, call)
    return _of_place(call, "resident_id", resident_id)


@dataclass(frozen=True)
class PlacedLogs:
    """The call logs of a place, in the dialect's shapes."""

    calls: PlacedCalls
    width = 2

    @property
    def ascends(self) -> bool:
        """Whether the oldest stands first."""
        return self.calls.ascends

    @property
    def filters(self) -> str:
        """What narrows the list."""
        return repr(sorted(self.calls.statuses or ()))

    def count(self) -> int:
        """How many there are."""
        return self.calls.count()

    def part(self, start: int, size: int) -> list[CallCenterActivityLog]:
        """`size` logs from number `start` (from 0) on."""
        return tell_calls(self.calls.part(start, size), self.calls.principal)

    def beyond(self, values: Sequence[Any], size: int) -> list[CallCenterActivityLog]:
        """`size` logs after the one of this (contacted_at, id)."""
        return tell_calls(self.calls.beyond(values, size), self.calls.principal)

    def keys(self, row: CallCenterActivityLog) -> Sequence[Any]:
        """The (contacted_at, id) of a log."""
        return _keys(row)

    def until_now(self) -> "tuple[int, PlacedLogs]":
        """How many there are at this moment, and the list without those that come later."""
        total, calls = self.calls.until_now()
        return total, PlacedLogs(calls)


def _of_place(call: Call, parent: Parent, pk: int) -> HttpResponseBase:
    statuses = call.query.whole_set("status")
    ascends = sort_ascends(call.query, "createdon", default=False)
    calls = PlacedCalls(call.principal, parent, pk, statuses, ascends)
    return listed(call, PlacedLogs(calls))


def all_logs(call: Call) -> HttpResponseBase:
    """Every visible call log, narrowed by filters that all must hold."""
    query, zone, rows = call.query, call.principal.organization.time_zone, _visible(call)
    reasons = query.whole_set("reason")
    since = moment_in(query, "createdfrom", zone, is_end=False)
    until = moment_in(query, "createdto", zone, is_end=True)
    text, phone = query.text("q").strip(), query.text("phone").strip()
    if reasons is not None:
        rows = rows.with_reasons_among(reasons)
    if since is not None:
        rows = rows.filter(contacted_at__gte=since)
    if until is not None:
        rows = rows.filter(contacted_at__lte=until)
    if phone:
        rows = rows.ringing(number_in(call, "phone"))
    if text:
        rows = rows.containing(text, Comment.objects.told().containing(text))
    return _listed(call, rows, sorted(reasons or ()), since, until, phone, text)


def one_log(call: Call, log_id: int) -> HttpResponse:
    """One call log, with its version as ETag."""
    require_log(log_id, call)
    found = _visible(call).filter(pk=log_id)
    version = only(list(found.values_list("version", flat=True)))
    return HttpResponse(
        encode(told(call, log_id)), content_type=JSON, headers={"ETag": f'"{version}"'}
    )


def told(call: Call, log_id: int) -> CallCenterActivityLog:
    """A call log that the caller sees, in the dialect's shape."""
    return only(tell_logs(_visible(call).filter(pk=log_id), call.principal))


def number_in(call: Call, name: str) -> PhoneNumber:
    """A telephone number of the query; QueryError when there are no digits to compare."""
    number = parse_phone(call.query.text(name), region=call.principal.organization.region)[0]
    if not number.digits:
        raise QueryError(name)
    return number


def _visible(call: Call) -> CallLogQuerySet:
    return CallLog.objects.visible_to(call.principal)


def _listed(call: Call, rows: CallLogQuerySet, *filters: object) -> HttpResponseBase:
    """The part of these that the query asks for, narrowed by `status`."""
    statuses = call.query.whole_set("status")
    ascends = sort_ascends(call.query, "createdon", default=False)
    if statuses is not None:
        rows = rows.filter(status_id__in=statuses)
    listing: Listing[Any] = Listing(
        rows=rows,
        columns=("contacted_at", "pk"),
        ascends=ascends,
        tell=partial(tell_logs, principal=call.principal),
        place=_keys,
        filters=repr((sorted(statuses or ()), *filters)),
    )
    return listed(call, listing)


def _keys(log: CallCenterActivityLog) -> Sequence[Any]:
    return (datetime.fromisoformat(log.CreatedOn), log.LogId)
