"""What a column, a relation and a table of the dialect are (wire/oneuptime.md 2 and 10)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Case, DateTimeField, F, IntegerField, Model, Q, UUIDField, Value, When
from django.db.models.functions import Cast


class Kind(StrEnum):
    """The type of a column; the value is its name in the typed form, "" where it stays bare."""

    KEY = "key"
    OBJECT_ID = "ObjectID"
    DATE = "DateTime"
    PHONE = "Phone"
    NAME = "Name"
    EMAIL = "Email"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"

    @property
    def is_typed(self) -> bool:
        """Whether a `deployed` credential is told it with its type."""
        return self not in (Kind.KEY, Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN)

    @property
    def is_text(self) -> bool:
        """Whether the database keeps a text."""
        return self in (Kind.TEXT, Kind.PHONE, Kind.NAME, Kind.EMAIL)


class Verb(StrEnum):
    """What a request wants, in the words of the texts about rights."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


FIXED: dict[Kind, type[Any]] = {
    Kind.KEY: UUIDField,
    Kind.OBJECT_ID: UUIDField,
    Kind.DATE: DateTimeField,
    Kind.NUMBER: IntegerField,
}


@dataclass(frozen=True)
class Column:
    """A plain column: its name on the wire and where our models have the value.

    `path` is Django's, from the table's model, "" where the value is always `default`. `live`
    is when the row that it leads through was withdrawn: then the value is null. `field` is its
    name in our actions, "" where it cannot be written; `default` is what a create has that leaves
    it out. `through` is whether other tables may read it through a relation; `key` tells it from
    others of its name then.
    """

    name: str
    kind: Kind
    path: str
    description: str = ""
    live: str = ""
    field: str = ""
    is_required: bool = False
    is_nullable: bool = True
    default: Any = None
    longest: int = 0
    creates: bool = False
    updates: bool = False
    is_readable: bool = True
    through: bool = False
    key: str = ""

    @property
    def alias(self) -> str:
        """What it is called in a statement when it is more than a path."""
        return f"wire_{(self.key or self.name).lower()}"

    @property
    def origin(self) -> tuple[str, str]:
        """What two columns share that have the same value in each row."""
        return (self.path, self.live) if self.path else ("", self.alias)

    @property
    def source(self) -> str:
        """What stands before the operator of a look-up."""
        return self.path if self.path and not self.live else self.alias

    @property
    def expression(self) -> Any:
        """The value where `source` needs one, else None."""
        if not self.path:
            return Cast(Value(self.default), FIXED[self.kind]())
        if not self.live:
            return None
        return Case(When(Q(**{f"{self.live}__isnull": True}), then=F(self.path)))


@dataclass(frozen=True)
class Relation:
    """A column that stands for a whole row of another table.

    `path` leads there, "" where there never is such a row. `column` is the plain column with its
    key. `is_list` is a relation to many, which is always empty here.
    """

    name: str
    target: str
    path: str
    column: str
    description: str = ""
    live: str = ""
    creates: bool = False
    updates: bool = False
    is_list: bool = False
    is_readable: bool = True


@dataclass(frozen=True, eq=False)
class Table:
    """One resource: its title, its place in the addresses, its columns in the wire's order.

    `verbs` are the rights that reading and writing need, in Django's words; what is not among
    them is done by nobody. `model` is None for what can be reached through relations only.
    """

    title: str
    columns: tuple[Column | Relation, ...]
    slug: str = ""
    model: type[Model] | None = None
    verbs: Mapping[str, str] = field(default_factory=dict)
    readers: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Column | Relation]:
        """All that can be read, in order."""
        return {column.name: column for column in self.columns if column.is_readable}

    @cached_property
    def all_names(self) -> dict[str, Column | Relation]:
        """Also what is never told."""
        return {column.name: column for column in self.columns}

    @cached_property
    def plain(self) -> dict[str, Column]:
        """The plain ones that can be read, in order."""
        return {name: one for name, one in self.by_name.items() if isinstance(one, Column)}

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """The relations that can be read."""
        return {name: one for name, one in self.by_name.items() if isinstance(one, Relation)}

    @property
    def model_name(self) -> str:
        """The title in one word, as texts about rules and schemas have it."""
        return self.title.replace(" ", "")

    def writable(self, verb: Verb) -> Iterator[Column | Relation]:
        """What a `create` or an `update` may name."""
        for column in self.columns:
            if column.creates if verb is Verb.CREATE else column.updates:
                yield column


def reached(column: Column, relation: Relation) -> Column:
    """A column of the row that a relation leads to, as seen from where the relation starts.

    The key of that row is the column of the relation itself.
    """
    between = "_" if column.path == "id" else "__"
    return Column(
        name=column.name,
        key=f"{relation.name}_{column.name}",
        kind=column.kind,
        path=f"{relation.path}{between}{column.path}" if relation.path and column.path else "",
        live=relation.live,
        longest=column.longest,
        default=column.default if relation.path else None,
    )
