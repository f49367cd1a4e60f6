"""Promises to ring back: made, handed on, moved and ended, each with its line of history.

A promise belongs to its call: every action locks the call first. A call in the organisation's
callback status has a pending promise: going there makes one (`moving.move`), and the end of the
last one leads on from there. A promise outlives any other move, also the closing of the call; it
ends only as done, failed or cancelled, with a comment.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.templatetags.times import in_city
from callcenter.core.transactions import require_text, write_transaction
from callcenter.properties.principals import Principal

from .folding import leave_head
from .history import (
    MAX_TEXT,
    append_row,
    bump,
    clean_text,
    lock_call,
    lock_to_move,
    status_named,
)
from .models import Callback, CallbackState, CallLog, CommentKind, Status, StatusKind
from .moving import check_move, standing_at
from .promising import callback_status, holder, promised
from .values import Promise


def promise_callback(*, call_log_id: int, promise: Promise, actor: Principal) -> Callback:
    """Promise to ring back; an open call goes to the callback status where the workflow lets it.

    RuleError when the one who shall ring does not see the call.
    """
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        callback, said = promised(log, promise)
        changes: dict[str, Any] = {}
        status = callback_status(log.organization_id)
        if status is not None and _leads_to(log, status):
            changes = standing_at(log, status, actor)
        kind = CommentKind.STATUS if changes else CommentKind.EDIT
        append_row(log, actor=actor, text=said, kind=kind)
        bump(log, **changes)
    return callback


def take_callback(*, callback_id: int, actor: Principal) -> bool:
    """Make anyone's promise the actor's own; False when it is so already.

    StaleError, naming the other one, when somebody was first.
    """
    with write_transaction(actor):
        callback, log = _locked(callback_id, actor)
        if callback.assignee_id == actor.user_id:
            return False
        if callback.assignee is not None:
            said = _("%(name)s took this callback first.")
            raise StaleError(said % {"name": callback.assignee})
        said = _("Callback of %(moment)s taken.")
        _change(log, callback, said, actor, assignee_id=actor.user_id)
    return True


def assign_callback(*, callback_id: int, assignee_id: int | None, actor: Principal) -> bool:
    """Hand a promise to somebody who sees the call, or to anyone; False when it is so already.

    RuleError when that person does not see the call.
    """
    with write_transaction(actor):
        callback, log = _locked(callback_id, actor)
        if callback.assignee_id == assignee_id:
            return False
        person = holder(log, assignee_id)
        said = _("Callback of %(moment)s: now %(who)s, before %(before)s.")
        who = {
            "who": person.user if person else _("anyone"),
            "before": callback.assignee or _("anyone"),
        }
        _change(log, callback, said, actor, who, assignee_id=assignee_id)
    return True


def move_callback(*, callback_id: int, due_at: datetime, text: str, actor: Principal) -> bool:
    """Promise another time; `text` is how it was typed. False when it is that time already."""
    with write_transaction(actor):
        callback, log = _locked(callback_id, actor)
        if callback.due_at == due_at:
            return False
        said = _("Callback moved from %(moment)s to %(after)s.")
        after = {"after": in_city(due_at, log.contacted_zone)}
        _change(log, callback, said, actor, after, due_at=due_at, due_text=text)
    return True


def end_callback(
    *,
    callback_id: int,
    state: CallbackState,
    comment: str,
    actor: Principal,
    status_id: int | None = None,
) -> Callback:
    """End a promise with what came of it; the comment is required and stands in the history.

    `status_id` moves the matter on in the same row. Without it a call whose last promise this
    was leaves the callback status for the first open one that may follow.
    """
    if state == CallbackState.PENDING:
        raise RuleError(_("A callback ends as done, failed or cancelled."), field="state")
    comment = clean_text(comment, limit=MAX_TEXT, field="comment")
    comment = require_text(
        comment, field="comment", message=_("Say in a comment what came of the callback.")
    )
    with write_transaction(actor):
        callback, log = _locked(callback_id, actor)
        changes: dict[str, Any] = {}
        status = _status_after(callback, log, status_id, actor)
        if status is not None and status.pk != log.status_id:
            check_move(log, status, comment)
            changes = leave_head(log, status, comment, actor)
            changes |= standing_at(log, status, actor)
        said = {"state": state.label.lower(), "comment": comment}
        row = append_row(
            log,
            actor=actor,
            text=_("Callback %(state)s: %(comment)s") % said,
            kind=CommentKind.STATUS if changes else CommentKind.COMMENT,
        )
        callback.state, callback.outcome, callback.ended_at = state, row, timezone.now()
        callback.save(update_fields=["state", "outcome", "ended_at"])
        bump(log, **changes)
    return callback


def _locked(callback_id: int, actor: Principal) -> tuple[Callback, CallLog]:
    """A pending promise and its call, locked; StaleError when it has ended."""
    seen = Callback.objects.visible_to(actor).filter(pk=callback_id)
    call_log_id = seen.values_list("call_log_id", flat=True).first()
    if call_log_id is None:
        raise NotFoundError(_("There is no such callback."))
    log = lock_to_move(call_log_id, actor)
    callback = Callback.objects.select_related("assignee", "outcome").get(pk=callback_id)
    if callback.outcome is not None:
        said = _("This callback has ended: %(state)s, by %(name)s.")
        words = {"state": callback.get_state_display(), "name": callback.outcome.author_name}
        raise StaleError(said % words)
    return callback, log


def _change(
    log: CallLog,
    callback: Callback,
    said: str,
    actor: Principal,
    words: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Write `changes` to a locked promise, with the line that tells of them."""
    known = {"moment": in_city(callback.due_at, log.contacted_zone)} | (words or {})
    append_row(log, actor=actor, text=said % known, kind=CommentKind.EDIT)
    for name, value in changes.items():
        setattr(callback, name, value)
    callback.save(update_fields=list(changes))
    bump(log)


def _leads_to(log: CallLog, status: Status) -> bool:
    """Whether a promise takes this call to the callback status: an open one, where it may go."""
    if status.pk == log.status_id or log.status_kind == StatusKind.CLOSED:
        return False
    allowed = set(log.status.allowed_next.values_list("pk", flat=True))
    return not allowed or status.pk in allowed


def _status_after(
    callback: Callback, log: CallLog, status_id: int | None, actor: Principal
) -> Status | None:
    """Where the matter goes when the promise ends; None to stay."""
    if status_id is not None and status_id != log.status_id:
        return status_named(status_id, actor)
    others = Callback.objects.pending().filter(call_log=log).exclude(pk=callback.pk)
    if not log.status.is_callback or others.exists():
        return None
    after = Status.objects.visible_to(actor).after(
        log.status_id, has_head_call=log.folded_into_id is not None
    )
    return next((status for status in after if status.kind == StatusKind.OPEN), None)
