"""What a task does around its work: begin, hold on, end, fail, park (inv 22, F02, F06).

A message may arrive twice, late, or after the work is done. The row decides: each start without
progress is counted, and a message that started MAX_ATTEMPTS times in vain is parked, so that a
poisonous one cannot go round for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Now

from .actions import hint_of
from .models import OutboxMessage
from .publishing import hints

MAX_ATTEMPTS = 10
PUT_OFF = timedelta(seconds=5)  # after the first failure; doubles with each further one
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Again:
    """The work is not over: go on after `after` (at once when zero).

    With `progress` the attempts start from zero; without it this start counts as one in vain.
    A start that found somebody else at work (`is_turn` false) counts for nothing.
    """

    after: timedelta = timedelta(0)
    progress: bool = True
    is_turn: bool = True


def deliver(
    message_id: int, work: Callable[[], Again | None], on_parked: Callable[[], None]
) -> None:
    """Do the work of a message and write down how it went.

    `work` returns None when all is done. `on_parked` runs once, when the message is given up.
    What `work` raises is written to the row, which becomes due again later, and raised.
    """
    if not _begin(message_id):
        _park_if_poisonous(message_id, on_parked)
        return
    try:
        again = work()
    except Exception as error:
        _fail(message_id, error)
        raise
    if again is None:
        _open(message_id).update(done_at=Now(), error="")
    else:
        _continue(message_id, again)


def hold(message_id: int) -> None:
    """Say that the work is getting on, so that nobody starts it again meanwhile."""
    later = Now() + settings.OUTBOX_PATIENCE
    _open(message_id).update(due_at=later, attempts=0, published=0)


def _open(message_id: int) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(pk=message_id, done_at=None, parked_at=None)


def _begin(message_id: int) -> bool:
    """Count the start; False when there is nothing to do, or nothing more to be tried."""
    startable = _open(message_id).filter(attempts__lt=MAX_ATTEMPTS)
    later = Now() + settings.OUTBOX_PATIENCE
    return startable.update(attempts=F("attempts") + 1, due_at=later, published=0) == 1


def _park_if_poisonous(message_id: int, on_parked: Callable[[], None]) -> None:
    with transaction.atomic():
        if _open(message_id).filter(attempts__gte=MAX_ATTEMPTS).update(parked_at=Now()) == 1:
            logger.error("outbox_parked", message_id=message_id)
            on_parked()


def _fail(message_id: int, error: Exception) -> None:
    message = _open(message_id).first()
    if message is None:
        return
    said = f"{type(error).__name__}: {error}"[:2_000]
    later = PUT_OFF * 2 ** max(message.attempts - 1, 0)
    _open(message_id).update(error=said, due_at=Now() + later)


def _continue(message_id: int, again: Again) -> None:
    rows = _open(message_id)
    if not again.is_turn:
        rows.update(attempts=Greatest(F("attempts") - 1, 0))
    elif again.progress:
        rows.update(attempts=0)
    rows.update(due_at=Now() + (again.after or settings.OUTBOX_PATIENCE))
    if not again.after and (message := rows.first()) is not None:
        hints.offer(hint_of(message))
