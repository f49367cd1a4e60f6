"""What happens now: calls that go on and who takes them (users.md ask 20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    Min,
    OuterRef,
    Q,
    Value,
)
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callcenter.calls.models import CallLog, main_reason_of
from callcenter.calls.rows import place_said
from callcenter.outbox.models import OutboxMessage
from callcenter.properties.models import ResidentPhone
from callcenter.properties.numbers import today_of
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, Flow, PhoneCall, PhoneCallParty, UpstreamPoll
from callcenter.telephony.taking import TASK

from .board_agents import Agent, agents_of
from .from_phone import is_withheld, other_side

MOST_CALLS = 50
WAITS_LONG = timedelta(seconds=30)
FEED_SILENT = timedelta(seconds=60)
WORKED_WITHIN = timedelta(seconds=10)
ICONS = {"waiting": "telephone-inbound", "talking": "headset", "held": "pause-circle"}


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call that goes on; `state` is waiting, talking or held, since `since`."""

    call: PhoneCall
    state: str
    icon: str
    said: str
    since: datetime
    is_late: bool
    place: str
    reason: str
    agents: str


@dataclass(frozen=True, slots=True)
class Lasting:
    """How many, and since when the one that lasts longest; None for none."""

    n: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Silence:
    """A telephone system that was not heard since; without a name: events wait to be worked."""

    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Now:
    """The board of this moment. `silences` are what may make it older than it looks."""

    calls: list[LiveCall]
    is_cut: bool
    waiting: Lasting
    talking: Lasting
    agents: list[Agent]
    ready: int
    silences: list[Silence]


def now_of(principal: Principal) -> Now:
    """Calls and agents that the principal sees, in six statements."""
    calls, parties = live_calls(principal)
    logs = _logs(calls, principal)
    places = _places([call for call in calls if call.pk not in logs], principal)
    shown = [_shown(call, parties.get(call.pk, []), logs, places) for call in calls[:MOST_CALLS]]
    shown.sort(key=lambda row: (row.state != "waiting", row.since))
    agents = agents_of(principal)
    waiting, talking = counts_of(calls)
    return Now(
        calls=shown,
        is_cut=len(calls) > MOST_CALLS,
        waiting=waiting,
        talking=talking,
        agents=agents,
        ready=sum(agent.state == "ready" for agent in agents),
        silences=_silences(principal),
    )


def live_calls(
    principal: Principal,
) -> tuple[list[PhoneCall], dict[int, list[PhoneCallParty]]]:
    """Calls that go on, the longest first, one more than are shown, and who takes part in each."""
    rows = PhoneCall.objects.visible_to(principal).live().exclude(flow=Flow.LOCAL)
    rows = rows.select_related("property").defer("told").order_by("published_at", "pk")
    calls = list(rows[: MOST_CALLS + 1])
    parties: dict[int, list[PhoneCallParty]] = {}
    found = PhoneCallParty.objects.filter(phone_call__in=[call.pk for call in calls], ended_at=None)
    for party in found.as_joined().select_related("extension__user"):
        parties.setdefault(party.phone_call_id, []).append(party)
    return calls, parties


def counts_of(calls: Sequence[PhoneCall]) -> tuple[Lasting, Lasting]:
    """Who waits to be answered, and who talks."""
    waiting = [one.published_at for one in calls if one.answered_at is None and _came_in(one)]
    talking = [one.answered_at for one in calls if one.answered_at is not None]
    return tuple(  # type: ignore[return-value]
        Lasting(len(since), min(since, default=None)) for since in (waiting, talking)
    )


def _came_in(call: PhoneCall) -> bool:
    return call.flow in (Flow.INCOMING, None)


def _shown(
    call: PhoneCall,
    parties: Sequence[PhoneCallParty],
    logs: dict[int, dict[str, Any]],
    places: dict[str, str],
) -> LiveCall:
    held = [one.on_hold_at for one in parties if one.on_hold_at is not None]
    if call.answered_at is None:
        state, since = "waiting", call.published_at
    elif held:
        state, since = "held", max(held)
    else:
        state, since = "talking", call.answered_at
    words = {"waiting": _("Waiting"), "held": _("On hold"), "talking": _("On the line")}
    if state == "waiting" and not _came_in(call):
        words["waiting"] = _("Ringing there")
    log = logs.get(call.pk)
    return LiveCall(
        call=call,
        state=state,
        icon=ICONS[state] if _came_in(call) or state != "waiting" else "telephone-outbound",
        said=words[state],
        since=since,
        is_late=state == "waiting" and timezone.now() - since > WAITS_LONG,
        place=_place(call, log, places),
        reason=(log or {}).get("main_reason") or "",
        agents=_agents_of(call, parties),
    )


def _place(call: PhoneCall, log: dict[str, Any] | None, places: dict[str, str]) -> str:
    """The place of its log, else of the one household with this number, else the line."""
    if log is not None and (said := place_said(log)):
        return said
    if said := places.get(other_side(call), ""):
        return said
    if call.property is not None:
        return _("%(name)s line") % {"name": call.property.name}
    return _("withheld") if is_withheld(call) else _("unknown number")


def _agents_of(call: PhoneCall, parties: Sequence[PhoneCallParty]) -> str:
    """Who talks, else whom it rings, in words."""
    on = [one for one in parties if call.answered_at is None or one.answered_at is not None]
    names = [_name(one) for one in on if one.extension is not None]
    if not names:
        return ""
    if call.answered_at is not None:
        return ", ".join(names[:3])
    if len(names) > 1:
        return ngettext("rings %(n)d phone", "rings %(n)d phones", len(names)) % {"n": len(names)}
    return _("rings %(name)s") % {"name": names[0]}


def _name(party: PhoneCallParty) -> str:
    assert party.extension is not None  # noqa: S101 (asked)
    return str(party.extension.user or party.extension.number)


def _logs(calls: Sequence[PhoneCall], principal: Principal) -> dict[int, dict[str, Any]]:
    """The newest log of each call that has one, as far as the principal sees it."""
    rows = CallLog.objects.visible_to(principal).filter(phone_call__in=[c.pk for c in calls])
    told = rows.annotate(main_reason=main_reason_of("pk")).order_by("pk")
    columns = ("phone_call_id", "unit__building", "unit__number", "property__name", "main_reason")
    return {row["phone_call_id"]: row for row in told.values(*columns)}


def _places(calls: Sequence[PhoneCall], principal: Principal) -> dict[str, str]:
    """The one place of each number, where it has exactly one; numbers of ours have none."""
    numbers = {other_side(call) for call in calls} - {""}
    ours = Extension.objects.filter(
        organization_id=principal.organization_id, own_line=OuterRef("e164")
    )
    phones = ResidentPhone.objects.visible_to(principal).held_on(today_of(principal))
    rows = phones.filter(~Exists(ours), e164__in=numbers, resident__erased_at=None)
    columns = ("e164", "resident__unit__building", "resident__unit__number")
    found: dict[str, set[str]] = {}
    for row in rows.values(*columns, "resident__property__name"):
        found.setdefault(row["e164"], set()).add(place_said(row, of="resident__"))
    return {number: said.pop() for number, said in found.items() if len(said) == 1}


def _silences(principal: Principal) -> list[Silence]:
    """Polled systems that did not answer lately, and events that nobody works; one statement."""
    now = timezone.now()
    polls = UpstreamPoll.objects.filter(
        organization_id=principal.organization_id, upstream__closed_at=None, upstream__polls=True
    )
    silent = polls.filter(Q(live_at__lt=now - FEED_SILENT) | Q(live_at=None))
    waiting = OutboxMessage.objects.filter(
        organization_id=principal.organization_id,
        task=TASK,
        done_at=None,
        parked_at=None,
        created_at__lt=now - WORKED_WITHIN,
    )
    oldest = waiting.order_by().values("organization_id").annotate(since=Min("created_at"))
    rows = silent.order_by().values_list(
        Cast("upstream__name", CharField()), Cast("live_at", DateTimeField())
    )
    found = rows.union(oldest.values_list(Value("", CharField()), "since"), all=True)
    return [Silence(name, since) for name, since in found[:5]]
