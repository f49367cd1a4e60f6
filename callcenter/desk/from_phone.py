"""The log form of a telephone call: what is known of the call stands in it already."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from callcenter.calls.linking import link_phone_call, phone_call_named
from callcenter.calls.models import CallLog, Direction
from callcenter.calls.phone_list import as_row
from callcenter.calls.places import Place, resolve_place
from callcenter.core.ids import read_id
from callcenter.core.phones import PhoneKind, parse_phone
from callcenter.properties.models import ResidentPhone
from callcenter.properties.numbers import today_of
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Flow, PhoneCall

FIELD = "phone_call"


def phone_call_in(data: Mapping[str, Any], principal: Principal) -> PhoneCall | None:
    """The telephone call that an address or a form names; None when it names none.

    RuleError (phone_call) for one that the principal does not see.
    """
    text = data.get(FIELD, "")
    return phone_call_named(read_id(text) or 0, principal) if text else None


def place_of(call: PhoneCall, principal: Principal) -> Place:
    """Where the one person who has the other side's number lives; nowhere when there are several.

    Only residents whom the principal sees count, with the numbers that are theirs today.
    """
    raw = other_side(call)
    number = parse_phone(raw, region=principal.organization.region)[0]
    if number.kind != PhoneKind.PERSON or not number.digits:
        return Place()
    phones = ResidentPhone.objects.visible_to(principal).held_on(today_of(principal))
    found = set(phones.ringing(number).values_list("resident_id", flat=True)[:9])
    if len(found) != 1:
        return Place()
    return resolve_place(
        principal=principal, property_id=None, unit_id=None, resident_id=found.pop()
    )


def other_side(call: PhoneCall) -> str:
    """The number that is not ours."""
    if call.flow == Flow.OUTGOING:
        return call.called_e164 or call.called_raw
    return call.caller_e164 or call.caller_raw


def known_of(call: PhoneCall, zone: str) -> dict[str, str]:
    """Initial values of the log form; the time is on the clock of `zone`."""
    is_outgoing = call.flow == Flow.OUTGOING
    seconds = as_row(call).seconds
    at = call.published_at.astimezone(ZoneInfo(zone))
    return {
        "phone": other_side(call),
        "call_from": "" if is_outgoing else call.caller_name or _nobody(call),
        "direction": (Direction.OUTBOUND if is_outgoing else Direction.INBOUND).value,
        "contacted": f"{at:%Y-%m-%d %H:%M:%S}",
        "duration": "" if seconds is None else f"{seconds // 60}:{seconds % 60:02}",
    }


def _nobody(call: PhoneCall) -> str:
    """Who called, as long as nobody says more: a call is logged before all is known."""
    return _("Withheld number") if is_withheld(call) else _("Unknown caller")


def is_withheld(call: PhoneCall) -> bool:
    """Whether the other side shows no number; systems write a word instead, or nothing."""
    return not any(sign.isdigit() for sign in other_side(call))


def tie(call_log_id: int, posted: Mapping[str, Any], principal: Principal) -> None:
    """Tie a log just written to the telephone call of its form, unless it has one already."""
    call = phone_call_in(posted, principal)
    if call is None:
        return
    logs = CallLog.objects.visible_to(principal).filter(pk=call_log_id)
    if logs.values_list("phone_call_id", flat=True).first() is None:
        link_phone_call(call_log_id=call_log_id, phone_call_id=call.pk, actor=principal)
