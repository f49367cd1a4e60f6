"""Who rings at my extensions or talks to me now, and who that may be (users.md asks 1, 3; M3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from callcenter.calls.models import CallLog
from callcenter.calls.places import Place, resolve_place
from callcenter.calls.rows import phone_said
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, Flow, PhoneCall, PhoneCallParty

from .from_phone import FIELD, is_withheld, other_side
from .memory import Memory, remember
from .whose import Candidate, Whose, whose

MOST = 2  # calls at once; of the first one the place is remembered, too


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be calling, with the log form of this call for that person."""

    who: Candidate
    url: str


@dataclass(frozen=True, slots=True)
class Pop:
    """A call at an extension of mine that I have not written down yet.

    `since` is when it began to ring, or was answered. `url` is its log form: for the likeliest
    caller when `is_sure`, else for nobody. `number` and `line` are words; `line` says which
    property's line rang. `memory` is that of the place, for the first call only.
    """

    call: PhoneCall
    is_ringing: bool
    since: datetime
    number: str
    line: str
    url: str
    is_sure: bool
    is_guess: bool
    choices: list[Choice]
    memory: Memory | None

    @property
    def who(self) -> Candidate | None:
        """The caller, when it can be only one, or only one household."""
        return self.choices[0].who if self.is_sure and self.choices else None


def pops_of(principal: Principal) -> list[Pop]:
    """My calls of now, the newest first, in at most six statements.

    One whose end was lost must not stand before the one that rings.
    """
    calls = list(_calls(principal, principal.user_id)) if principal.user_id else []
    return [_pop(call, principal, is_first=n == 0) for n, call in enumerate(calls)]


def _calls(principal: Principal, me: int) -> QuerySet[Any, Any]:
    """Live calls with a party of mine; not those between colleagues, nor those written down."""
    mine = PhoneCallParty.objects.filter(
        phone_call=OuterRef("pk"),
        extension__user_id=me,
        extension__organization_id=principal.organization_id,
        ended_at=None,
    ).order_by("-answered_at", "position")
    logged = CallLog.objects.filter(phone_call=OuterRef("pk"), taken_by_id=me, withdrawn_at=None)
    ours = Extension.objects.filter(
        organization_id=principal.organization_id, own_line=OuterRef("caller_e164")
    ).exclude(own_line="")
    visible = PhoneCall.objects.visible_to(principal).live().filter(Exists(mine))
    calls = visible.exclude(Exists(logged)).exclude(flow=Flow.LOCAL)
    calls = calls.annotate(
        my_answer=Subquery(mine.filter(answered_at__isnull=False).values("answered_at")[:1]),
        my_ring=Coalesce(Subquery(mine.values("ringing_at")[:1]), "published_at"),
        is_own_line=Exists(ours),
    )
    # a number that we dial is known to who dials it; it pops when somebody is there
    calls = calls.filter(~Q(flow=Flow.OUTGOING) | Q(my_answer__isnull=False))
    shown = calls.select_related("property").defer("told")
    return shown.order_by("-published_at", "-pk")[:MOST]


def _pop(call: Any, principal: Principal, *, is_first: bool) -> Pop:
    raw = other_side(call)
    found = Whose([]) if call.is_own_line else whose(raw, principal)
    choices = [Choice(one, _form_of(call, one)) for one in found.people]
    units = {one.unit_id or -one.resident_id for one in found.people}
    is_sure = len(units) < 2 and not found.is_guess
    likely = found.people[0] if is_sure and found.people else None
    return Pop(
        call=call,
        is_ringing=call.my_answer is None,
        since=call.my_answer or call.my_ring,
        number=_("number withheld") if is_withheld(call) else _said(call),
        line=call.property.name if call.property else "",
        url=_form_of(call, likely),
        is_sure=is_sure,
        is_guess=found.is_guess,
        choices=choices,
        memory=_memory(call, likely, principal) if is_first else None,
    )


def _said(call: PhoneCall) -> str:
    if call.flow == Flow.OUTGOING:
        return phone_said(call.called_e164, call.called_raw)
    return phone_said(call.caller_e164, call.caller_raw)


def _form_of(call: PhoneCall, who: Candidate | None) -> str:
    """The log form of a call; where nobody is known it is at the property whose line rang."""
    asked = urlencode({FIELD: call.pk})
    if who is not None:
        return f"{who.url}&{asked}"
    place = "" if call.property_id is None else f"property={call.property_id}&"
    return f"{reverse('desk:new')}?{place}{asked}"


def _memory(call: PhoneCall, who: Candidate | None, principal: Principal) -> Memory | None:
    place = Place(property=call.property)
    if who is not None:
        place = resolve_place(
            property_id=None, unit_id=None, resident_id=who.resident_id, principal=principal
        )
    return remember(place, principal)
