"""The one way to open a transaction that writes: with the audit context set once."""

import json
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.db import connection, transaction

from .errors import RuleError
from .prepared import fetch_all

SET_CONTEXT = """
SELECT set_config('pghistory.context_id', %(id)s::text, true),
       set_config('pghistory.context_metadata', %(metadata)s::text, true)
"""

INVISIBLE = frozenset(["Cc", "Cf", "Zl", "Zp", "Zs"])  # categories of Unicode


class Actor(Protocol):
    """Who acts: a principal, or anything that can say the same of itself."""

    @property
    def organization_id(self) -> int: ...
    @property
    def user_id(self) -> int | None: ...
    @property
    def request_id(self) -> str: ...
    @property
    def kind(self) -> str: ...


@contextmanager
def write_transaction(actor: Actor) -> Iterator[None]:
    """Open a transaction whose audit events all carry `actor` and its request id (B-44).

    The context is set with one SET LOCAL, not before each statement; COPY runs inside it too.
    Nested in a transaction of the same actor it costs nothing more; in one of another actor it
    raises RuntimeError, because an audit line cannot have two authors.
    """
    mine = (actor.organization_id, actor.user_id, actor.request_id)
    outer = getattr(connection, "callcenter_actor", None) if connection.in_atomic_block else None
    if outer is not None:
        if outer != mine:
            raise RuntimeError("a write transaction of another actor is already open")
        with transaction.atomic():
            yield
        return
    with transaction.atomic():
        _set_context(actor)
        connection.callcenter_actor = mine  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.callcenter_actor = None  # type: ignore[attr-defined]


def _set_context(actor: Actor) -> None:
    """Name the actor to pghistory's triggers for the rest of this transaction."""
    metadata = {
        "organization": actor.organization_id,
        "user": actor.user_id,
        "request": actor.request_id,
        "kind": actor.kind,
    }
    fetch_all(SET_CONTEXT, {"id": str(uuid.uuid4()), "metadata": json.dumps(metadata)})


def require_text(text: str, *, field: str, message: str) -> str:
    """The text without blanks around it; RuleError with `message` when it shows nothing.

    Signs that only steer writing, or have no width, show nothing by themselves (B-21).
    """
    text = text.strip()
    if not any(unicodedata.category(sign) not in INVISIBLE for sign in text):
        raise RuleError(message, field=field)
    return text
