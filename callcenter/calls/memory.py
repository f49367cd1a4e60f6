"""What the house knows of a place: its people with their numbers, open matters, last calls."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import timezone

from callcenter.core.paging import Page
from callcenter.properties.models import Resident, ResidentPhone, Unit
from callcenter.properties.principals import Principal

from .models import CallLog, CallLogQuerySet
from .rows import calls_page, phone_said

LAST = 6


class Memory:
    """The memory of a unit or, without one, of a resident; each part is read when it is shown."""

    def __init__(
        self, principal: Principal, *, unit: Unit | None, resident: Resident | None, without: int
    ) -> None:
        self.principal, self.unit, self.resident, self.without = principal, unit, resident, without

    @cached_property
    def people(self) -> list[Resident]:
        """Who lives there, those who moved out last; each with `numbers`."""
        return people_at(self.principal, unit=self.unit, resident=self.resident)

    @cached_property
    def calls(self) -> Sequence[dict[str, Any]]:
        """The last calls but for the one that is on the page."""
        page: Page[dict[str, Any]] = calls_page(self._calls(), cursor="", size=LAST)
        return page.rows

    def _calls(self) -> CallLogQuerySet:
        calls = CallLog.objects.visible_to(self.principal).exclude(pk=self.without)
        if self.unit is not None:
            return calls.filter(unit=self.unit)
        return calls.filter(resident=self.resident) if self.resident else calls.none()


def people_at(
    principal: Principal, *, unit: Unit | None, resident: Resident | None
) -> list[Resident]:
    """The residents of a unit, or the one resident, with `numbers` and `is_gone`."""
    if unit is None and resident is None:
        return []
    where = Q(unit=unit) if unit is not None else Q(pk=resident.pk if resident else None)
    found = list(with_numbers(Resident.objects.visible_to(principal).filter(where).for_list()))
    today = timezone.now().date()
    for person in found:
        person.is_gone = bool(person.move_out and person.move_out < today)
        for number in person.numbers:
            number["said"] = phone_said(number["e164"], number["raw"])
    return sorted(found, key=lambda person: person.is_gone)


def with_numbers(residents: Any) -> Any:
    """Each resident with the numbers that are valid today, those not to be used last."""
    phones = ResidentPhone.objects.filter(resident=OuterRef("pk"))
    valid = phones.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.now().date()))
    said = JSONObject(
        label="label", raw="raw", e164="e164", extension="extension", do_not_use="do_not_use"
    )
    return residents.annotate(
        numbers=ArraySubquery(valid.order_by("do_not_use", "pk").values_list(said))
    )
