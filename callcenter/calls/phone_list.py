"""Telephone calls as their list shows them: one row a call, its legs and its logs under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from callcenter.core.paging import Page, page_of, through
from callcenter.properties.principals import Principal
from callcenter.telephony.models import (
    Disposition,
    Extension,
    Flow,
    PhoneCall,
    PhoneCallParty,
    PhoneCallQuerySet,
    ViewStatus,
)

from .models import CallLog, CallLogQuerySet, HandledMissedCall
from .rows import phone_said

PAGE_SIZE = 50
MOST_EXTENSIONS = 100
ICONS = {Flow.INCOMING: "telephone-inbound", Flow.OUTGOING: "telephone-outbound"}


@dataclass(frozen=True)
class Leg:
    """What one extension saw of a call, in words; `seconds` it talked, None when it did not."""

    row: PhoneCallParty
    who: str
    said: str
    seconds: int | None


@dataclass(frozen=True)
class PhoneRow:
    """A call with all that its row tells; `kind` is that of the mark beside its state."""

    call: PhoneCall
    caller: str
    called: str
    icon: str
    said: str
    kind: str
    seconds: int | None
    legs: list[Leg]
    logs: list[CallLog]
    handled: dict[str, str] | None = None

    @property
    def other(self) -> str:
        """The number at the other end: whom we rang, else who rang us."""
        return self.called if self.call.flow == Flow.OUTGOING else self.caller


def phone_page(
    parts: Sequence[PhoneCallQuerySet], *, principal: Principal, cursor: str
) -> Page[PhoneRow]:
    """A page of these calls, newest first: three statements, however many rows there are."""
    page = page_of(*parts, cursor=cursor, size=PAGE_SIZE, by="published_at", read=through(_shown))
    rows = _told(page.rows, principal)
    return Page(rows=rows, previous=page.previous, next=page.next, is_whole=page.is_whole)


def phone_call_row(pk: int, principal: Principal) -> PhoneRow | None:
    """One call as in its list; None for none that the principal sees: three statements.

    For owners and admins with what was said of it and taken back, on `call.undone_said`.
    """
    found = _shown(PhoneCall.objects.visible_on_pages_to(principal).filter(pk=pk))
    if principal.manages:
        undone = HandledMissedCall.objects.filter(
            phone_call=OuterRef("pk"), undone_at__isnull=False
        )
        said = JSONObject(by="handled_by_name", why="reason", who="undone_by__name")
        rows = undone.order_by("undone_at", "pk").values_list(said)
        found = found.annotate(undone_said=ArraySubquery(rows))
    return next(iter(_told(list(found), principal)), None)


def _told(calls: Sequence[PhoneCall], principal: Principal) -> list[PhoneRow]:
    """These calls with their legs and logs, in their order."""
    keys = [call.pk for call in calls]
    legs: dict[int, list[Leg]] = {}
    parties = PhoneCallParty.objects.filter(phone_call__in=keys).as_joined()
    for party in parties.select_related("extension__user"):
        legs.setdefault(party.phone_call_id, []).append(_leg(party))
    logs: dict[int, list[CallLog]] = {}
    seen = CallLog.objects.visible_to(principal).filter(phone_call__in=keys).order_by("pk")
    for log in seen.only("pk", "phone_call_id", "call_from"):
        logs.setdefault(log.phone_call_id or 0, []).append(log)
    return [as_row(call, legs.get(call.pk, []), logs.get(call.pk, [])) for call in calls]


def with_phone_call(logs: CallLogQuerySet, principal: Principal) -> CallLogQuerySet:
    """Logs with the telephone call that each is tied to; `sees_phone_call` if one sees that too."""
    seen = PhoneCall.objects.visible_on_pages_to(principal).filter(pk=OuterRef("phone_call"))
    joined = logs.select_related("phone_call").defer("phone_call__told")
    return joined.annotate(sees_phone_call=Exists(seen))


def phone_call_of(log: CallLog) -> PhoneRow | None:
    """The telephone call that a log `with_phone_call` is tied to, in words; None if unseen."""
    if log.phone_call is None or not log.sees_phone_call:  # type: ignore[attr-defined]
        return None
    return as_row(log.phone_call)


def extensions_of(principal: Principal) -> list[Extension]:
    """The extensions that the principal may choose from, the first MOST_EXTENSIONS."""
    return list(Extension.objects.visible_to(principal).for_list()[:MOST_EXTENSIONS])


def _shown(keys: QuerySet[Any, Any]) -> QuerySet[PhoneCall]:
    rows = PhoneCall.objects.filter(pk__in=keys).select_related("property", "extension__user")
    handled = HandledMissedCall.objects.standing().filter(phone_call=OuterRef("pk"))
    said = JSONObject(by="handled_by_name", why="reason")
    return rows.defer("told").annotate(handled_said=Subquery(handled.values_list(said)[:1]))


def as_row(call: PhoneCall, legs: Sequence[Leg] = (), logs: Sequence[CallLog] = ()) -> PhoneRow:
    """A call in words, with these legs and logs; if it was missed also who handled it and why."""
    said, kind = state_of(call)
    return PhoneRow(
        call=call,
        caller=caller_said(call.caller_e164, call.caller_raw),
        called=phone_said(call.called_e164, call.called_raw),
        icon=ICONS.get(Flow(call.flow), "telephone-x") if call.flow else "telephone-inbound",
        said=said,
        kind=kind,
        seconds=_talked(call),
        legs=list(legs),
        logs=list(logs),
        handled=getattr(call, "handled_said", None),
    )


def caller_said(e164: str, raw: str) -> str:
    """The number of who rang, or a word when there is none."""
    return phone_said(e164, raw) or _("withheld")


def state_of(call: PhoneCall) -> tuple[str, str]:
    """How a call stands in a word, and the kind of the mark beside it."""
    if call.ended_at is None:
        return (_("On call") if call.answered_at else _("Ringing")), "open"
    if call.answered_at is not None:
        return _("Answered"), "closed"
    if call.flow == Flow.INCOMING:
        return _("Missed"), "waiting"
    if call.disposition is None:
        return _("Unknown"), "closed"
    return str(Disposition(call.disposition).label), "closed"


def _leg(party: PhoneCallParty) -> Leg:
    who = ""
    if party.extension is not None:
        user = party.extension.user
        who = f"{party.extension.number} {user}" if user else party.extension.number
    if party.ended_at is None:
        said = str(ViewStatus(party.status).label)
    elif party.disposition is None:
        said = _("Ended")
    else:
        said = str(Disposition(party.disposition).label)
    return Leg(party, who or _("no extension told"), said, _talked(party))


def _talked(row: PhoneCall | PhoneCallParty) -> int | None:
    """Seconds from answer to end; None when it was not answered, goes on, or is unknown."""
    if isinstance(row, PhoneCall) and row.talk_seconds is not None:
        return row.talk_seconds
    if row.answered_at is None or row.ended_at is None:
        return None
    return int((row.ended_at - row.answered_at).total_seconds())
