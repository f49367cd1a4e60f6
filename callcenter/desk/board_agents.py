"""Whom the live board shows: who signed in, and what their telephone or they themselves say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.models import Membership
from callcenter.calls.models import CallLog
from callcenter.core.templatetags.times import zone_named
from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCallParty

MOST_AGENTS = 100


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who signed in within the longest shift, with what the telephone or they say.

    `today`: how many calls they logged; None where the reader only sees their state.
    """

    name: str
    state: str
    icon: str
    said: str
    since: datetime | None
    today: int | None


def signed_in(principal: Principal) -> Any:
    """Memberships of whoever signed in so lately that the login may still last."""
    since = timezone.now() - settings.SESSION_ABSOLUTE
    rows = Membership.objects.filter(organization_id=principal.organization_id, is_active=True)
    return rows.filter(user__is_active=True, user__last_login__gte=since)


def agents_of(principal: Principal) -> list[Agent]:
    """Those whose state the principal sees; of colleagues a member sees the state alone."""
    zone = zone_named(principal.organization.time_zone)
    morning = timezone.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    logs = CallLog.objects.visible_to(principal).filter(
        taken_by=OuterRef("user"), contacted_at__gte=morning
    )
    counted = logs.order_by().values("taken_by").annotate(n=Count("pk")).values("n")
    rows = signed_in(principal) & Membership.objects.whose_state_shows_to(principal)
    rows = rows.annotate(today=Coalesce(Subquery(counted), 0), phone=_phone_of(principal))
    return [
        _agent(row, row.today if principal.manages or row.user_id == principal.user_id else None)
        for row in rows.for_list()[:MOST_AGENTS]
    ]


def _phone_of(principal: Principal) -> Subquery:
    """What the telephone of a member is busy with, whoever may see the call; null for nothing.

    A call between colleagues counts as well: who talks is not ready.
    """
    parties = PhoneCallParty.objects.filter(
        organization_id=principal.organization_id,
        extension__user=OuterRef("user"),
        ended_at=None,
        phone_call__ended_at=None,
        phone_call__withdrawn_at=None,
    )
    said = JSONObject(rings="ringing_at", talks="answered_at", holds="on_hold_at")
    first = parties.order_by(F("answered_at").asc(nulls_last=True), "ringing_at", "pk")
    return Subquery(first.values_list(said)[:1])


def _agent(row: Any, today: int | None) -> Agent:
    name, phone = str(row.user), row.phone
    if phone is None:
        icons = {"ready": "circle", "finishing": "pencil", "away": "cup-hot"}
        said = row.get_availability_display()
        state, since = row.availability, row.availability_since
        return Agent(name, state, icons[state], said, since, today)
    for state, icon, said, moment in (
        ("held", "pause-circle", _("Holding"), phone["holds"]),
        ("talking", "headset", _("On a call"), phone["talks"]),
    ):
        if moment is not None:
            return Agent(name, state, icon, said, datetime.fromisoformat(moment), today)
    since = datetime.fromisoformat(phone["rings"]) if phone["rings"] else None
    return Agent(name, "rung", "telephone-inbound", _("Phone rings"), since, today)
