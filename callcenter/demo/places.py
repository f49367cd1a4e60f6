"""The demo's properties and units, as rows for COPY, and who belongs there (domain.md 7, 8)."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from callcenter.core.text import fold, number_key

UNITS_PER_PROPERTY = 333
FEWEST_PROPERTIES = 12

# name, zone, city, state, way of numbering units
PROPERTIES: tuple[tuple[str, str, str, str, str], ...] = (
    ("Maple Court", "America/New_York", "Albany", "NY", "letters"),
    ("Harbor Point Towers", "America/New_York", "Baltimore", "MD", "letters"),
    ("Prairie Commons", "America/Chicago", "Evanston", "IL", "buildings"),
    ("Saguaro Terrace", "America/Phoenix", "Tempe", "AZ", "letters"),
    ("Signal Hill Residences", "America/St_Johns", "St. John's", "NL", "zeros"),
    ("Albion Wharf", "Europe/London", "London", "", "letters"),
    ("Cottonwood Flats", "America/Denver", "Aurora", "CO", "buildings"),
    ("Pacific Gardens", "America/Los_Angeles", "Long Beach", "CA", "floors"),
    ("Elm Street Homes", "America/New_York", "Rochester", "NY", "houses"),
    ("Lakeview Lofts", "America/Chicago", "Milwaukee", "WI", "floors"),
    ("The Juniper", "America/Los_Angeles", "Portland", "OR", "zeros"),
    ("Orchard Row", "America/New_York", "Trenton", "NJ", "buildings"),
)
# Hours of their own; elsewhere those of the organisation count.
HOURS_AT: dict[str, str] = {
    "Harbor Point Towers": "mon-sun 07:00-23:00",
    "Albion Wharf": "mon-fri 09:00-17:30",
    "Elm Street Homes": "mon-fri 09:00-17:00",
}


class PropertyRow(NamedTuple):
    """Columns of Property."""

    id: int
    organization_id: int
    name: str
    search_name: str
    legal_name: str
    address1: str
    city: str
    state: str
    zip: str
    time_zone: str
    greeting: str
    instructions: str
    emergency_rules: str
    hours: str


class UnitRow(NamedTuple):
    """Columns of Unit."""

    id: int
    organization_id: int
    property_id: int
    number: str
    number_key: str
    building: str
    floor: str
    address1: str
    city: str
    state: str
    display_order: int
    may_enter: bool | None
    pets: str
    medical_note: str
    instructions: str


class ResidentRow(NamedTuple):
    """Columns of Resident."""

    id: int
    organization_id: int
    property_id: int
    unit_id: int | None
    first_name: str
    middle_name: str
    last_name: str
    search_name: str
    email: str
    occupancy: str
    move_in: date | None
    move_out: date | None
    person_key: uuid.UUID | None


class PhoneRow(NamedTuple):
    """Columns of ResidentPhone."""

    organization_id: int
    resident_id: int
    label: str
    raw: str
    e164: str
    extension: str
    digits_reversed: str


@dataclass(slots=True)
class Person:
    """What a call needs to know of a resident."""

    id: int
    unit_id: int | None
    unit_label: str
    full_name: str
    move_in: date | None
    move_out: date | None
    phones: list[PhoneRow] = field(default_factory=list)

    def lives_here(self, day: date) -> bool:
        """Whether the person calls as a resident on that day; sixty days after moving out too."""
        if self.move_in is not None and day < self.move_in:
            return False
        return self.move_out is None or day <= self.move_out + timedelta(days=60)


@dataclass(slots=True)
class Site:
    """A property with its units and people; the first `heavy` people call most."""

    row: PropertyRow
    units: list[UnitRow] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    heavy: int = 0


def property_rows(organization_id: int, ids: list[int]) -> Iterator[PropertyRow]:
    """As many properties as there are ids; beyond twelve the names get a number."""
    for n, key in enumerate(ids):
        title, zone, city, state, _ = PROPERTIES[n % len(PROPERTIES)]
        again = n // len(PROPERTIES)
        title = f"{title} {again + 1}" if again else title
        yield PropertyRow(
            id=key,
            organization_id=organization_id,
            name=title,
            search_name=fold(title),
            legal_name=f"{title} Holdings LLC",
            address1=f"{100 + n} {title.split()[0]} Street",
            city=city,
            state=state,
            zip="" if zone == "Europe/London" else f"{10000 + 37 * n:05d}",
            time_zone=zone,
            greeting=f"Thank you for calling {title}.",
            instructions="Gate code is with the courtesy officer. Office 9-17.",
            emergency_rules="No heat below 60 F, any water intrusion, no power: page on-call.",
            hours=HOURS_AT.get(title, ""),
        )


def how_many_properties(units: int) -> int:
    """Twelve, and more when they would hold more than 333 units each."""
    return max(FEWEST_PROPERTIES, round(units / UNITS_PER_PROPERTY))


def unit_rows(sites: list[Site], ids: list[int], rng: random.Random) -> Iterator[UnitRow]:
    """The units, spread over the properties, numbered in the ways that people number."""
    organization_id = sites[0].row.organization_id
    for n, key in enumerate(ids):
        site = sites[n % len(sites)]
        style = PROPERTIES[(n % len(sites)) % len(PROPERTIES)][4]
        place = len(site.units)
        building, number, floor = _numbered(style, place, rng)
        row = UnitRow(
            id=key,
            organization_id=organization_id,
            property_id=site.row.id,
            number=number,
            number_key=number_key(number),
            building=building,
            floor=floor,
            address1=building if style == "houses" else site.row.address1,
            city=site.row.city,
            state=site.row.state,
            display_order=place,
            may_enter=rng.choice((None, None, True, True, False)),
            pets=rng.choice(("", "", "", "", "Dog", "Two cats", "Parrot")),
            medical_note="Oxygen at home: power first." if rng.random() < 0.01 else "",
            instructions="Ring twice, hard of hearing." if rng.random() < 0.02 else "",
        )
        site.units.append(row)
        yield row


def _numbered(style: str, place: int, rng: random.Random) -> tuple[str, str, str]:
    """Building, number and floor of the unit at this place of its property."""
    level, door = divmod(place, 8)
    floor = str(level + 1)
    if style == "letters":
        letter = "ABCDEFGH"[door]
        if level == 15:
            return "", f"PH-{door + 1}", "PH"
        forms = ("{}{}", "{}{}", "{}-{}", "{} {}", "#{}{}")
        dirty = rng.choice(forms).format(floor, letter)
        return "", dirty.lower() if rng.random() < 0.1 else dirty, floor
    if style == "buildings":
        block, inside = divmod(place, 24)
        number = f"{inside // 8 + 1}{inside % 8 + 1:02d}"
        return f"Bldg {block + 1}", rng.choice(("{}", "{}", "#{}")).format(number), number[0]
    if style == "houses":
        return f"{2 * place + 1} Elm Street", "", ""
    number = f"{floor}{door + 1:02d}"
    if style == "zeros" and place % 2:  # "0101" beside "101": two places
        return "", f"0{floor}{door:02d}", floor
    return "", number, floor
