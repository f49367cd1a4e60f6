"""Who rings in the demo, and from where (domain.md 1, 6)."""

import random
from collections.abc import Sequence
from typing import NamedTuple

from .moments import Moment
from .names import Numbers, national, typed
from .places import Person, Site
from .words import KIN, UNPLACED_CALLERS

NO_PLACE = 0.05  # of all calls; with NO_UNIT the 8 % that have no unit
NO_UNIT = 0.03
NO_PERSON = 0.05  # somebody else calls from a unit
HEAVY_CALLS = 0.6  # of a property's calls come from its heavy callers
WITHHELD = ("Anonymous", "Restricted", "unavailable", "0003*210")


class Place(NamedTuple):
    """Where a call is from, who calls, and the number as typed, as E.164, its digits backwards."""

    property_id: int | None
    unit_id: int | None
    resident_id: int | None
    call_from: str
    phone: tuple[str, str, str]


class Callers:
    """Draws the caller of each call."""

    def __init__(self, sites: Sequence[Site], numbers: Numbers, rng: random.Random) -> None:
        self._sites, self._numbers, self._rng = sites, numbers, rng

    def draw(self, moment: Moment) -> Place:
        """Who rings at that moment."""
        rng, site = self._rng, self._sites[moment.site]
        luck = rng.random()
        if luck < NO_PLACE + NO_UNIT:
            number = self._numbers.deal(site.row.time_zone) if rng.random() < 0.7 else ""
            where = None if luck < NO_PLACE else site.row.id
            return Place(where, None, None, rng.choice(UNPLACED_CALLERS), self._typed(number))
        person = self._person(moment, site)
        if person is None or rng.random() < NO_PERSON:
            unit = rng.choice(site.units)
            label = " ".join(part for part in (unit.building, unit.number) if part)
            said = f"{rng.choice(KIN)} {label}"
            return Place(site.row.id, unit.id, None, said, ("", "", ""))
        return Place(site.row.id, person.unit_id, person.id, person.full_name, self._phone(person))

    def _person(self, moment: Moment, site: Site) -> Person | None:
        """Who calls: the property's heavy callers most, nobody who does not live there then."""
        rng, people, heavy = self._rng, site.people, site.heavy
        day = moment.at.date()
        for _ in range(6):
            if rng.random() < HEAVY_CALLS or heavy == len(people):
                person = people[int(rng.random() * heavy)]
            else:
                person = people[heavy + int(rng.random() * (len(people) - heavy))]
            if person.unit_id is not None and person.lives_here(day):
                return person
        return None

    def _phone(self, person: Person) -> tuple[str, str, str]:
        luck = self._rng.random()
        if luck < 0.05:
            return self._rng.choice(WITHHELD), "", ""
        if luck < 0.15 or not person.phones:
            return "", "", ""
        row = self._rng.choice(person.phones)
        return row.raw, row.e164, row.digits_reversed

    def _typed(self, e164: str) -> tuple[str, str, str]:
        if not e164:
            return "", "", ""
        return typed(e164, "", self._rng), e164, national(e164)[::-1]
