"""A row of a resident roster as a record; blank cells are left out, because they change nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from callcenter.core.neutral import restored
from callcenter.core.phones import PhoneFlag, PhoneKind, parse_phone
from callcenter.core.text import fold, number_key

from .columns import Columns, map_columns
from .csv_reader import Row, read_rows
from .dates import DateOrder, read_date
from .results import Line, LineError, Refused, UnreadableFileError, natural_key, storable

LIMITS = {
    "property": 200,
    "building": 60,
    "unit": 40,
    "person_id": 120,
    "household_id": 120,
    "first_name": 120,
    "middle_name": 120,
    "last_name": 120,
    "full_name": 240,
    "email": 254,
}
OCCUPANCY = {
    "1": "owner",
    "2": "resident",
    "3": "renter",
    "owner": "owner",
    "homeowner": "owner",
    "landlord": "owner",
    "resident": "resident",
    "occupant": "resident",
    "primary": "resident",
    "secondary": "resident",
    "renter": "renter",
    "tenant": "renter",
    "lessee": "renter",
    "contact": "contact",
    "emergency contact": "contact",
}
_BUILDING_IN_UNIT = re.compile(
    r"^(?:bldg|building)\.?\s*(\S+?)[\s,]+(?:#|unit|apt\.?)?\s*(\S+)$", re.IGNORECASE
)
_TWO_UNITS = re.compile(r"\d\S*(?:\s+[/&]|,|\s+and)\s*#?\s*\S*\d", re.IGNORECASE)
_TOTALS = re.compile(
    r"^(?:grand |sub)?total\b|^[\d,.]+ (?:units|residents|tenants)$", re.IGNORECASE
)


@dataclass(frozen=True)
class RosterOptions:
    """What the source declares: region of numbers, order of dates, names of columns.

    `property_name` is where everybody lives when the file does not say.
    """

    region: str = "US"
    date_order: DateOrder = DateOrder.UNKNOWN
    property_name: str = ""
    mapping: dict[str, str] = field(default_factory=dict)


def read_roster(file: BinaryIO, options: RosterOptions) -> tuple[Columns, Iterator[Line | Refused]]:
    """The columns of a file and, lazily, each of its lines."""
    header, rows = read_rows(file, options.mapping)
    columns = map_columns(header.cells, options.mapping, placed=bool(options.property_name))
    return columns, _lines(rows, columns, options)


def _lines(
    rows: Iterator[Row | Refused], columns: Columns, options: RosterOptions
) -> Iterator[Line | Refused]:
    empty = True
    for row in rows:
        empty = False
        if isinstance(row, Refused):
            yield row
            continue
        try:
            yield read_row(row, columns, options)
        except LineError as error:
            yield Refused(row.number, str(error), error.column, error.value, row.cells)
    if empty:
        raise UnreadableFileError(_("The file has a header and no lines."))


def read_row(row: Row, columns: Columns, options: RosterOptions) -> Line:
    """The record of one row; LineError names the column that cannot be read."""
    cells = {name: restored(row.cells[place]).strip() for place, name in columns.fields.items()}
    titles = {name: columns.header[place] for place, name in columns.fields.items()}
    cells.setdefault("property", "")
    cells["property"] = cells["property"] or options.property_name
    if any(_TOTALS.match(cells.get(name, "")) for name in ("property", "unit", "full_name")):
        raise LineError(_("A totals row, not a person."))
    _check_lengths(cells, titles)
    record = _place(cells, titles) | _person(cells, titles)
    for name in ("move_in", "move_out"):
        moved = read_date(cells.get(name, ""), options.date_order, titles.get(name, ""))
        record |= {name: moved.isoformat()} if moved else {}
    if record.get("move_out", "9999") < record.get("move_in", ""):
        said = _("The move-out lies before the move-in.")
        raise LineError(said, column=titles["move_out"], value=cells["move_out"])
    if phones := list(_phones(cells, titles, options.region)):
        record["phones"] = phones
    return Line(row.number, _key(record, cells), record)


def _check_lengths(cells: dict[str, str], titles: dict[str, str]) -> None:
    for name, text in cells.items():
        limit = LIMITS.get(name, 250)
        if len(text) > limit:
            said = _("This is longer than %(limit)d characters.") % {"limit": limit}
            raise LineError(said, column=titles.get(name, ""), value=storable(text)[:250])


def _place(cells: dict[str, str], titles: dict[str, str]) -> dict[str, Any]:
    if not cells["property"]:
        raise LineError(_("A property is required."), column=titles.get("property", ""))
    building, unit = cells.get("building", ""), cells.get("unit", "")
    if not building and (inside := _BUILDING_IN_UNIT.match(unit)):
        building, unit = inside[1], inside[2]
    if _TWO_UNITS.search(unit):
        raise LineError(_("Two units in one cell."), column=titles.get("unit", ""), value=unit)
    place = {"property": cells["property"], "building": building, "unit": unit}
    if unit:
        place["number_key"] = number_key(unit)
    return {name: text for name, text in place.items() if text}


def _person(cells: dict[str, str], titles: dict[str, str]) -> dict[str, Any]:
    names = {name: cells.get(name, "") for name in ("first_name", "middle_name", "last_name")}
    if not names["first_name"] and not names["last_name"]:
        names["first_name"], names["last_name"] = split_name(cells.get("full_name", ""))
    if not any(names.values()) or not (names["first_name"] or names["last_name"]):
        column = titles.get("last_name") or titles.get("full_name", "")
        raise LineError(_("A name is required."), column=column, value="")
    person: dict[str, Any] = {name: " ".join(text.split()) for name, text in names.items() if text}
    person["search_name"] = fold(" ".join(names.values()))
    if email := cells.get("email", ""):
        person["email"] = _email(email, titles["email"])
    if word := cells.get("occupancy", ""):
        person["occupancy"] = _occupancy(word, titles["occupancy"])
    if cells.get("person_id"):
        person["external_id"] = cells["person_id"]
    return person


def split_name(full: str) -> tuple[str, str]:
    """First and last name of "Ruiz, Ana" and of "Ana Ruiz"; one word is a last name."""
    last, comma, first = full.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _blank, last = full.strip().rpartition(" ")
    return first.strip(), last.strip()


def _email(text: str, column: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise LineError(_("Not an e-mail address."), column=column, value=text) from None
    return text


def _occupancy(word: str, column: str) -> str:
    known = OCCUPANCY.get(" ".join(word.casefold().split()))
    if known is None:
        said = _("Not one of owner, resident, renter and contact.")
        raise LineError(said, column=column, value=word)
    return known


def _phones(cells: dict[str, str], titles: dict[str, str], region: str) -> Iterator[dict[str, str]]:
    """The numbers of a row that ring somewhere, each once."""
    seen = set()
    for name, text in cells.items():
        if not name.startswith("phone:") or not text:
            continue
        for number in parse_phone(text, region=region):
            _check_digits(number.flags, titles[name], text)
            raw = storable(number.raw).strip()[:80]
            if number.kind == PhoneKind.WITHHELD or raw in seen:
                continue
            seen.add(raw)
            yield {
                "label": name.removeprefix("phone:"),
                "raw": raw,
                "e164": number.e164 or "",
                "extension": number.extension,
                "digits_reversed": number.digits[::-1],
            }


def _check_digits(flags: frozenset[PhoneFlag], column: str, text: str) -> None:
    if PhoneFlag.DAMAGED in flags:
        raise LineError(_("A spreadsheet lost the last digits."), column=column, value=text)
    if PhoneFlag.LETTERS in flags:
        raise LineError(_("A letter inside a number."), column=column, value=text)


def _key(record: dict[str, Any], cells: dict[str, str]) -> str:
    """A personal id, else who lives where; a household's id is shared and does not suffice."""
    if "external_id" in record:
        return natural_key("id", record["external_id"])
    if household := cells.get("household_id"):
        return natural_key("h", fold(household), record["search_name"])
    building, unit = fold(record.get("building", "")), record.get("number_key", "")
    return natural_key("at", fold(record["property"]), building, unit, record["search_name"])
