"""What filterBy, filterOp and filterValue mean (wire/voipnow.md 5 and 7).

A value never becomes a name or a pattern: operators are lookups of ours, values are parameters.
"""

import re
from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import (
    Contains,
    Exact,
    GreaterThan,
    IsNull,
    LessThan,
    StartsWith,
)

from callcenter.telephony.models import having_party

from . import dates

DROPPED = str.maketrans("", "", " -().")
NUMBER = re.compile(r"[0-9*+]{1,80}", re.ASCII)
COLUMNS = {"published": F("published_at"), "answered": F("answered_at")}
ARRAYS = {"source": "sources", "destination": "destinations"}


class UnfitError(ValueError):
    """The value cannot be compared in this way."""


class Told(Func):
    """A moment as the dialect writes it."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    output_field = TextField()


class AnyNumber(Func):
    """Whether any number of an array, without signs that only divide it, compares so."""

    template = "EXISTS (SELECT FROM unnest(%(expressions)s))"
    joiner = ") AS told (number) WHERE translate(told.number, ' -().', '') {operator} ("
    output_field = BooleanField()

    def __init__(self, column: str, operator: str, value: str | list[str]) -> None:
        kind = ArrayField(TextField()) if isinstance(value, list) else TextField()
        wanted = Value(value, output_field=kind)
        super().__init__(F(column), wanted, arg_joiner=self.joiner.format(operator=operator))


@lru_cache(maxsize=4_096)
def bare(number: str) -> str:
    """A number without signs that only divide it; what is no number, as Anonymous, as it is."""
    signs = number.translate(DROPPED)
    return signs if NUMBER.fullmatch(signs) else number


def condition(by: str, operator: str, value: str, zone: tzinfo) -> Q:
    """The calls that match; UnfitError when the value is none for this."""
    if operator != "present" and (not value or "\x00" in value):
        raise UnfitError
    if by in ARRAYS:
        return numbers(ARRAYS[by], operator, value)
    if operator == "inArray":
        found = Q()
        for part in dict.fromkeys(value.split(",")):
            found |= condition(by, "equals", part, zone)
        return found
    if by in COLUMNS:
        return _dates(COLUMNS[by], operator, value, zone)
    return _ids(operator, value)


def _ids(operator: str, value: str) -> Q:
    column = F("wire_id")
    if operator == "present":
        return Q()
    if operator in ("contains", "startsWith"):
        value = value.lower()
    lookups: dict[str, Callable[..., Any]] = {
        "contains": Contains,
        "startsWith": StartsWith,
        "equals": Exact,
        "greaterThan": GreaterThan,
        "lessThan": LessThan,
    }
    return Q(lookups[operator](column, value))


def _dates(column: Combinable, operator: str, value: str, zone: tzinfo) -> Q:
    if operator == "present":
        return Q(IsNull(column, False))  # noqa: FBT003 (Django's own)
    if operator == "contains":
        return Q(Contains(Told(column), value.upper()))
    if operator == "startsWith":
        return Q(StartsWith(Told(column), value.upper()))
    at = dates.read_date(value, zone)
    if at is None:
        raise UnfitError
    compare = {"equals": dates.same, "greaterThan": dates.after, "lessThan": dates.before}
    return Q(compare[operator](column, at))


def numbers(column: str, operator: str, value: str) -> Q:
    """The calls with a view where a number of `column` compares so; UnfitError for no number."""
    if operator == "present":
        return having_party(AnyNumber(column, "<>", ""))
    told = value.translate(DROPPED)
    parts = told.split(",") if operator == "inArray" else [told]
    if not all(map(NUMBER.fullmatch, parts)):
        raise UnfitError
    if operator == "inArray":
        return having_party(AnyNumber(column, "= ANY", parts))
    if operator in ("contains", "startsWith"):
        pattern = f"%{told}%" if operator == "contains" else f"{told}%"
        return having_party(AnyNumber(column, "LIKE", pattern))
    signs = {"equals": "=", "greaterThan": ">", "lessThan": "<"}
    return having_party(AnyNumber(column, signs[operator], told))
