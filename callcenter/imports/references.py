"""What the ids and names of a call-log file mean here: places, statuses and reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from callcenter.calls.models import Reason, Status, StatusKind
from callcenter.properties.models import Property, Resident, Unit

from .ledger import Chunk

LAST = 900  # place in the order of statuses for those that nobody named


@dataclass(frozen=True)
class References:
    """Foreign ids of this source, found or made; what is unknown of a place is not linked."""

    properties: dict[str, Property]
    units: dict[str, Unit]
    residents: dict[str, Resident]
    statuses: dict[str, Status]
    reasons: dict[str, Reason]
    status_names: dict[str, int]

    def status_name(self, status_id: int) -> str:
        """The name of one of the organisation's statuses."""
        return next(name for name, pk in self.status_names.items() if pk == status_id)

    def place(self, data: dict[str, Any]) -> tuple[Property | None, Unit | None, Resident | None]:
        """The property, unit and resident of a line, as far as they fit each other."""
        unit = self.units.get(data.get("unit", ""))
        resident = self.residents.get(data.get("resident", ""))
        home = self.properties.get(data.get("property", ""))
        if home is None:
            home = unit.property if unit else resident.property if resident else None
        if home is not None and unit is not None and unit.property_id != home.pk:
            unit = None
        if home is not None and resident is not None and resident.property_id != home.pk:
            resident = None
        return home, unit, resident


def find_references(chunk: Chunk) -> References:
    """Look up everything that the lines of a chunk name; unknown statuses and reasons are made."""
    places = {name: _named(chunk, name) for name in ("property", "unit", "resident")}
    principal, key = chunk.principal, chunk.source_key
    units = Unit.objects.visible_to(principal).select_related("property")
    residents = Resident.objects.visible_to(principal).select_related("property")
    statuses = _statuses(chunk)
    named = Status.objects.visible_to(principal).values_list("name", "pk")
    return References(
        properties=_by_id(Property.objects.visible_to(principal), key, places["property"]),
        units=_by_id(units, key, places["unit"]),
        residents=_by_id(residents, key, places["resident"]),
        statuses=statuses,
        reasons=_reasons(chunk),
        status_names=dict(named),
    )


def _named(chunk: Chunk, member: str) -> set[str]:
    return {line.data[member] for line in chunk.lines if member in line.data}


def _by_id(rows: Any, source: str, ids: Iterable[str]) -> dict[str, Any]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    found = rows.filter(source=source, external_id__in=wanted)
    return {row.external_id: row for row in found}


def _statuses(chunk: Chunk) -> dict[str, Status]:
    wanted = _named(chunk, "status")
    rows = Status.objects.visible_to(chunk.principal)
    found = _by_id(rows, chunk.source_key, wanted)
    for external_id in sorted(wanted - found.keys(), key=int):
        found[external_id] = Status.objects.create(
            organization_id=chunk.run.organization_id,
            name=_free_name(rows, external_id, chunk.source_key),
            kind=StatusKind.OPEN,
            order=LAST,
            is_enabled=False,
            source=chunk.source_key,
            external_id=external_id,
        )
    return found


def _reasons(chunk: Chunk) -> dict[str, Reason]:
    wanted = {reason for line in chunk.lines for reason in line.data.get("reasons", ())}
    rows = Reason.objects.visible_to(chunk.principal)
    found = _by_id(rows, chunk.source_key, wanted)
    for external_id in sorted(wanted - found.keys(), key=int):
        found[external_id] = Reason.objects.create(
            organization_id=chunk.run.organization_id,
            name=_free_name(rows, external_id, chunk.source_key),
            is_enabled=False,
            source=chunk.source_key,
            external_id=external_id,
        )
    return found


def _free_name(rows: Any, external_id: str, source: str) -> str:
    """`#3`, or with the source's key where another source was here first."""
    name = f"#{external_id}"
    return f"{name} ({source})"[:60] if rows.filter(name=name).exists() else name
