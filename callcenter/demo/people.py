"""The demo's residents and their numbers, as rows for COPY (domain.md 6, 7)."""

import random
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

from callcenter.core.text import fold
from callcenter.properties.models import Occupancy, PhoneLabel

from .names import TAUGHT, TAUGHT_AT, Numbers, name, national, typed
from .places import Person, PhoneRow, ResidentRow, Site, UnitRow

RESIDENTS_PER_UNIT = 1.8
HEAVY_SHARE = 0.15  # of the residents make most of the calls


def resident_rows(
    sites: list[Site], ids: list[int], today: date, rng: random.Random
) -> Iterator[ResidentRow]:
    """The residents: current, moved out, coming, owners elsewhere, one person on two units."""
    homes = _homes(sites, len(ids), rng)
    keys = iter(ids)
    before: ResidentRow | None = None
    taught = dict(TAUGHT)
    for site, unit in homes:
        known = taught.pop(_taught(site, unit), None)
        first, middle, last = known or name(rng)
        person_key = None
        if before and unit and not known and rng.random() < 0.01:  # a second unit
            first, middle, last = before.first_name, before.middle_name, before.last_name
            person_key = before.person_key or uuid.UUID(int=rng.getrandbits(128), version=4)
        move_in, move_out = (None, None) if known else _stay(today, rng)
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
    taken = [home for home in flat if rng.random() >= 0.06 or _taught(*home)] or flat
    given = taken[:people]
    yield from given
    for _ in range(people - len(given)):
        site, unit = rng.choice(taken)
        yield site, None if rng.random() < 0.02 else unit


def _taught(site: Site, unit: UnitRow | None) -> str:
    """The key of a unit of Maple Court that the desk teaches with, else ""."""
    if unit is None or site.row.name != TAUGHT_AT or unit.number_key not in TAUGHT:
        return ""
    return unit.number_key


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
