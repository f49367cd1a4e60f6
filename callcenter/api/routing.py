"""Which operation an address means: without regard to case, with and without a last slash."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.http.response import HttpResponseBase

from .describing import Docs

type Handler = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Operation:
    """What one method of an address does, the right it needs, and what documents say of it.

    `permission` is in Django's words, as `Principal.may` takes it, or in the dialect's own.
    Without `docs` it is there to refuse, and no document tells of it.
    """

    handler: Handler
    permission: str
    docs: Docs | None


@dataclass(frozen=True)
class Route:
    """An address below the dialect's prefix, like `units/{unitId}/calllogs`, and its methods."""

    template: str
    operations: dict[str, Operation] = field(default_factory=dict)

    @property
    def allowed(self) -> str:
        """The methods in the form of the Allow header; HEAD goes where GET goes."""
        methods = sorted({*self.operations, *(["HEAD"] if "GET" in self.operations else [])})
        return ", ".join(methods)

    def operation(self, method: str) -> Operation | None:
        """What this method does here."""
        return self.operations.get("GET" if method == "HEAD" else method)


def trimmed(path: str) -> str:
    """What stands below a prefix, in the one form that all spellings of an address have."""
    return path.lower().removeprefix("/").removesuffix("/")


class Routes:
    """All addresses of a dialect; words win over parameters."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = sorted(routes, key=lambda route: route.template.count("{"))
        self._patterns = [(_pattern(route.template), route) for route in self._routes]

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def find(self, path: str, method: str | None = None) -> tuple[Route, tuple[str, ...]] | None:
        """The route of a path (below the prefix, decoded, trimmed) with its parameters' texts.

        With a method only those that have it count: words win among these.
        """
        for pattern, route in self._patterns:
            match = pattern.fullmatch(path)
            if match and (method is None or route.operation(method) is not None):
                return route, match.groups()
        return None


def _pattern(template: str) -> re.Pattern[str]:
    words = ["([^/]+)" if part.startswith("{") else re.escape(part) for part in template.split("/")]
    return re.compile("/".join(words), re.IGNORECASE | re.ASCII)
