"""What of a row is asked for, and rows in the shape of the answer (wire/oneuptime.md 8)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from .columns import Column, Relation, Table, reached
from .refusals import DEEP, RefusalError
from .tables import BY_TITLE
from .values import bare, writer

TRUE = (True, 1, "true", "1")


@dataclass(frozen=True)
class Chosen:
    """The part of a relation that is asked for: names in the related table, `_id` first."""

    relation: Relation
    names: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """What is asked for, in the table's order: plain columns and parts of relations."""

    table: Table
    parts: tuple[Column | Chosen, ...]

    @classmethod
    def all_plain(cls, table: Table) -> "Selection":
        """Every plain column."""
        return cls(table, tuple(table.plain.values()))

    @property
    def names(self) -> list[str]:
        """The members of an answer, in order."""
        return [p.name if isinstance(p, Column) else p.relation.name for p in self.parts]


def unknown_columns(raw: Any, table: Table) -> RefusalError | None:
    """The refusal of the first name that is no column, if there is one."""
    for name in ["0"] if isinstance(raw, list | str) and raw else list(raw or ()):
        if name not in table.by_name:
            return RefusalError(
                f'Invalid select clause. Cannot select on "{name}". This column does not exist on'
                f" {table.title}. Here are the columns you can select on instead:"
                f" {', '.join(table.by_name)}"
            )
    return None


def check_related(name: str, nested: Any, table: Table) -> None:
    """RefusalError unless `name` of this table can be read through a relation."""
    column = table.by_name.get(name)
    if column is None:
        raise RefusalError(f"Column {name} not found on {table.title}")
    if isinstance(nested, dict) and "_type" not in nested:
        raise RefusalError(DEEP)
    if isinstance(column, Relation) or not column.through:
        raise RefusalError(
            f"Column {name} on {table.title} does not support read on relation query."
        )


def check_relations(raw: dict[str, Any], table: Table) -> None:
    """RefusalError for what cannot be read through a relation, or of a plain column."""
    for name, said in raw.items():
        if not isinstance(said, dict):
            continue
        column = table.by_name[name]
        if isinstance(column, Column):
            raise RefusalError(
                f"Select not supported on {name} of {table.title} because this column modelType"
                " is not found."
            )
        for inner, nested in said.items():
            check_related(inner, nested, BY_TITLE[column.target])


def is_true(said: Any) -> bool:
    """Whether a value of a select asks for its column."""
    return isinstance(said, bool | int | str) and said in TRUE


def read_select(raw: dict[str, Any], table: Table) -> Selection:
    """What a select of known names asks for; `_id` always."""
    parts: list[Column | Chosen] = []
    for name, column in table.by_name.items():
        said = raw.get(name)
        if isinstance(column, Column):
            if name == "_id" or is_true(said):
                parts.append(column)
        elif isinstance(said, dict) or is_true(said):
            target = BY_TITLE[column.target]
            wanted = said if isinstance(said, dict) else {}
            names = (n for n in target.plain if n == "_id" or is_true(wanted.get(n)))
            parts.append(Chosen(column, tuple(names)))
    return Selection(table, tuple(parts))


@dataclass(frozen=True)
class _Leaf:
    """One value of a statement's row."""

    column: Column
    write: Callable[[Any], Any] | None


def told(rows: QuerySet[Any, Any], selection: Selection, *, is_typed: bool) -> list[dict[str, Any]]:
    """The ordered rows in the shape of the answer; one statement, which reads no value twice."""
    leaves = [leaf for part in selection.parts for leaf in _leaves(part, is_typed=is_typed)]
    once = {leaf.column.origin: leaf.column for leaf in leaves}
    more = {column.alias: column.expression for column in once.values()}
    extra = {name: said for name, said in more.items() if said is not None}
    sources = [column.source for column in once.values()]
    found = list(rows.annotate(**extra).values_list(*sources))
    if not found:
        return []
    values = dict(zip(once, zip(*found, strict=True), strict=True))
    columns = [_written(values[leaf.column.origin], leaf.write) for leaf in leaves]
    return _shaped(columns, selection)


def _leaves(part: Column | Chosen, *, is_typed: bool) -> list[_Leaf]:
    if isinstance(part, Column):
        return [_Leaf(part, writer(part.kind, is_typed=is_typed))]
    target = BY_TITLE[part.relation.target].plain
    return [
        _Leaf(reached(target[name], part.relation), writer(target[name].kind, is_typed=is_typed))
        for name in part.names
    ]


def _written(values: Sequence[Any], write: Callable[[Any], Any] | None) -> Sequence[Any]:
    if write is None:
        return values
    return [None if value is None else write(value) for value in values]


def _shaped(columns: list[Sequence[Any]], selection: Selection) -> list[dict[str, Any]]:
    """Objects out of columns; those of a relation become one column of objects first."""
    whole: list[Sequence[Any]] = []
    at = 0
    for part in selection.parts:
        if isinstance(part, Column):
            whole.append(columns[at])
            at += 1
            continue
        some = columns[at : at + len(part.names)]
        at += len(part.names)
        whole.append(_related(part, some))
    names = selection.names
    return [dict(zip(names, row, strict=True)) for row in zip(*whole, strict=True)]


def _related(part: Chosen, columns: list[Sequence[Any]]) -> list[Any]:
    """The rows that a relation leads to: null where there is none, [] for many."""
    if part.relation.is_list:
        return [[] for _ in columns[0]]
    rows = zip(*columns, strict=True)
    return [None if row[0] is None else dict(zip(part.names, row, strict=True)) for row in rows]


def echoed(raw: Any, value: Any) -> Any:
    """A value of ours in the form in which `raw` was sent."""
    if isinstance(raw, dict) and "_type" in raw and bare(raw) is not raw and value is not None:
        return {"_type": raw["_type"], "value": value}
    return value
