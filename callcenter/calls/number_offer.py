"""What the page of a call says of its number: nobody has it yet, or it was just remembered."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from callcenter.core.phones import PhoneNumber
from callcenter.properties.models import ResidentPhone
from callcenter.properties.numbers import today_of
from callcenter.properties.principals import Principal

from .memory import Memory
from .models import CallLog, RememberedNumber

JUST_NOW = timedelta(minutes=2)
MOST_PEOPLE = 9  # as many as there are digits


@dataclass(frozen=True)
class NumberOffer:
    """Whose the number of a call may become, or what was just remembered of it."""

    people: list[Any]
    remembered: RememberedNumber | None = None

    @property
    def only(self) -> Any:
        """The one person whom a single key means; None when there are several, or nobody."""
        return self.people[0] if len(self.people) == 1 else None


def _act(pk: int, principal: Principal) -> RememberedNumber:
    mine = RememberedNumber.objects.visible_to(principal)
    return mine.select_related("resident").get(pk=pk)


def number_offer(log: CallLog, memory: Memory, principal: Principal) -> NumberOffer | None:
    """None for a call without a number of a person, or one that somebody in sight has today."""
    if not log.phone_digits_reversed or not principal.may("properties.add_residentphone"):
        return None
    number = PhoneNumber(
        log.phone_raw, e164=log.phone_e164 or None, digits=log.phone_digits_reversed[::-1]
    )
    known = ResidentPhone.objects.visible_to(principal).ringing(number)
    just_now = RememberedNumber.objects.visible_to(principal).filter(
        phone=OuterRef("pk"), created_at__gt=timezone.now() - JUST_NOW
    )
    remembered = Subquery(just_now.order_by("-pk").values("pk")[:1])
    held = known.held_on(today_of(principal)).values_list(remembered, flat=True)[:MOST_PEOPLE]
    acts = list(held)
    if acts:
        last = max((pk for pk in acts if pk), default=None)
        return NumberOffer([], _act(last, principal)) if last else None
    if log.resident is not None:
        return NumberOffer([log.resident])
    if log.unit is None:
        return None
    people: list[Any] = memory.people
    return NumberOffer([person for person in people if not person.is_gone][:MOST_PEOPLE])
