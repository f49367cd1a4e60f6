"""What the actions share: the lock on a call's row, its next row of history, its next version."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.properties.principals import Principal

from .models import (
    CallLog,
    CallLogReason,
    Comment,
    CommentKind,
    Reason,
    Status,
    Visibility,
)

MAX_TEXT = 50_000


def clean_text(text: str, *, limit: int, field: str) -> str:
    """The text as typed; RuleError when it is too long or holds what no database keeps (B-18)."""
    if len(text) > limit:
        said = _("This is longer than %(limit)d characters.") % {"limit": limit}
        raise RuleError(said, field=field)
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise RuleError(_("This holds a character that cannot be kept."), field=field)
    return text


def lock_call(call_log_id: int, actor: Principal, seen_version: int | None = None) -> CallLog:
    """The call, locked until the end of the transaction, as the actor may see it now (C02).

    NotFoundError when it is absent or not visible; StaleError when `seen_version` is another
    one than the call's. None means that the last write wins.
    """
    visible = CallLog.objects.visible_to(actor).select_related("status")
    log = visible.select_for_update(of=("self",), no_key=True).filter(pk=call_log_id).first()
    if log is None:
        raise NotFoundError(_("There is no such call."))
    if seen_version is not None and log.version != seen_version:
        raise StaleError(_("Somebody else changed this call in the meantime."))
    return log


def append_row(
    log: CallLog,
    *,
    actor: Principal,
    text: str,
    kind: CommentKind = CommentKind.COMMENT,
    visibility: Visibility = Visibility.INTERNAL,
) -> Comment:
    """The next row of the history, with the status of `log` as it is in memory.

    The database gives it its number, digest and hash (trigger `calls_comment_chain`).
    """
    comment = Comment(
        organization_id=log.organization_id,
        call_log=log,
        text=text,
        author_id=actor.user_id,
        author_name=actor.user_name,
        status=log.status,
        status_name=log.status.name,
        kind=kind,
        visibility=visibility,
    )
    comment.save(force_insert=True)
    return comment


def bump(log: CallLog, **changes: Any) -> CallLog:
    """Write `changes` to a locked call and make its version one higher (inv 5)."""
    CallLog.objects.filter(pk=log.pk).update(version=F("version") + 1, updated_at=Now(), **changes)
    log.version += 1
    return log


def reasons_named(reason_ids: Sequence[int], actor: Principal) -> list[Reason]:
    """The reasons of these ids, in this order, each once; RuleError for one that is not there."""
    wanted = list(dict.fromkeys(reason_ids))
    if not wanted:
        return []
    found = Reason.objects.visible_to(actor).in_bulk(wanted)
    if len(found) < len(wanted):
        raise RuleError(_("There is no such reason."), field="reasons")
    return [found[pk] for pk in wanted]


def set_reasons(log: CallLog, reasons: Sequence[Reason]) -> None:
    """Give a call these reasons, the first as the main one."""
    CallLogReason.objects.bulk_create(
        CallLogReason(
            organization_id=log.organization_id, call_log=log, reason=reason, position=position
        )
        for position, reason in enumerate(reasons)
    )


def status_named(status_id: int | None, actor: Principal) -> Status:
    """The enabled status of this id, or the initial one for None; RuleError when there is none."""
    usable = Status.objects.visible_to(actor).filter(is_enabled=True)
    chosen = usable.filter(is_initial=True) if status_id is None else usable.filter(pk=status_id)
    status = chosen.first()
    if status is None:
        raise RuleError(_("There is no such status."), field="status")
    return status
