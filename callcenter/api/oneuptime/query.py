"""What narrows a list: an allow-list of columns and operators, compiled (wire/oneuptime.md 9).

No name of a request ever becomes a name in a statement: names are looked up in the table of
columns, and values travel as parameters.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.functions import Cast

from .columns import Column, Relation, Table, reached
from .refusals import RefusalError, invalid
from .select import check_related
from .tables import BY_TITLE
from .values import WRAPPERS, as_text, read

NOTHING = Q(pk__in=[])
EVERYTHING = Q()
OVERWRITTEN = ("project", "projectId")  # the key decides


class Like(Func):
    """Whether a text is like a pattern, in any case."""

    template = "%(expressions)s"
    arg_joiner = " ILIKE "
    output_field = BooleanField()


@dataclass
class Narrowing:
    """A condition, and the values that its names stand for in the statement."""

    condition: Q = field(default_factory=Q)
    aliases: dict[str, Any] = field(default_factory=dict)

    def name(self, column: Column) -> str:
        """What stands before the operator."""
        if column.expression is not None:
            self.aliases[column.alias] = column.expression
        return column.source


def check_columns(raw: Any, table: Table) -> None:
    """RefusalError for the first name that is no column; an array or text is column 0."""
    if isinstance(raw, list | str) and raw:
        raise _no_column("0", table)
    for name, said in (raw or {}).items():
        if _type_of(said) == "MultiSearch":
            for one in _fields(said):
                if one not in table.plain:
                    raise _no_column(one, table)
        elif name not in table.by_name:
            raise _no_column(name, table)


def check_relations(raw: dict[str, Any], table: Table) -> None:
    """RefusalError for what cannot be read through a relation."""
    for name, said in raw.items():
        relation = table.relations.get(name)
        if relation is None or not isinstance(said, dict) or "_type" in said:
            continue
        for inner, nested in said.items():
            check_related(inner, nested, BY_TITLE[relation.target])


def read_query(raw: dict[str, Any], table: Table) -> Narrowing:
    """The condition that a query of known names means. RefusalError for values."""
    found = Narrowing()
    for name, said in raw.items():
        if _type_of(said) == "MultiSearch":
            found.condition &= _multi_search(said, table, found)
        elif name not in OVERWRITTEN:
            column = table.by_name[name]
            if isinstance(column, Column):
                found.condition &= compare(column, said, found)
            else:
                found.condition &= _through(column, said, found)
    return found


def compare(column: Column, said: Any, found: Narrowing) -> Q:
    """The condition of one plain column."""
    name = found.name(column)
    if said is None:
        return Q(**{f"{name}__isnull": True})
    if isinstance(said, list):
        return _includes(column, said, name)
    if not isinstance(said, dict) or said.get("_type") in WRAPPERS:
        return _equal(column, said, name)
    kind = _type_of(said)
    if kind == "InBetween":
        return _between(column, said, name)
    operator = OPERATORS.get(kind)
    return NOTHING if operator is None else operator(column, said.get("value"), name)


def _type_of(said: Any) -> str:
    kind = said.get("_type") if isinstance(said, dict) else None
    return kind if isinstance(kind, str) else ""


def _fields(said: dict[str, Any]) -> list[str]:
    names = said.get("fields")
    return [as_text(name) for name in names] if isinstance(names, list) else []


def _no_column(name: str, table: Table) -> RefusalError:
    return RefusalError(f"Invalid column on {table.title} - {name}. Column does not exist.")


def _equal(column: Column, said: Any, name: str) -> Q:
    value = read(column, said)
    return NOTHING if value is None else Q(**{f"{name}__exact": value})


def _not_equal(column: Column, said: Any, name: str) -> Q:
    value = read(column, said)
    if value is None:
        return NOTHING
    return ~Q(**{f"{name}__exact": value}) & Q(**{f"{name}__isnull": False})


def _than(lookup: str, *, or_null: bool = False) -> Callable[[Column, Any, str], Q]:
    """A comparison; with `or_null` rows without a value count as well."""

    def condition(column: Column, said: Any, name: str) -> Q:
        value = read(column, said)
        found = NOTHING if value is None else Q(**{f"{name}__{lookup}": value})
        return found | Q(**{f"{name}__isnull": True}) if or_null else found

    return condition


def _between(column: Column, said: dict[str, Any], name: str) -> Q:
    starts, ends = (read(column, said.get(key)) for key in ("startValue", "endValue"))
    if starts is None or ends is None:
        return NOTHING
    return Q(**{f"{name}__gte": starts, f"{name}__lte": ends})


def _members(column: Column, said: Any) -> Iterator[Any]:
    for one in said if isinstance(said, list) else [said]:
        value = read(column, one)
        if value is not None:
            yield value


def _includes(column: Column, said: Any, name: str) -> Q:
    values = list(_members(column, said))
    return Q(**{f"{name}__in": values}) if values else NOTHING


def _includes_none(column: Column, said: Any, name: str) -> Q:
    values = list(_members(column, said))
    if not values:
        return EVERYTHING
    return ~Q(**{f"{name}__in": values}) & Q(**{f"{name}__isnull": False})


def _like(before: str, after: str) -> Callable[[Column, Any, str], Q]:
    def condition(column: Column, said: Any, name: str) -> Q:
        text = _sought(column, said)
        return NOTHING if text is None else Q(_pattern(name, f"{before}{text}{after}"))

    return condition


def _sought(column: Column, said: Any) -> str | None:
    """The text to look for, with a backslash as itself; None for what is no text."""
    if said is None or isinstance(said, dict | list):
        return None
    text = as_text(said)
    if "\x00" in text:
        raise RefusalError(f"{column.name} cannot contain a NUL character")
    return text.replace("\\", r"\\")


def _pattern(name: str, pattern: str) -> Like:
    return Like(Cast(F(name), TextField()), Value(pattern))


def _not_contains(column: Column, said: Any, name: str) -> Q:
    text = _sought(column, said)
    if text is None:
        return NOTHING
    return ~Q(_pattern(name, f"%{text}%")) | Q(**{f"{name}__isnull": True})


def _multi_search(said: dict[str, Any], table: Table, found: Narrowing) -> Q:
    if said.get("value") in (None, ""):
        return EVERYTHING
    search, condition = _like("%", "%"), NOTHING
    for one in _fields(said):
        column = table.plain[one]
        condition |= search(column, said["value"], found.name(column))
    return condition


def _through(relation: Relation, said: Any, found: Narrowing) -> Q:
    """The condition of a relation: by its key, or by columns of the row it leads to."""
    target = BY_TITLE[relation.target]
    if not isinstance(said, dict) or _type_of(said):
        kind = _type_of(said)
        if isinstance(said, list) or (kind and kind not in BY_KEY):
            raise invalid(relation.name)
        key = reached(target.plain["_id"], relation)
        return compare(replace(key, name=relation.name), said, found)
    condition = EVERYTHING
    for inner, nested in said.items():
        column = reached(target.plain[inner], relation)
        condition &= compare(column, nested, found)
    return condition


BY_KEY = ("ObjectID", "IsNull", "NotNull", "EqualTo", "NotEqual", "EqualToOrNull")
OPERATORS: dict[str, Callable[[Column, Any, str], Q]] = {
    "EqualTo": _equal,
    "NotEqual": _not_equal,
    "EqualToOrNull": _than("exact", or_null=True),
    "GreaterThan": _than("gt"),
    "GreaterThanOrEqual": _than("gte"),
    "LessThan": _than("lt"),
    "LessThanOrEqual": _than("lte"),
    "GreaterThanOrNull": _than("gt", or_null=True),
    "LessThanOrNull": _than("lt", or_null=True),
    "Includes": _includes,
    "IncludesAll": _includes,
    "IncludesNone": _includes_none,
    "Search": _like("%", "%"),
    "StartsWith": _like("", "%"),
    "EndsWith": _like("%", ""),
    "NotContains": _not_contains,
    "IsNull": lambda _column, _said, name: Q(**{f"{name}__isnull": True}),
    "NotNull": lambda _column, _said, name: Q(**{f"{name}__isnull": False}),
}
