"""Moving a matter to another status, as every action does it that may: on a locked call.

It is to be locked by `lock_to_move`, because a move may take a folded call out of its head.
"""

from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.properties.principals import Principal

from .clocks import answered, clocks_after_move
from .folding import leave_head
from .history import append_row, status_named
from .models import CallLog, Comment, CommentKind, Status, StatusKind
from .promising import promise_if_none


def move(
    log: CallLog, status_id: int, comment: str, actor: Principal
) -> tuple[dict[str, Any], Comment | None]:
    """Append the row of a move, or of a comment alone; what changes in the log, and that row.

    None when the status is the same and the comment is of blanks only. A duplicate that stands for
    itself again leaves its head, with a row in both histories. A call that goes to the
    callback status without a promise gets one, because the two go together (domain.md 2).
    """
    if status_id == log.status_id:
        if not comment.strip():
            return {}, None
        return answered(log), append_row(log, actor=actor, text=comment)
    status = status_named(status_id, actor)
    check_move(log, status, comment)
    changes = leave_head(log, status, comment, actor) | standing_at(log, status, actor)
    text = comment if comment.strip() else ""
    row = append_row(log, actor=actor, text=text, kind=CommentKind.STATUS)
    if status.is_callback:
        promise_if_none(log, actor)
    return changes, row


def standing_at(log: CallLog, status: Status, actor: Principal) -> dict[str, Any]:
    """What changes in the row of a locked call that goes to `status`; sets it on `log`."""
    changes: dict[str, Any] = {"status": status, "status_kind": status.kind}
    changes |= clocks_after_move(log, status, actor)
    closes = status.kind == StatusKind.CLOSED
    if closes != (log.closed_at is not None):
        changes["closed_at"] = Now() if closes else None
    log.status = status
    return changes


def check_move(log: CallLog, status: Status, comment: str) -> None:
    """RuleError unless the workflow lets `log` go to `status` (inv 4, domain.md 2)."""
    if status.needs_head_call and log.folded_into_id is None:
        raise RuleError(_("Fold the call into its head call first."), field="status")
    allowed = set(log.status.allowed_next.values_list("pk", flat=True))
    if allowed and status.pk not in allowed:
        said = _("A call cannot go from %(before)s to %(after)s.")
        raise RuleError(said % {"before": log.status.name, "after": status.name}, field="status")
    reopens = log.status_kind == StatusKind.CLOSED and status.kind != StatusKind.CLOSED
    if reopens and not comment.strip():
        raise RuleError(_("Say in a comment why the call is opened again."), field="comment")
