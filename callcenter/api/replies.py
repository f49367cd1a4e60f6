"""Answers of writes: given once, and again to who repeats the request with its key (B-46)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpResponse

from callcenter.accounts.idempotency import Answer, once, stored_answer

from .call import Call

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """Status, body and own headers of an answer, in a form that can be stored."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = JSON

    def stored(self) -> Answer:
        """As JSON."""
        return {
            "status": self.status,
            "body": self.body,
            "headers": self.headers,
            "kind": self.kind,
        }

    def response(self) -> HttpResponse:
        """As the answer of this request."""
        return HttpResponse(
            self.body, content_type=self.kind, status=self.status, headers=self.headers
        )


def replay(call: Call) -> HttpResponse | None:
    """The answer that the request's key was given before; ReusedKeyError for another body."""
    if not call.key:
        return None
    answer = stored_answer(
        actor=call.principal, endpoint=call.endpoint, key=call.key, body=_digest(call)
    )
    return None if answer is None else Reply(**answer).response()


def write_once(call: Call, effect: Callable[[], Reply]) -> HttpResponse:
    """Do `effect`, which is one transaction, and answer; with a key also store the answer in it.

    A twin of the request waits for this one and then gets the same answer.
    """
    if not call.key:
        return effect().response()
    answer = once(
        actor=call.principal,
        endpoint=call.endpoint,
        key=call.key,
        body=_digest(call),
        effect=lambda: effect().stored(),
    )
    return Reply(**answer).response()


def _digest(call: Call) -> str:
    """What tells this body from others; one that is too large equals none that had an effect."""
    return "too large" if call.body is None else hashlib.sha256(call.body).hexdigest()
