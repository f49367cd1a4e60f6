"""Earlier calls that a remembered number explains (domain.md 6.3).

A number that moved keeps old calls with whom they were: only calls that have no resident count,
none that somebody else's number may explain on its day, and none before the number was this
resident's.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from callcenter.core.phones import FULL_DIGITS
from callcenter.properties.models import Resident, ResidentPhone
from callcenter.properties.principals import Principal

from .models import CallLog, CallLogQuerySet, RememberedNumber


def earlier_calls(remembered: RememberedNumber, actor: Principal) -> CallLogQuerySet:
    """The calls without a resident that this number explains, within what the actor sees."""
    phone, resident = remembered.phone, remembered.resident
    if phone is None or not phone.digits_reversed:
        return CallLog.objects.none()
    calls = (
        CallLog.objects.visible_to(actor)
        .filter(~Q(phone_digits_reversed=""), _same_digits(phone, "phone_digits_reversed"))
        .filter(_at_home(resident), resident=None, created_at__lte=remembered.created_at)
        .exclude(pk__in=remembered.calls.values("call_log"))
    )
    if phone.e164:
        calls = calls.filter(phone_e164__in=("", phone.e164))
    if phone.valid_from:
        calls = calls.filter(contacted_on__gte=phone.valid_from)
    return calls.filter(~Exists(_other_holders(phone)))


def _same_digits(phone: ResidentPhone, column: str) -> Q:
    """The last ten digits; fewer are only themselves."""
    tail = phone.digits_reversed[:FULL_DIGITS]
    return Q(**{f"{column}__startswith" if len(tail) == FULL_DIGITS else column: tail})


def _other_holders(phone: ResidentPhone) -> QuerySet[ResidentPhone]:
    """Whose number it may have been on the day of a call."""
    day = OuterRef("contacted_on")
    return (
        ResidentPhone.objects.filter(
            _same_digits(phone, "digits_reversed"), organization_id=phone.organization_id
        )
        .exclude(resident_id=phone.resident_id)
        .filter(Q(valid_from=None) | Q(valid_from__lte=day))
        .filter(Q(valid_to=None) | Q(valid_to__gte=day))
    )


def _at_home(resident: Resident) -> Q:
    """Calls from nowhere, or from where the resident lives."""
    home = Q(property_id=resident.property_id, unit=None)
    if resident.unit_id is not None:
        home |= Q(property_id=resident.property_id, unit_id=resident.unit_id)
    return Q(property=None) | home
