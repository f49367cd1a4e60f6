"""Doing a thing once for a key: effect, key and answer share one transaction (B-46, B-48)."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError, StaleError
from callcenter.core.transactions import Actor, write_transaction

from .models import IdempotencyRecord

type Answer = dict[str, Any]

KEPT = timedelta(hours=24)


class ReusedKeyError(StaleError):
    """The key was used before, for another request."""


class _TwinError(Exception):
    """The key had its effect before, so this transaction must not have one."""


def digest_of(body: Any) -> bytes:
    """SHA-256 of a request's content, in a form that does not depend on the order of keys."""
    text = json.dumps(body, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class Asker(Actor, Protocol):
    """Who asks, and with which credential if with any."""

    @property
    def credential_id(self) -> int | None: ...


def scope_of(actor: Asker) -> str:
    """Whose keys these are: equal keys of two people, or of two credentials, do not meet."""
    if actor.credential_id is not None:
        return f"credential:{actor.credential_id}"
    return f"{actor.kind}:{actor.organization_id}:{actor.user_id}"


def once(
    *, actor: Asker, endpoint: str, key: str, body: Any, effect: Callable[[], Answer]
) -> Answer:
    """Run `effect` unless `key` had one; its answer, or the stored one of the first time.

    The record is written last, in the transaction of the effect: a twin waits there for the
    other one and, when that one commits, rolls its own effect back and answers the same. A
    refusal is not stored; but when the key had its effect before, its answer wins over the
    refusal that the repetition runs into (a version that has moved on, say).
    RuleError for an unusable key, ReusedKeyError when the key belongs to another request.
    """
    if not key or len(key) > 255 or not key.isascii() or not key.isprintable():
        raise RuleError(_("This form is too old. Reload the page and try again."))
    record = (scope_of(actor), endpoint, key)
    digest = digest_of(body)
    try:
        with write_transaction(actor):
            answer = effect()
            _store(record, digest, answer)
            return answer
    except (_TwinError, RuleError):
        stored = _stored(record, digest)
        if stored is None:
            raise
        return stored


def stored_answer(*, actor: Asker, endpoint: str, key: str, body: Any) -> Answer | None:
    """What `key` was answered before, None if nothing was; ReusedKeyError as in `once`."""
    return _stored((scope_of(actor), endpoint, key), digest_of(body))


def _store(record: tuple[str, str, str], digest: bytes, answer: Answer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_idempotencyrecord"
            " (scope, endpoint, key, request_digest, answer) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT ON CONSTRAINT idempotencyrecord_once DO NOTHING RETURNING id",
            [*record, digest, json.dumps(answer)],
        )
        if cursor.fetchone() is None:
            raise _TwinError


def _stored(record: tuple[str, str, str], digest: bytes) -> Answer | None:
    scope, endpoint, key = record
    found = IdempotencyRecord.objects.filter(scope=scope, endpoint=endpoint, key=key).first()
    if found is None:
        return None
    if bytes(found.request_digest) != digest:
        raise ReusedKeyError(_("This form was sent before with other content. Reload the page."))
    return dict(found.answer)


def prune() -> int:
    """Forget the answers that are older than 24 hours; how many they were."""
    return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
