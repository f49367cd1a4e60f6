"""The parameters of lists, judged in the order of wire/voipnow.md 5 and 7."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from .refusals import RefusalError

FIELDS = (
    *("id", "extension", "ownerId", "ownerName", "published", "answered", "nonce"),
    *("phoneCallView", "links"),
)
FEW = ("contains", "equals", "startsWith", "present")
ALL = (*FEW, "greaterThan", "lessThan", "inArray")
MOST = 4_999  # of count and of startIndex
WHOLE = re.compile(r"0*([0-9]{1,4})", re.ASCII)
_VALUE = "Value supplied in {name} parameter is missing or invalid. The parameter must be set to "
MESSAGES = {  # as in the vendor's document, misprints included
    "fields_invalid": _VALUE.format(name="fields")
    + "a value of consisting of the name of the posible PhoneCall fields separated by a comma"
    " (e.g. extension, id, answered).",
    "count_invalid": _VALUE.format(name="count") + "a numeric value lower than 5000.",
    "filterby_invalid": _VALUE.format(name="filterBy") + "the name of a PhoneCall field.",
    "filterop_invalid": _VALUE.format(name="filterOp")
    + "one of the values: contains, equals, startsWith or present.",
    "filtervalue_invalid": _VALUE.format(name="filterValue") + "a string value.",
    "sortorder_invalid": _VALUE.format(name="sortOrder")
    + "one of the values: ascending or descending.",
    "startindex_invalid": _VALUE.format(name="startIndex")
    + "a numeric value, higher or equal with 0 and lower than 5000.",
    "cdr_source_invalid": "The source parameter is invalid.",
    "cdr_destination_invalid": "The destination parameter is invalid.",
    **{
        f"cdr_{code}_date_invalid": f"The {words} date parameter is invalid."
        " The format should be ISO 8601 YYYY-MM-DDThh:mm:ss."
        for code, words in (
            *(("start", "start"), ("end", "end")),
            *(("save_start", "save start"), ("save_end", "save end")),
        )
    },
    "cdr_invalid_date_parameters": "The start date parameter is greater than end date parameter.",
    "cdr_disposition_invalid": "The disposition parameter is invalid.",
    "cdr_flow_invalid": "The flow parameter is invalid.",
    "cdr_invalid_filter_by_source": "The filter by source parameter is invalid.",
    "cdr_invalid_filter_by_destination": "The filter by destination parameter is invalid.",
    "cdr_invalid_filter_by_published": "The filter by published date parameter is invalid.",
    "cdr_invalid_filter_by_answered": "The filter by answered date parameter is invalid.",
}


def invalid(code: str) -> RefusalError:
    """400 for a parameter, by the code that clients go by."""
    return RefusalError(HTTPStatus.BAD_REQUEST, code, MESSAGES[code])


def parameters_of(query: str) -> dict[str, str]:
    """The parameters of a query as the server has it; of one sent twice the last value."""
    text = query.encode("latin-1", "replace").decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


@dataclass(frozen=True)
class Part:
    """Which part of the matches is told: from `start` on so many, with these fields of a call."""

    fields: frozenset[str]
    count: int
    start: int
    is_ascending: bool


def read_fields(said: Mapping[str, str]) -> frozenset[str]:
    """The fields that are asked for; all unless told otherwise."""
    if "fields" not in said:
        return frozenset(FIELDS)
    asked = frozenset(name.strip(" ") for name in said["fields"].split(","))
    if not asked <= set(FIELDS):
        raise invalid("fields_invalid")
    return asked


def read_count(said: Mapping[str, str]) -> int:
    """How many at most; 20 unless told otherwise."""
    return _whole(said.get("count", "20"), "count_invalid", at_least=1)


def read_start(said: Mapping[str, str]) -> int:
    """How many to leave out first; 0 unless told otherwise."""
    return _whole(said.get("startIndex", "0"), "startindex_invalid", at_least=0)


def _whole(text: str, code: str, *, at_least: int) -> int:
    found = WHOLE.fullmatch(text)
    if found is None or not at_least <= int(found[1]) <= MOST:
        raise invalid(code)
    return int(found[1])


def read_ascending(said: Mapping[str, str]) -> bool:
    """Whether the oldest come first."""
    return _one_of(said.get("sortOrder", "descending"), ORDERS, "sortorder_invalid") == ORDERS[0]


ORDERS = ("ascending", "descending")


def read_filter_by(said: Mapping[str, str], names: tuple[str, ...]) -> str:
    """By what it is narrowed, "" for by nothing; then there is no operator and no value either."""
    if "filterBy" in said:
        return _one_of(said["filterBy"], names, "filterby_invalid")
    if "filterOp" in said or "filterValue" in said:
        raise invalid("filterby_invalid")
    return ""


def read_filter_op(said: Mapping[str, str], operators: tuple[str, ...]) -> str:
    """The operator; contains unless told otherwise."""
    return _one_of(said.get("filterOp", "contains"), operators, "filterop_invalid")


def _one_of(text: str, known: tuple[str, ...], code: str) -> str:
    if text not in known:
        raise invalid(code)
    return text
