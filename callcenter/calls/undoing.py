"""Going back: what was done to a call is undone by one more row, and nothing is taken away."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .clocks import clocks_after_move
from .folding import return_to_head
from .history import append_row, bump, lock_call, lock_to_move
from .models import CallLog, Comment, CommentKind, Status, StatusKind


@dataclass(frozen=True)
class Standing:
    """Where a matter stood before a move, and the version that the move made of the call.

    `head` is the call that it was folded into.
    """

    id: int
    version: int
    status: int
    closed_at: datetime | None
    head: int | None = None

    def as_row(self) -> dict[str, Any]:
        """For JSON."""
        closed_at = self.closed_at.isoformat() if self.closed_at else None
        return asdict(self) | {"closed_at": closed_at}

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Self:
        """What `as_row` wrote."""
        closed_at = row["closed_at"]
        return cls(**row | {"closed_at": datetime.fromisoformat(closed_at) if closed_at else None})


def standing_before_move(call_log_id: int, actor: Principal) -> Standing:
    """Where the matter stands now, locked; errors as in `lock_call`. To be called in a write."""
    log = lock_to_move(call_log_id, actor)
    return Standing(
        id=log.pk,
        version=log.version + 1,
        status=log.status_id,
        closed_at=log.closed_at,
        head=log.folded_into_id,
    )


def undo_move(*, before: Standing, actor: Principal) -> Comment:
    """Put the matter back to where it stood, whatever the workflow says of such a move.

    The time of closing is the one of before, and so is the call that it was folded into. StaleError
    when the call changed since the move; RuleError when the status is not in use any more.
    """
    with write_transaction(actor):
        log = _locked(before, actor)
        if log.version != before.version:
            said = _("Call #%(id)d was changed since; it stays as it is.")
            raise StaleError(said % {"id": log.pk})
        status = Status.objects.visible_to(actor).filter(pk=before.status).first()
        if status is None or not status.is_enabled:
            raise RuleError(_("Its status of before is not in use any more."))
        changes = clocks_after_move(log, status, actor)
        if before.head is not None and log.folded_into_id is None:
            changes |= return_to_head(log, before.head, actor)
        log.status = status
        closed = before.closed_at or Now() if status.kind == StatusKind.CLOSED else None
        row = append_row(log, actor=actor, text=_("Undone."), kind=CommentKind.STATUS)
        bump(log, status=status, status_kind=status.kind, closed_at=closed, **changes)
    return row


def _locked(before: Standing, actor: Principal) -> CallLog:
    """The call, and its head of before, in the order of their ids."""
    if before.head is not None and before.head < before.id:
        with suppress(NotFoundError):  # said when it is to have the call back
            lock_call(before.head, actor)
    return lock_call(before.id, actor)
