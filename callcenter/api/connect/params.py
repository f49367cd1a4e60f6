"""What a request asks for or sends, judged by form alone (wire/connect.md 5 to 7)."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.api.query import LONGEST, Query, QueryError
from callcenter.calls.history import MAX_TEXT

from .refusals import INVALID_PARAMETER, MISSING_PARAMETER, RefusalError

LARGEST_PAGE = 5_000
KEYSET_PAGE = 100
MAX_LINE = 300
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=5)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<clock>\d\d:\d\d(?::\d\d(?:[.,]\d{1,7})?)?)(?P<offset>[Zz]|[+ -]\d\d:?\d\d)?)?",
    re.ASCII,
)
_SORT = re.compile(r"\s*([a-z]+)(?:\s+(asc|desc))?\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Paging:
    """Which part of a list: a page, all (either number 0), or what comes after a token."""

    page: int
    size: int
    after: str | None

    @classmethod
    def of(cls, query: Query) -> "Paging":
        """As the query says; QueryError for what cannot be."""
        page = query.whole("page")
        size = query.whole("pageSize", at_most=LARGEST_PAGE)
        after = query.text("after") if query.has("after") else None
        if after is not None and page > 0:
            raise QueryError("after")
        return cls(page, size, after)


def sort_ascends(query: Query, name: str, *, default: bool) -> bool:
    """Whether `sort`, which may be `name` with `asc` or `desc`, goes up."""
    text = query.text("sort")
    if not text:
        return default
    said = _SORT.fullmatch(text)
    if said is None or said[1].lower() != name:
        raise QueryError("sort")
    return default if said[2] is None else said[2].lower() == "asc"


def moment_in(query: Query, name: str, zone: str, *, is_end: bool) -> datetime | None:
    """A time of the query in UTC, None without one; a bare day means all of it.

    A time without offset is on the clock of `zone`. `is_end` takes the last microsecond.
    """
    text = query.text(name).strip()
    if not text:
        return None
    try:
        return read_moment(text, zone, is_end=is_end)
    except ValueError:
        raise QueryError(name) from None


def read_moment(text: str, zone: str, *, is_end: bool = False) -> datetime:
    """An ISO 8601 day or time as UTC; ValueError when it is none, or outside the calendar."""
    at = read_time(text, is_end=is_end)
    try:
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None


def read_time(text: str, *, is_end: bool = False) -> datetime:
    """An ISO 8601 day or time, naive without an offset; ValueError when it is none."""
    said = _MOMENT.fullmatch(text)
    if said is None:
        raise ValueError(text)
    if said["clock"] is None:
        return datetime.combine(date.fromisoformat(text), time.max if is_end else time.min)
    # an offset's plus that nobody encoded arrives as a blank
    offset = (said["offset"] or "").replace(" ", "+").upper()
    return datetime.fromisoformat(f"{said['day']}T{said['clock'].replace(',', '.')}{offset}")


@dataclass(frozen=True)
class Update:
    """The members of a PUT that count: None leaves a thing as it is."""

    log_id: int | None
    status_id: int | None
    notes: str | None
    comment: str

    @classmethod
    def of(cls, members: dict[str, Any]) -> "Update":
        """RefusalError 114 for a wrong type, 109 when none of the three is present."""
        update = cls(
            log_id=whole(members, "LogId", is_blank_none=True),
            status_id=whole(members, "ModuleStatusId"),
            notes=words(members, "Notes", MAX_TEXT),
            comment=words(members, "NewComments", MAX_TEXT) or "",
        )
        if not members.keys() & {"newcomments", "notes", "modulestatusid"}:
            raise RefusalError(MISSING_PARAMETER)
        return update


@dataclass(frozen=True)
class New:
    """The members of a POST."""

    property_id: int | None
    unit_id: int | None
    resident_id: int | None
    call_from: str
    status_id: int | None
    subject: str
    notes: str
    comment: str
    created_on: str
    reason_ids: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, members: dict[str, Any]) -> "New":
        """RefusalError 114 for a wrong type or a text that is too long."""
        return cls(
            property_id=whole(members, "PropertyId"),
            unit_id=whole(members, "UnitId"),
            resident_id=whole(members, "ResidentId"),
            call_from=(words(members, "CallFrom", MAX_LINE) or "").strip(),
            status_id=whole(members, "ModuleStatusId"),
            subject=words(members, "Subject", MAX_LINE) or "",
            notes=words(members, "Notes", MAX_TEXT) or "",
            comment=words(members, "NewComments", MAX_TEXT) or "",
            created_on=(words(members, "CreatedOn", MAX_LINE) or "").strip(),
            reason_ids=_wholes(members, "LogReasons"),
        )


LISTS = frozenset({"logreasons", "oldcomments"})  # a form may name these more than once


def whole(members: dict[str, Any], name: str, *, is_blank_none: bool = False) -> int | None:
    """A member as an integer, or a string of digits; None for null or when it is not there."""
    value = members.get(name.lower())
    if value is None or (is_blank_none and value == ""):
        return None
    number = _whole(value)
    if number is None:
        raise RefusalError(INVALID_PARAMETER, name)
    return number


def _whole(value: Any) -> int | None:
    """An integer that can be an id; one that cannot is -1, what is no integer is None."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]+", value, re.ASCII):
        value = int(value) if len(value) <= LONGEST else -1
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) < 10**LONGEST else -1


def _wholes(members: dict[str, Any], name: str) -> list[int]:
    values = members.get(name.lower())
    if values is None:
        return []
    numbers = [_whole(value) for value in values] if isinstance(values, list) else [None]
    found = [number for number in numbers if number is not None]
    if len(found) < len(numbers):
        raise RefusalError(INVALID_PARAMETER, name)
    return found


def words(members: dict[str, Any], name: str, limit: int) -> str | None:
    """A member as a text of at most `limit` characters; None for null or when it is not there."""
    value = members.get(name.lower())
    if value is not None and (not isinstance(value, str) or len(value) > limit):
        raise RefusalError(INVALID_PARAMETER, name)
    return value
