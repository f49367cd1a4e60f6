"""Work that must happen: written with what wants it, published, and published again (inv 22)."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from .models import OutboxMessage
from .publishing import Hint, hints, publish

AT_ONCE = 100  # messages that one sweep publishes
SLOWEST = timedelta(minutes=10)  # between two publications of a message that nobody takes
KEEP = timedelta(days=7)


def enqueue(
    *,
    organization_id: int,
    task: str,
    arguments: Mapping[str, int],
    delay: timedelta | None = None,
) -> OutboxMessage:
    """Write down that `task` must run; when the transaction is rolled back, it must not.

    Right after the commit the broker gets a hint. Should that be lost, the sweeper publishes
    the message after OUTBOX_PATIENCE. With `delay` only the sweeper does, when it is over.
    """
    wait = settings.OUTBOX_PATIENCE if delay is None else delay
    message = OutboxMessage.objects.create(
        organization_id=organization_id,
        task=task,
        arguments=dict(arguments),
        due_at=Now() + wait,
    )
    if delay is None:
        transaction.on_commit(partial(hints.offer, hint_of(message)))
    return message


def hint_of(message: OutboxMessage) -> Hint:
    """The Celery message: the arguments, and which row they come from."""
    arguments: dict[str, Any] = {"message_id": message.pk, **message.arguments}
    return Hint(message.task, arguments)


def publish_due() -> int:
    """Publish what is due and say how much of it the broker took.

    Each message is put off first, further with every time that it was published in vain, in a
    transaction that is over before the broker is spoken to. The first failure ends the sweep.
    """
    taken = []
    for message in _put_off_due():
        if not publish(hint_of(message)):
            break
        taken.append(message.pk)
    OutboxMessage.objects.filter(pk__in=taken).update(published=F("published") + 1)
    return len(taken)


def _put_off_due() -> list[OutboxMessage]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_outboxmessage"
            " SET due_at = statement_timestamp()"
            "  + make_interval(secs => least(%s * power(2, least(published, 16)), %s))"
            " WHERE id IN (SELECT id FROM outbox_outboxmessage"
            "  WHERE due_at <= statement_timestamp() AND done_at IS NULL AND parked_at IS NULL"
            "  ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)"
            " RETURNING id",
            [settings.OUTBOX_PATIENCE.total_seconds(), SLOWEST.total_seconds(), AT_ONCE],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(OutboxMessage.objects.filter(pk__in=ids).order_by("pk"))


def prune() -> int:
    """Forget what was done more than a week ago; the number of rows."""
    old = OutboxMessage.objects.filter(done_at__lt=Now() - KEEP)
    deleted, _ = old.delete()
    return deleted
