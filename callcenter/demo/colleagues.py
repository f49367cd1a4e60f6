"""What the demo's people do about its telephone calls, so that these do not pile up.

They write down most of what they answered and ring back most of who was missed, some minutes
later. The rest waits for whoever tries the demo, and is cleared up after hours. What was loaded
with the demo stays as it is.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from callcenter.calls.actions import log_call
from callcenter.calls.linking import link_phone_call
from callcenter.calls.missed import handle_missed_calls, missed
from callcenter.calls.models import Reason
from callcenter.calls.phone_list import as_row
from callcenter.calls.unlogged import is_logged
from callcenter.calls.values import ContactTime, NewCall
from callcenter.core.errors import RuleError
from callcenter.core.transactions import write_transaction
from callcenter.desk.from_phone import other_side, place_of
from callcenter.properties.access import principal_for
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Flow, PhoneCall, PhoneCallParty, Upstream

from .words import SUBJECTS

SOON = timedelta(minutes=10)  # after a call; the radar waits for half an hour
AT_LAST = timedelta(hours=2)
TO_THE_VISITOR = "0$"  # wire ids of those that wait until AT_LAST: one of sixteen
AT_ONCE = 20
PAST = "past"  # begins the ids of the loaded calls; a run of `fake_pbx` begins its own with a time
LOADED = Q(external_id__startswith=f"{PAST}.")
RANG_BACK = ("Rang back, all is well", "Rang back, left a message", "Rang back, wrong number")


def catch_up(owner: Principal, upstream: Upstream, now: datetime, rng: random.Random) -> int:
    """Write down and ring back what is due at the moment; how many calls that were."""
    calls = PhoneCall.objects.visible_to(owner).over().filter(_due("ended_at", now))
    calls = calls.filter(upstream=upstream, flow=Flow.INCOMING).exclude(LOADED | is_logged(owner))
    answered = PhoneCallParty.objects.filter(
        phone_call__in=calls.values("pk"), answered_at__isnull=False, extension__user__isnull=False
    )
    parties = answered.select_related("phone_call", "extension").order_by("phone_call_id")
    done = sum(_write_down(party, rng) for party in parties[:AT_ONCE])
    vain = missed(owner).filter(~LOADED, _due("published_at", now), upstream=upstream)
    keys = list(vain.order_by("published_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    if keys:
        reason = rng.choice(RANG_BACK)
        done += len(handle_missed_calls(phone_call_ids=keys, reason=reason, actor=owner))
    return done


def _due(moment: str, now: datetime) -> Q:
    """Those that are not the visitor's, and after hours all of them."""
    soon: dict[str, Any] = {f"{moment}__lte": now - SOON}
    at_last: dict[str, Any] = {f"{moment}__lte": now - AT_LAST}
    return Q(**soon) & (Q(**at_last) | ~Q(wire_id__regex=TO_THE_VISITOR))


def _write_down(party: PhoneCallParty, rng: random.Random) -> bool:
    """A log by whoever answered; False when that person left or may not."""
    call, extension = party.phone_call, party.extension
    user_id = extension.user_id if extension is not None else None
    actor = principal_for(
        user_id=user_id or 0, organization_id=party.organization_id, request_id="fake_pbx"
    )
    if actor is None:
        return False
    try:
        with write_transaction(actor):
            log = log_call(call=_heard(call, actor, rng), actor=actor)
            link_phone_call(call_log_id=log.pk, phone_call_id=call.pk, actor=actor)
    except RuleError:
        return False
    return True


def _heard(call: PhoneCall, actor: Principal, rng: random.Random) -> NewCall:
    """What it was about; never an emergency, which would ask for its card."""
    place = place_of(call, actor)
    usual = Reason.objects.visible_to(actor).in_use().filter(mnemonic__in=SUBJECTS)
    reasons = list(usual.exclude(mnemonic__startswith="e").order_by("pk"))
    reason = rng.choice(reasons) if reasons else None
    return NewCall(
        property_id=place.property.pk if place.property else None,
        unit_id=place.unit.pk if place.unit else None,
        resident_id=place.resident.pk if place.resident else None,
        call_from=call.caller_name.title() or "Somebody who gave no name",
        phone=other_side(call),
        reason_ids=[reason.pk] if reason else [],
        subject=rng.choice(SUBJECTS[reason.mnemonic]) if reason else "",
        contacted=ContactTime(at=call.published_at, zone=place.zone(actor.organization.time_zone)),
        duration_seconds=as_row(call).seconds,
    )
