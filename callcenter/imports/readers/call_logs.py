"""An element of the property API's list of call logs as a record (wire/connect.md 4 and 9)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from .dates import read_time
from .json_reader import TWICE, Element, OddNumber, read_elements
from .results import Line, LineError, Refused, has_unstorable, natural_key

MAX_TEXT = 50_000
MAX_ID = 2**31
MAX_COMMENTS = 5_000
SHORT, NAME, STATUS_NAME, RAW_TIME = 300, 120, 60, 80
NOT_UTF8 = re.compile("[\udc80-\udcff]")


def read_call_logs(file: BinaryIO) -> Iterator[Line | Refused]:
    """Each element of a file; those that cannot be taken with the member to blame."""
    for element in read_elements(file):
        if isinstance(element, Refused):
            yield element
            continue
        try:
            yield read_element(element)
        except LineError as error:
            cells = [str(_id_as_sent(element.value)), error.column, error.value]
            yield Refused(element.number, str(error), error.column, error.value, cells)


def _id_as_sent(value: Any) -> Any:
    return value.get("logid", "") if isinstance(value, dict) else ""


def read_element(element: Element) -> Line:
    """The record of one element; members that we do not know are passed over."""
    value = element.value
    if not isinstance(value, dict):
        raise LineError(_("Not a call log."), value=str(value)[:200])
    _check_once(value)
    log_id = _identifier(value, "LogId")
    if log_id is None:
        raise LineError(_("A call log needs its LogId."), column="LogId")
    record: dict[str, Any] = {
        "call_from": _text(value, "CallFrom", SHORT).strip(),
        "subject": _text(value, "Subject", SHORT),
        "notes": _text(value, "Notes", MAX_TEXT),
        "taken_by_name": _text(value, "Takenby", NAME),
        "status": _identifier(value, "ModuleStatusId"),
        "property": _identifier(value, "PropertyId"),
        "unit": _identifier(value, "UnitId"),
        "resident": _identifier(value, "ResidentId"),
        "reasons": _reasons(value),
        "comments": [
            _comment(place, comment) for place, comment in enumerate(_list(value, "OldComments"))
        ],
        **_contact(value),
    }
    if not record["call_from"]:
        raise LineError(_("It does not say who called."), column="CallFrom")
    if record["status"] is None:
        raise LineError(_("It has no status."), column="ModuleStatusId")
    kept = {name: content for name, content in record.items() if content not in (None, "", [])}
    return Line(element.number, natural_key(log_id), kept | {"external_id": log_id})


def _check_once(value: dict[str, Any]) -> None:
    if TWICE in value:
        raise LineError(_("The member stands there twice."), column=value[TWICE])


def _identifier(value: dict[str, Any], member: str) -> str | None:
    """The digits of an id; None for null, missing and 0, which all mean none."""
    found = value.get(member.casefold())
    if isinstance(found, str) and found.strip().isascii() and found.strip().isdecimal():
        found = int(found.strip()[:20])
    if found in (None, "", 0) and not isinstance(found, bool):
        return None
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found < MAX_ID:
        raise LineError(_("Not an id."), column=member, value=str(found)[:200])
    return str(found)


def _text(value: dict[str, Any], member: str, limit: int) -> str:
    found = value.get(member.casefold())
    if found is None:
        return ""
    if not isinstance(found, str):
        raise LineError(_("Not a text."), column=member, value=str(found)[:200])
    text = healed(found)
    if has_unstorable(text):
        said = _("This holds a character that cannot be kept.")
        raise LineError(said, column=member, value=text[:200])
    if len(text) > limit:
        said = _("This is longer than %(limit)d characters.") % {"limit": limit}
        raise LineError(said, column=member, value=text[:200])
    return text


def healed(text: str) -> str:
    """`text` with bytes that were no UTF-8 read as cp1252, where that makes sense."""
    if text.isascii() or not NOT_UTF8.search(text):
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("cp1252")
    except UnicodeError:
        return text


def _list(value: dict[str, Any], member: str) -> list[Any]:
    found = value.get(member.casefold())
    if found is None:
        return []
    if not isinstance(found, list):
        raise LineError(_("Not a list."), column=member, value=str(found)[:200])
    if len(found) > MAX_COMMENTS:
        said = _("The list is longer than %(limit)d.") % {"limit": MAX_COMMENTS}
        raise LineError(said, column=member)
    return found


def _reasons(value: dict[str, Any]) -> list[str]:
    """The ids as sent, each once; the first is the main one."""
    found = [
        _identifier({"logreasons": entry}, "LogReasons") for entry in _list(value, "LogReasons")
    ]
    return list(dict.fromkeys(reason for reason in found if reason is not None))


def _contact(value: dict[str, Any]) -> dict[str, Any]:
    text = _text(value, "CreatedOn", RAW_TIME).strip()
    moment = read_time(text)
    if moment is None:
        raise LineError(_("Not a time."), column="CreatedOn", value=text)
    return {"contacted_text": text, **_moment(moment)}


def _moment(moment: datetime) -> dict[str, str]:
    """`at` is UTC, `local` the reading of a clock that nobody named."""
    if moment.tzinfo is None:
        return {"local": moment.isoformat()}
    return {"at": moment.astimezone(UTC).isoformat()}


def _comment(place: int, value: Any) -> dict[str, Any]:
    """A row of the history, with its place in it; what is no time is kept as it was sent."""
    if not isinstance(value, dict):
        raise LineError(_("Not a comment."), column="OldComments", value=str(value)[:200])
    _check_once(value)
    date = value.get("date")
    if isinstance(date, int | OddNumber):
        value = value | {"date": str(date)}
    raw = _text(value, "Date", 10_000).strip()
    moment = read_time(raw)
    return {
        "n": place,
        "text": _text(value, "Comment", MAX_TEXT),
        "user": _text(value, "User", NAME),
        "status": _text(value, "Status", STATUS_NAME),
        "raw": raw[:RAW_TIME],
        **(_moment(moment) if moment else {}),
    }
