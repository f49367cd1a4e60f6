"""The words in which a dialect tells of its addresses; `dialects` binds them to the routes.

Methods and addresses come from the routes, shapes from the msgspec structs that are encoded, codes
from the error table: only words and parameters stand here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Schema = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """A parameter of the query or a header."""

    name: str
    schema: Schema
    description: str
    place: str = "query"
    example: Any = None


@dataclass(frozen=True, eq=False)
class Shape:
    """A model that is no struct: its name, and its JSON Schema."""

    name: str
    schema: Schema


@dataclass(frozen=True)
class Body:
    """What may be sent: a struct, what JSON Schema must add to it, and an example."""

    shape: type | Shape
    example: Mapping[str, Any]
    also: Schema = field(default_factory=dict)
    is_required: bool = True


@dataclass(frozen=True)
class Answer:
    """The answer to a request that succeeds; of several `shapes` it has one. None: no body.

    `texts` are the types under which it may come as a text instead.
    """

    description: str
    shapes: tuple[Any, ...] = ()
    example: Any = None
    status: int = 200
    headers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Docs:
    """What one operation says of itself. `codes` are its rows of the error table.

    `name` is its own where several share a handler, `nothing` what 204 means here, `error` the
    body of its refusals where they are not the dialect's. `is_open` needs no key.
    """

    summary: str
    group: str
    answer: Answer
    codes: tuple[int, ...]
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    name: str = ""
    nothing: str = ""
    error: type | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Problem:
    """A row of a dialect's error table."""

    code: int
    name: str
    status: int
    message: str


@dataclass(frozen=True)
class Section:
    """A few paragraphs of the readable page, with blank lines between them."""

    title: str
    text: str
