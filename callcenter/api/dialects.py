"""One dialect as a whole: its routes, and all that documents say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .describing import Problem, Schema, Section
from .routing import Routes


@dataclass(frozen=True, eq=False)
class Dialect:
    """All that is said of one dialect.

    `scheme` is OpenAPI's of the key, `key_header` the header in examples, `samples` what stands
    there for parameters of the path. `has_codes` is whether refusals carry a `Code`,
    `takes_empty` whether an empty parameter of the query counts as none.
    """

    name: str
    title: str
    version: str
    description: str
    prefix: str
    routes: Routes
    error: type
    problems: tuple[Problem, ...]
    error_headers: Mapping[int, str]
    headers: Mapping[str, tuple[str, Schema]]
    path_parameter: Schema
    content_types: tuple[str, ...]
    body_types: tuple[str, ...]
    credential: str
    sections: tuple[Section, ...]
    scheme: Schema = field(default_factory=lambda: {"type": "http", "scheme": "bearer"})
    key_header: str = "Authorization: Bearer $KEY"
    samples: Mapping[str, str] = field(default_factory=dict)
    has_codes: bool = True
    takes_empty: bool = True
