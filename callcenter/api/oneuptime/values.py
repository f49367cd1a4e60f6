"""Values read from, and written to, both forms of the wire (wire/oneuptime.md 10)."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import json

from .columns import Column, Kind
from .refusals import RefusalError, invalid

LARGEST = 2**31 - 1
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
PHONE = re.compile(r"\+?\(?[0-9]{3}\)?[-. ]?[0-9]{3}[-. ]?[0-9]{4,7}", re.ASCII)
WHOLE = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)
TRUE, FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
# The types that only wrap a value; every other one in a query is an operator.
WRAPPERS = ("ObjectID", "DateTime", "Phone", "Name", "Email")


def bare(raw: Any) -> Any:
    """The value without its type, where it came with one."""
    if isinstance(raw, dict) and raw.get("_type") in WRAPPERS and "value" in raw:
        return raw["value"]
    return raw


def read(column: Column, raw: Any) -> Any:
    """What `raw`, bare or typed, means in this column; None for null. RefusalError."""
    value = bare(raw)
    return None if value is None else READERS[column.kind](column, value)


def as_uuid(text: Any) -> uuid.UUID | None:
    """The uuid, of any version, that a text is; else None."""
    if isinstance(text, str) and UUID.fullmatch(text.strip()):
        return uuid.UUID(text.strip())
    return None


def as_text(value: Any) -> str:
    """A text as it is, anything else as JSON has it."""
    return value if isinstance(value, str) else json.encode(value).decode()


def _uuid(column: Column, value: Any) -> uuid.UUID:
    found = as_uuid(value)
    if found is None:
        raise invalid(column.name, value)
    return found


def _date(column: Column, value: Any) -> datetime | None:
    """Any ISO form; without an offset it is UTC. "" is null."""
    if value == "":
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        moment = moment.replace(tzinfo=moment.tzinfo or UTC)
        return moment.astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        raise invalid(column.name, value) from None


def _phone(_column: Column, value: Any) -> str:
    text = as_text(value).strip()
    if not PHONE.fullmatch(text):
        raise invalid("Phone", value)
    return text


def _text(column: Column, value: Any) -> str:
    text = as_text(value)
    if "\x00" in text:
        raise RefusalError(f"{column.name} cannot contain a NUL character")
    return text


def _number(column: Column, value: Any) -> int:
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or not -LARGEST - 1 <= value <= LARGEST:
        raise invalid(column.name, value)
    return int(value)


def _boolean(column: Column, value: Any) -> bool:
    word = as_text(value).strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise invalid(column.name, value)


READERS: dict[Kind, Callable[[Column, Any], Any]] = {
    Kind.KEY: _uuid,
    Kind.OBJECT_ID: _uuid,
    Kind.DATE: _date,
    Kind.PHONE: _phone,
    Kind.NAME: _text,
    Kind.EMAIL: _text,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
}


def moment(at: datetime) -> str:
    """With milliseconds and `Z`; the database answers in UTC."""
    return f"{at.isoformat(timespec='milliseconds')[:-6]}Z"


def writer(kind: Kind, *, is_typed: bool) -> Callable[[Any], Any] | None:
    """How a value that is not null is written; None where it goes as it is."""
    bare_writer = moment if kind is Kind.DATE else None
    if not is_typed or not kind.is_typed:
        return bare_writer
    name = str(kind.value)
    if bare_writer is None:
        return lambda value: {"_type": name, "value": value}
    return lambda value: {"_type": name, "value": moment(value)}
