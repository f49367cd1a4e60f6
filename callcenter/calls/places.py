"""Where a call is about: ids that somebody sent, resolved within what that one may see."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.properties.models import Property, Resident, Unit
from callcenter.properties.principals import Principal


@dataclass(frozen=True)
class Place:
    """A property, perhaps a unit and a resident of it; or nothing at all."""

    property: Property | None = None
    unit: Unit | None = None
    resident: Resident | None = None

    def zone(self, fallback: str) -> str:
        """The zone whose clock counts here: the property's, else `fallback`."""
        return self.property.time_zone if self.property else fallback


def resolve_place(
    *, property_id: int | None, unit_id: int | None, resident_id: int | None, principal: Principal
) -> Place:
    """The place of these ids; what a resident or unit implies is filled in.

    RuleError when an id is absent or not visible (the two look the same, B-03), or when unit,
    resident and property are not of one property.
    """
    resident = _resident(resident_id, principal) if resident_id is not None else None
    unit = resident.unit if resident else None
    if unit_id is not None and (unit is None or unit.pk != unit_id):
        unit = _unit(unit_id, principal)
    place = resident or unit
    if place is None:
        if property_id is None:
            return Place()
        return Place(property=_property(property_id, principal))
    if property_id not in (None, place.property_id):
        raise RuleError(_("This unit or resident is at another property."), field="property")
    if unit is not None and unit.property_id != place.property_id:
        raise RuleError(_("This resident lives at another property."), field="resident")
    return Place(property=place.property, unit=unit, resident=resident)


def _resident(resident_id: int, principal: Principal) -> Resident:
    found = Resident.objects.visible_to(principal).select_related("property", "unit")
    resident = found.filter(pk=resident_id).first()
    if resident is None:
        raise RuleError(_("There is no such resident."), field="resident")
    return resident


def _unit(unit_id: int, principal: Principal) -> Unit:
    found = Unit.objects.visible_to(principal).select_related("property")
    unit = found.filter(pk=unit_id).first()
    if unit is None:
        raise RuleError(_("There is no such unit."), field="unit")
    return unit


def _property(property_id: int, principal: Principal) -> Property:
    found = Property.objects.visible_to(principal).filter(pk=property_id).first()
    if found is None:
        raise RuleError(_("There is no such property."), field="property")
    return found
