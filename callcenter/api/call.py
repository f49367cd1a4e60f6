"""One request of another system."""

import time
from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest

from callcenter.api.bodies import read_body
from callcenter.api.query import Query
from callcenter.properties.credentials import Caller
from callcenter.properties.principals import Principal

SAFE = ("GET", "HEAD")


@dataclass
class Call:
    """One request and what is known of it so far."""

    request: HttpRequest
    path: str
    caller: Caller | None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def principal(self) -> Principal:
        """On whose behalf; only after the credential was judged."""
        assert self.caller is not None  # noqa: S101 (operations come after `_judge`)
        return self.caller.principal

    @cached_property
    def query(self) -> Query:
        """What stands behind the question mark."""
        return Query(self.request.META)

    @cached_property
    def body(self) -> bytes | None:
        """The bytes of the body; None when they are too many."""
        return read_body(self.request)

    @property
    def key(self) -> str:
        """The Idempotency-Key, "" without one."""
        return str(self.request.headers.get("Idempotency-Key", ""))

    @property
    def endpoint(self) -> str:
        """Method and path, as keys of idempotency are kept for."""
        return f"{self.request.method} {self.path}"
