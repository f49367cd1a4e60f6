"""Headers of resident rosters and the fields they mean (domain.md 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .results import UnreadableFileError

MAX_COLUMNS = 1_000
_DROPPED = str.maketrans("", "", " _-#.*\t\u00a0\"'")

SYNONYMS: dict[str, str] = {
    "property": "Property, Property Name, Property Abbreviation, AssocCode, Association, "
    "Community, HoaId",
    "building": "Building, Bldg",
    "unit": "Unit, Unit number, Unit No, Apt, Apartment, Suite, Unit Address, Unit Address Cont.",
    "person_id": "Yardi ID, External ID, Resident ID, Tenant ID",
    "household_id": "Account, OldAccount, Account Number, Household ID",
    "first_name": "First name, Resident 1 First Name, Tenant First Name",
    "middle_name": "Middle name, Middle initial, Resident 1 Middle Name",
    "last_name": "Last name, Surname, Resident 1 Last Name, Tenant Last Name",
    "full_name": "Tenant, Resident Name, Tenant Name, Name, Resident",
    "email": "Email, Email Address, E-mail, Resident 1 Email, Tenant Email",
    "move_in": "MoveIn, Move in Date, Move-in Date, Future Move-In Date",
    "move_out": "MoveOut, Move out Date, Vacated Date, Future Move-Out Date",
    "occupancy": "OccupancyType, Occupancy, Type, Resident Type, Role",
    "phone:other": "Phone, Phone Number, Resident 1 Phone, TenantPhone, Other Phone",
    "phone:cell": "Mobile Phone #, Mobile, Mobile Number, Cell, Cell Phone, Cell Number",
    "phone:unit": "Home Number, Home Phone, Home, Unit Phone",
    "phone:work": "Work Number, Work Phone, Work, Office Phone",
}


def folded(header: str) -> str:
    """A header without case, blanks, `_`, `-`, `#`, `.` and asterisks."""
    return header.casefold().translate(_DROPPED)


_FIELDS = {
    folded(synonym): field for field, words in SYNONYMS.items() for synonym in words.split(", ")
}


@dataclass(frozen=True)
class Columns:
    """Which cell holds which field; `ignored` names the columns that are not looked at."""

    header: list[str]
    fields: dict[int, str]
    ignored: list[str] = field(default_factory=list)

    def used(self) -> dict[str, str]:
        """Header to field, as the page shows it."""
        return {self.header[place]: name for place, name in self.fields.items()}


def recognised(cells: Sequence[str], mapping: Mapping[str, str]) -> int:
    """How many of the cells are headers that we know: what decides between separators."""
    return sum(folded(cell) in _FIELDS or cell.strip() in mapping for cell in cells)


def map_columns(header: Sequence[str], mapping: Mapping[str, str], *, placed: bool) -> Columns:
    """The fields of a header; `mapping` (header to field) is the source's own and goes first.

    `placed` says that the source names the property of a file without such a column.
    UnreadableFileError when the same column stands there twice or a needed one is missing.
    """
    header = [cell.strip() for cell in header]
    if len(header) > MAX_COLUMNS:
        said = _("The file has %(columns)d columns. More than 1,000 are not read.")
        raise UnreadableFileError(said % {"columns": len(header)})
    fields: dict[int, str] = {}
    ignored = []
    for place, name in enumerate(header):
        found = mapping.get(name) or _FIELDS.get(folded(name), "")
        if found and found not in fields.values():
            fields[place] = found
        elif found and folded(name) in [folded(header[used]) for used in fields]:
            said = _("Two columns are named %(name)s: which one counts?")
            raise UnreadableFileError(said % {"name": name})
        else:
            ignored.append(name or _("column %(number)d, without a name") % {"number": place + 1})
    _check_needed(set(fields.values()), placed=placed)
    return Columns(header, fields, ignored)


def _check_needed(fields: set[str], *, placed: bool) -> None:
    if not fields:
        raise UnreadableFileError(_("No column is known. Is the first line the header?"))
    if not fields & {"first_name", "last_name", "full_name"}:
        raise UnreadableFileError(_("There is no column with names of people."))
    if "property" not in fields and not placed:
        said = _("There is no column that names the property. Choose it when sending the file.")
        raise UnreadableFileError(said)
