"""Applying residents of a roster: place by name, person by key, what an agent edited stays."""

from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from callcenter.core.text import fold
from callcenter.properties.models import Occupancy, Property, Resident, ResidentPhone, Unit

from .ledger import Chunk, Waiting, copy_rows, fingerprint, is_ours, next_ids, update_rows

FIELDS = ("first_name", "middle_name", "last_name", "email", "occupancy", "move_in", "move_out")
COLUMNS = dict.fromkeys(FIELDS, "text") | {"move_in": "date", "move_out": "date"}
COLUMNS |= {"search_name": "text", "unit_id": "bigint"}
NEW = ("id", "organization_id", "property_id", *COLUMNS, "source", "external_id")
PHONE = ("label", "raw", "e164", "extension", "digits_reversed")
NEAR = 0.3  # of trigrams in common, for "did you mean"

type UnitKey = tuple[int, str, str]


def apply_roster(chunk: Chunk) -> None:
    """Create or update the residents of a chunk; each line ends in `chunk.ended`."""
    homes = _homes(chunk)
    lines = [line for line in chunk.lines if _is_placed(chunk, line, homes)]
    if not lines:
        return
    units = _units(chunk, lines, homes)
    residents = _residents(chunk, lines, homes, units)
    new, known = [], []
    for line in lines:
        resident = residents.get(line.natural_key)
        if resident is None:
            new.append(line)
        elif resident.property_id != homes[fold(line.data["property"])].pk:
            said = _("This person lives at %(property)s here, and an import moves nobody there.")
            chunk.reject(line, said % {"property": resident.property.name})
        else:
            known.append((line, resident))
    numbers: list[tuple[Any, ...]] = []
    _create(chunk, new, homes, units, numbers)
    _update(chunk, known, homes, units, numbers)
    copy_rows(ResidentPhone, ("organization_id", "resident_id", *PHONE, "do_not_use"), numbers)


def _homes(chunk: Chunk) -> dict[str, Property]:
    """The properties that the lines name, by folded name; by the source's own id as well."""
    names = {line.data["property"] for line in chunk.lines}
    folded = {fold(name) for name in names}
    by_id = Q(source=chunk.source_key, external_id__in=names)
    rows = Property.objects.visible_to(chunk.principal)
    found = list(rows.filter(Q(search_name__in=folded) | by_id).order_by("pk"))
    homes = {fold(home.external_id): home for home in found if home.external_id}
    return homes | {home.search_name: home for home in found}


def _is_placed(chunk: Chunk, line: Waiting, homes: dict[str, Property]) -> bool:
    """Whether the line's property is ours; else it is refused, with the nearest name."""
    name = line.data["property"]
    if fold(name) in homes:
        return True
    rows = Property.objects.visible_to(chunk.principal)
    alike = rows.annotate(alike=TrigramSimilarity("search_name", fold(name)))
    nearest = alike.filter(alike__gt=NEAR).order_by("-alike", "pk").first()
    said = _("No such property.")
    if nearest is not None:
        said = _("No such property. Nearest: %(name)s.") % {"name": nearest.name}
    chunk.reject(line, said, column=_("Property"), value=name)
    return False


def _unit_key(line: Waiting, homes: dict[str, Property]) -> UnitKey | None:
    if "unit" not in line.data:
        return None
    home = homes[fold(line.data["property"])]
    return home.pk, line.data.get("building", ""), line.data["number_key"]


def _units(chunk: Chunk, lines: list[Waiting], homes: dict[str, Property]) -> dict[UnitKey, int]:
    """The units that the lines name; those that are not there are made."""
    wanted = {key: line for line in lines if (key := _unit_key(line, homes)) is not None}
    keys = {number for _home, _building, number in wanted}
    rows = Unit.objects.visible_to(chunk.principal).filter(
        property_id__in={home.pk for home in homes.values()}, number_key__in=keys
    )
    units = {
        (unit.property_id, unit.building, unit.number_key): unit.pk
        for unit in rows.only("property_id", "building", "number_key")
    }
    missing = [
        Unit(
            organization_id=chunk.run.organization_id,
            property_id=home,
            building=building,
            number=wanted[home, building, number].data["unit"],
        )
        for home, building, number in wanted
        if (home, building, number) not in units
    ]
    made = Unit.objects.bulk_create(missing)
    return units | {(u.property_id, u.building, u.number_key): u.pk for u in made}


def _residents(
    chunk: Chunk,
    lines: list[Waiting],
    homes: dict[str, Property],
    units: dict[UnitKey, int],
) -> dict[str, Resident]:
    """Who is here already: by what the source said before, else by place and name."""
    rows = Resident.objects.visible_to(chunk.principal).select_related("property")
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    ids = {chunk.known[line.natural_key].object_id for line in lines if _known(chunk, line)}
    by_pk = {resident.pk: resident for resident in locked.filter(pk__in=ids)}
    strangers = [line for line in lines if not _known(chunk, line)]
    names = {line.data["search_name"] for line in strangers}
    alike = locked.filter(
        property_id__in={home.pk for home in homes.values()},
        search_name__in=names,
        erased_at=None,
        move_out=None,
    )
    taken = {row.object_id for row in chunk.known.values()}
    by_place = {
        (resident.property_id, resident.unit_id, resident.search_name): resident
        for resident in alike
        if resident.pk not in taken and resident.external_id == ""
    }
    found = {}
    for line in lines:
        if _known(chunk, line):
            found[line.natural_key] = by_pk.get(chunk.known[line.natural_key].object_id)
        else:
            key = _unit_key(line, homes)
            home = homes[fold(line.data["property"])]
            place = (home.pk, units[key] if key else None, line.data["search_name"])
            found[line.natural_key] = by_place.pop(place, None)
    return {key: resident for key, resident in found.items() if resident is not None}


def _known(chunk: Chunk, line: Waiting) -> bool:
    return line.natural_key in chunk.known


def _create(
    chunk: Chunk,
    lines: list[Waiting],
    homes: dict[str, Property],
    units: dict[UnitKey, int],
    numbers: list[tuple[Any, ...]],
) -> None:
    organization, rows = chunk.run.organization_id, []
    for line, pk in zip(lines, next_ids(Resident, len(lines)), strict=True):
        data, key = line.data, _unit_key(line, homes)
        unit_id = units[key] if key else None
        fields = {name: data.get(name, None if COLUMNS[name] == "date" else "") for name in FIELDS}
        fields["occupancy"] = fields["occupancy"] or Occupancy.RESIDENT.value
        home = homes[fold(data["property"])].pk
        place = (pk, organization, home, *fields.values(), data["search_name"], unit_id)
        rows.append((*place, chunk.source_key, data.get("external_id", "")))
        phones = data.get("phones", [])
        numbers += [(organization, pk, *(p[n] for n in PHONE), False) for p in phones]
        values: dict[str, Any] = {name: fingerprint(data[name]) for name in FIELDS if name in data}
        values |= {"unit": fingerprint(unit_id)} if key else {}
        values["phones"] = {phone["raw"]: phone["label"] for phone in phones}
        chunk.created(line, pk, values)
    copy_rows(Resident, NEW, rows)


def _update(
    chunk: Chunk,
    known: list[tuple[Waiting, Resident]],
    homes: dict[str, Property],
    units: dict[UnitKey, int],
    numbers: list[tuple[Any, ...]],
) -> None:
    ids = [resident.pk for _line, resident in known]
    phones: dict[int, list[ResidentPhone]] = {}
    rows = ResidentPhone.objects.visible_to(chunk.principal).filter(resident_id__in=ids)
    for phone in rows.filter(valid_to=None):
        phones.setdefault(phone.resident_id, []).append(phone)
    changed, retired = [], []
    for line, resident in known:
        key = _unit_key(line, homes)
        merge = _Merge(chunk, line, resident, units[key] if key else None)
        numbers += merge.phones(phones.get(resident.pk, []))
        retired += merge.retired
        if merge.end():
            changed.append(merge.row)
    update_rows(Resident, COLUMNS, changed)
    ResidentPhone.objects.filter(pk__in=retired).update(valid_to=Now())


class _Merge:
    """What a line changes of a resident; blank cells and what an agent edited stay."""

    def __init__(
        self, chunk: Chunk, line: Waiting, resident: Resident, unit_id: int | None
    ) -> None:
        row = chunk.known.get(line.natural_key)
        self.chunk, self.line, self.resident = chunk, line, resident
        self.values: dict[str, Any] = dict(row.values) if row else {}
        self.row: dict[str, Any] = {"id": resident.pk}
        self.before: dict[str, Any] = {}
        self.kept: list[str] = []
        self.retired: list[int] = []
        for name in FIELDS:
            self._field(name, line.data.get(name))
        self._field("unit", unit_id)
        names = (self.row["first_name"], self.row["middle_name"], self.row["last_name"])
        self.row["search_name"] = fold(" ".join(names))
        self.row["unit_id"] = self.row.pop("unit")

    def _field(self, name: str, new: Any) -> None:
        current = self.resident.unit_id if name == "unit" else getattr(self.resident, name)
        old = current.isoformat() if isinstance(current, date) else current
        self.row[name] = old
        recorded = self.values.get(name)
        if new in (None, "") or self.resident.erased_at is not None:
            return
        if new == old:
            self.values[name] = fingerprint(new)
        elif is_ours(old, recorded, blank=old in (None, "") or name == "occupancy"):
            self.row[name], self.before[name] = new, old
            self.values[name] = fingerprint(new)
        elif fingerprint(new) != recorded:
            self.kept.append(name)

    def phones(self, active: list[ResidentPhone]) -> list[tuple[Any, ...]]:
        """The numbers to add; those of the last import that are gone from the file end today.

        Where an agent took a number of the last import away, the label stays as it is.
        """
        if self.resident.erased_at is not None:
            return []
        recorded: dict[str, str] = dict(self.values.get("phones", {}))
        there = {phone.raw: phone for phone in active}
        numbers = {phone.e164 for phone in active if phone.e164}
        added = []
        sent = {phone["raw"]: phone for phone in self.line.data.get("phones", ())}
        for raw, phone in sent.items():
            if raw in there or raw in recorded or (phone["e164"] and phone["e164"] in numbers):
                continue
            last = [old for old, label in recorded.items() if label == phone["label"]]
            gone = [old for old in last if old not in sent]
            if any(old not in there for old in gone):
                self.kept.append(f"phone {phone['label']}")
                continue
            self.retired += [there[old].pk for old in gone]
            recorded = {old: label for old, label in recorded.items() if old not in gone}
            recorded[raw] = phone["label"]
            self.before["phones"] = sorted(there)
            owner = (self.resident.organization_id, self.resident.pk)
            added.append((*owner, *(phone[name] for name in PHONE), False))
        self.values["phones"] = recorded
        return added

    def end(self) -> bool:
        """End the line; whether the resident's row changes."""
        before = self.before or None
        pk = self.resident.pk
        self.chunk.settled(self.line, pk, self.values, before=before, kept_fields=self.kept)
        return bool(self.before.keys() - {"phones"})
