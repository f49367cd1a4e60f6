"""The demo's properties, units, residents and numbers, as rows for COPY (domain.md 6-8)."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from callcenter.core.text import fold, number_key
from callcenter.properties.models import Occupancy, PhoneLabel

from .names import Numbers, name, national, typed

UNITS_PER_PROPERTY = 333
FEWEST_PROPERTIES = 12
RESIDENTS_PER_UNIT = 1.8
HEAVY_SHARE = 0.15  # of the residents make most of the calls

# name, zone, city, state, way of numbering units
PROPERTIES: tuple[tuple[str, str, str, str, str], ...] = (
    ("Maple Court", "America/New_York", "Albany", "NY", "floors"),
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


def resident_rows(
    sites: list[Site], ids: list[int], today: date, rng: random.Random
) -> Iterator[ResidentRow]:
    """The residents: current, moved out, coming, owners elsewhere, one person on two units."""
    homes = _homes(sites, len(ids), rng)
    keys = iter(ids)
    before: ResidentRow | None = None
    for site, unit in homes:
        first, middle, last = name(rng)
        person_key = None
        if before is not None and unit is not None and rng.random() < 0.01:  # a second unit
            first, middle, last = before.first_name, before.middle_name, before.last_name
            person_key = before.person_key or uuid.UUID(int=rng.getrandbits(128), version=4)
        move_in, move_out = _stay(today, rng)
        occupancy, weights = zip(*OCCUPANCIES.items(), strict=True)
        row = ResidentRow(
            id=next(keys),
            organization_id=site.row.organization_id,
            property_id=site.row.id,
            unit_id=unit.id if unit else None,
            first_name=first,
            middle_name=middle,
            last_name=last,
            search_name=fold(f"{first} {middle} {last}"),
            email=_email(first, last, rng),
            occupancy=rng.choices(occupancy, weights)[0] if unit else Occupancy.CONTACT.value,
            move_in=move_in,
            move_out=move_out,
            person_key=person_key,
        )
        before = row
        site.people.append(_person(row, unit))
        yield row
    for site in sites:
        rng.shuffle(site.people)
        site.heavy = max(1, round(len(site.people) * HEAVY_SHARE))


OCCUPANCIES = {
    Occupancy.RESIDENT.value: 45,
    Occupancy.RENTER.value: 42,
    Occupancy.OWNER.value: 13,
}


def _homes(
    sites: list[Site], people: int, rng: random.Random
) -> Iterator[tuple[Site, UnitRow | None]]:
    """Where each resident belongs: one for each unit that is not vacant, the rest anywhere."""
    flat = [(site, unit) for site in sites for unit in site.units]
    taken = [home for home in flat if rng.random() >= 0.06] or flat
    given = taken[:people]
    yield from given
    for _ in range(people - len(given)):
        site, unit = rng.choice(taken)
        yield site, None if rng.random() < 0.02 else unit


def _stay(today: date, rng: random.Random) -> tuple[date | None, date | None]:
    """Move-in and move-out: 88 % live there, 9 % left (some yesterday), 3 % are coming."""
    luck = rng.random()
    if luck < 0.03:
        return today + timedelta(days=rng.randrange(1, 90)), None
    since = int(rng.expovariate(1 / 900)) + 1
    move_in = today - timedelta(days=since)
    if luck < 0.12:
        left = 1 if rng.random() < 0.1 else rng.randrange(1, since + 1)
        return move_in, today - timedelta(days=left)
    return (None if luck < 0.2 else move_in), None


def _email(first: str, last: str, rng: random.Random) -> str:
    plain = "".join(c for c in fold(f"{first}.{last}") if c.isascii() and (c.isalnum() or c == "."))
    if len(plain) < 3 or rng.random() < 0.25:
        return ""
    return f"{plain.strip('.')}{rng.randrange(100)}@example.{rng.choice(('com', 'net', 'org'))}"


def _person(row: ResidentRow, unit: UnitRow | None) -> Person:
    parts = (row.first_name, row.middle_name, row.last_name)
    label = " ".join(part for part in (unit.building, unit.number) if part) if unit else ""
    full_name = " ".join(part for part in parts if part)
    return Person(row.id, row.unit_id, label, full_name, row.move_in, row.move_out)


def phone_rows(sites: list[Site], rng: random.Random, *, many: bool) -> Iterator[PhoneRow]:
    """The residents' numbers: none to four each, some shared by a household, as typed."""
    numbers = Numbers(rng, many=many)
    labels = [PhoneLabel.CELL.value, PhoneLabel.UNIT.value, PhoneLabel.WORK.value]
    labels.append(PhoneLabel.OTHER.value)
    for site in sites:
        households: dict[int | None, str] = {}
        for person in site.people:
            count = rng.choices((0, 1, 2, 3, 4), (4, 50, 32, 10, 4))[0]
            for label in labels[:count]:
                e164 = numbers.deal(site.row.time_zone)
                if label == "unit":
                    e164 = households.setdefault(person.unit_id, e164)
                extension = f"{rng.randrange(1, 500):04d}" if label == "work" else ""
                row = PhoneRow(
                    organization_id=site.row.organization_id,
                    resident_id=person.id,
                    label=label,
                    raw=typed(e164, extension, rng),
                    e164=e164,
                    extension=extension,
                    digits_reversed=national(e164)[::-1],
                )
                person.phones.append(row)
                yield row
