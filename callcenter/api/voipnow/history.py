"""What narrows the history, and its statistics (wire/voipnow.md 7)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from callcenter.telephony.models import Disposition, Flow, PhoneCall

from . import dates, filters, params
from .wire import PhoneCallStat

BY = ("source", "destination", "published", "answered")
CODES = {
    "startDate": "cdr_start_date_invalid",
    "endDate": "cdr_end_date_invalid",
    "saveStartDate": "cdr_save_start_date_invalid",
    "saveEndDate": "cdr_save_end_date_invalid",
}
# answered, or for calls never answered published; as the index has it
WHEN = Coalesce("answered_at", "published_at")
WORDS = {
    Disposition.ANSWERED: "answered",
    Disposition.NO_ANSWER: "unanswered",
    Disposition.BUSY: "busy",
    Disposition.FAILED: "failed",
    Disposition.UNKNOWN: "unknown",
    Disposition.NOT_ALLOWED: "unallowed",
}


def read_history(said: Mapping[str, str], zone: tzinfo) -> tuple[params.Part, Q]:
    """Which part of which calls; what is wrong is named in the order of the two tables."""
    fields, count = params.read_fields(said), params.read_count(said)
    by = params.read_filter_by(said, BY)
    operator = params.read_filter_op(said, params.ALL) if by else ""
    is_ascending = params.read_ascending(said)
    part = params.Part(fields, count, params.read_start(said), is_ascending)
    condition = Q()
    for narrowing in _narrowings(said, zone):
        condition &= narrowing
    if by:
        try:
            condition &= filters.condition(by, operator, said.get("filterValue", ""), zone)
        except filters.UnfitError:
            raise params.invalid(f"cdr_invalid_filter_by_{by}") from None
    return part, condition


def _narrowings(said: Mapping[str, str], zone: tzinfo) -> Iterator[Q]:
    for name in ("source", "destination"):
        if name in said:
            yield _number(name, said[name])
    yield _window(said, zone)
    if "disposition" in said:
        yield _disposition(said["disposition"])
    if "flow" in said:
        if said["flow"] not in map(str, Flow.values):
            raise params.invalid("cdr_flow_invalid")
        yield Q(flow=int(said["flow"]))


def _number(name: str, value: str) -> Q:
    """Exact, without signs that only divide a number; a blank in front may be a lost `+`."""
    column = filters.ARRAYS[name]
    try:
        found = filters.numbers(column, "equals", value)
        if value.startswith(" "):
            found |= filters.numbers(column, "equals", f"+{value}")
    except filters.UnfitError:
        raise params.invalid(f"cdr_{name}_invalid") from None
    return found


def _window(said: Mapping[str, str], zone: tzinfo) -> Q:
    """Both ends included. Without any date the present month, up to now."""
    read = _dates(said, zone)
    if not read:
        now = timezone.now().astimezone(zone)
        start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
        read = {"startDate": start, "endDate": now}
    condition = Q()
    columns: tuple[Combinable, ...] = (WHEN, WHEN, F("stored_at"), F("stored_at"))
    for name, column in zip(CODES, columns, strict=True):
        if name in read:
            compare = dates.until if "end" in name.lower() else dates.since
            condition &= Q(compare(column, read[name]))
    return condition


def _dates(said: Mapping[str, str], zone: tzinfo) -> dict[str, datetime]:
    """Those of the four dates that are given."""
    read: dict[str, datetime] = {}
    for name, code in CODES.items():
        if name in said:
            at = dates.read_date(said[name], zone)
            if at is None:
                raise params.invalid(code)
            read[name] = at
    for first, last in (("startDate", "endDate"), ("saveStartDate", "saveEndDate")):
        if first in read and last in read and read[first] > read[last]:
            raise params.invalid("cdr_invalid_date_parameters")
    return read


def _disposition(text: str) -> Q:
    """What came of the call; one of which nobody told is unknown."""
    if text not in map(str, Disposition.values):
        raise params.invalid("cdr_disposition_invalid")
    found = Q(disposition=int(text))
    return found | Q(disposition=None) if int(text) == Disposition.UNKNOWN else found


def statistics(calls: "QuerySet[PhoneCall]") -> tuple[int, list[PhoneCallStat]]:
    """How many calls match, and how those with a public number ended, by direction."""
    rows = calls.order_by().values_list("flow", "disposition").annotate(many=Count("pk"))
    total = 0
    stats = {Flow.INCOMING: PhoneCallStat(0), Flow.OUTGOING: PhoneCallStat(1)}
    for flow, disposition, many in rows:
        total += many
        if flow in stats:
            stat = stats[Flow(flow)]
            word = WORDS[Disposition.UNKNOWN if disposition is None else Disposition(disposition)]
            stat.total += many
            setattr(stat, word, getattr(stat, word) + many)
    return total, list(stats.values())
