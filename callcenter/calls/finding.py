"""Places that a correction may point to, found by a few words."""

from dataclasses import dataclass

from django.db.models import Q

from callcenter.core.text import fold, number_key
from callcenter.properties.models import Property, Resident, Unit
from callcenter.properties.principals import Principal

from .models import CallLog

LIMIT = 8


@dataclass(frozen=True)
class Candidate:
    """A place that can be picked: its value in the form ("u:12") and its words."""

    value: str
    label: str
    note: str = ""


def find_places(words: str, principal: Principal) -> list[Candidate]:
    """Units by number and property words, residents by name, properties by name; visible ones."""
    asked = words.split()[:6]
    if not asked:
        return []
    units = Unit.objects.visible_to(principal).for_list()
    people = Resident.objects.visible_to(principal).filter(erased_at=None).for_list()
    homes = Property.objects.visible_to(principal).for_list()
    for word in asked:
        named = Q(property__search_name__contains=fold(word))
        if number_key(word):
            units = units.filter(named | Q(number_key__startswith=number_key(word)))
        people = people.filter(search_name__contains=fold(word))
        homes = homes.filter(search_name__contains=fold(word))
    return [
        *(of_unit(unit) for unit in units[:LIMIT]),
        *(of_resident(person) for person in people[:LIMIT]),
        *(of_property(home) for home in homes[:LIMIT]),
    ]


def of_call(log: CallLog) -> Candidate:
    """The place that a call has now."""
    if log.resident is not None:
        return Candidate(f"r:{log.resident_id}", log.resident.full_name, _where(log))
    if log.unit is not None:
        return Candidate(f"u:{log.unit_id}", _where(log))
    if log.property is not None:
        return of_property(log.property)
    return Candidate("", "")


def of_unit(unit: Unit) -> Candidate:
    """A unit, whoever called from there."""
    return Candidate(f"u:{unit.pk}", f"{unit}, {unit.property}")


def of_resident(person: Resident) -> Candidate:
    """A person, at the place where the person lives."""
    where = f"{person.unit}, {person.property}" if person.unit else str(person.property)
    return Candidate(f"r:{person.pk}", person.full_name, where)


def of_property(home: Property) -> Candidate:
    """A property without a unit."""
    return Candidate(f"p:{home.pk}", home.name)


def _where(log: CallLog) -> str:
    return f"{log.unit}, {log.property}" if log.unit else str(log.property)
