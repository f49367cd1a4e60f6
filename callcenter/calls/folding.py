"""Folding calls about one matter into the first of them, and taking them apart again.

Nothing is moved and nothing deleted: `folded_into` points to the head, both calls keep their
rows, and each fold leaves a row of kind fold in both histories (users.md ask 8). A head is
never folded itself, so there are no chains: the trigger `calls_calllog_fold` refuses them.

A folded call stays with its head while it is closed. Whoever opens it again, or takes it from
Duplicate to a status that needs no head, takes it out: it is a matter of its own then.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .history import MAX_TEXT, append_row, bump, clean_text, lock_call
from .models import CallLog, CallLogQuerySet, CallLogReason, CommentKind, Status, StatusKind

OFFERED = 9  # one digit picks
RECENT = timedelta(hours=24)  # of a property without a unit, or of another unit
SAME_UNIT = timedelta(days=30)


@dataclass(frozen=True)
class Folded:
    """What a fold did: both calls, their versions after it, and what undoing it takes."""

    call_log_id: int
    head_id: int
    version: int
    status_before: int

    def as_row(self) -> dict[str, Any]:
        """For the token of its undo."""
        return {
            "id": self.call_log_id,
            "head": self.head_id,
            "version": self.version,
            "status": self.status_before,
        }


def fold_call(
    *, call_log_id: int, head_id: int, actor: Principal, seen_version: int | None = None
) -> Folded:
    """Fold a call into the head of its matter; an open one is a duplicate from then on.

    Folding into a folded call goes to that one's head. RuleError when the call is a head itself,
    is folded already, is the head, or when the workflow keeps it from being a duplicate;
    NotFoundError and StaleError as in `lock_call`.
    """
    with write_transaction(actor):
        head_id = _head_of(head_id, actor)
        log, head = _both(call_log_id, head_id, actor)
        if seen_version is not None and log.version != seen_version:
            raise StaleError(_("Somebody else changed this call in the meantime."))
        _check(log, head)
        before = log.status_id
        changes = _become_duplicate(log, actor)
        _tell_fold(log, head, actor)
        bump(log, folded_into_id=head.pk, **changes)
        bump(head)
    return Folded(log.pk, head.pk, log.version, before)


def _tell_fold(log: CallLog, head: CallLog, actor: Principal) -> None:
    """The rows of a fold in both histories."""
    said = {"head": head.pk, "call": log.pk, "who": log.call_from}
    text = _("Folded into #%(head)d.") % said
    append_row(log, actor=actor, text=text, kind=CommentKind.FOLD)
    text = _("#%(call)d of %(who)s folded into this call.") % said
    append_row(head, actor=actor, text=text, kind=CommentKind.FOLD)


def unfold_call(*, call_log_id: int, comment: str, actor: Principal) -> None:
    """Take a call out of its head again; a duplicate is open from then on.

    RuleError without a comment, or when the call is not folded.
    """
    comment = clean_text(comment, limit=MAX_TEXT, field="comment").strip()
    if not comment:
        raise RuleError(_("Say why the call is taken out again."), field="comment")
    with write_transaction(actor):
        log, head = _with_head(call_log_id, actor)
        after = _first_open(log, actor) if log.status.needs_head_call else None
        _take_out(log, head, after, comment, actor)


def undo_fold(row: dict[str, Any], actor: Principal) -> None:
    """Undo a fold of `Folded.as_row`: the call stands where it stood before.

    StaleError when the call changed since.
    """
    with write_transaction(actor):
        log, head = _with_head(row["id"], actor)
        if log.version != row["version"] or head.pk != row["head"]:
            said = _("Call #%(id)d was changed since; it stays as it is.")
            raise StaleError(said % {"id": log.pk})
        status = Status.objects.visible_to(actor).filter(pk=row["status"], is_enabled=True).first()
        if status is None:
            raise RuleError(_("Its status of before is not in use any more."))
        _take_out(log, head, status, _("Undone."), actor)


def leave_head(log: CallLog, status: Status, comment: str, actor: Principal) -> dict[str, Any]:
    """Take a locked call out of its head if it stands for itself at `status`; what changes in it.

    Both histories say so, unless the head was withdrawn. It is to be locked before, see
    `lock_to_move`. RuleError, on "status", when the actor does not see the head, because its
    history would be written.
    """
    head_id = log.folded_into_id
    if head_id is None or not _stands_for_itself(log, status):
        return {}
    goes = _("It goes to %(status)s.") % {"status": status.name}
    text = _("Taken out of #%(head)d: %(why)s") % {"head": head_id, "why": goes}
    append_row(log, actor=actor, text=text, kind=CommentKind.FOLD)
    try:
        head = lock_call(head_id, actor)
    except NotFoundError as error:
        if CallLog.objects.place_of(head_id, actor) is not None:
            said = _("It is folded into a call that you do not see: others have to take it out.")
            raise RuleError(said, field="status") from error
    else:
        why = {"call": log.pk, "why": comment.strip() or goes}
        text = _("#%(call)d taken out of this call: %(why)s") % why
        append_row(head, actor=actor, text=text, kind=CommentKind.FOLD)
        bump(head)
    return {"folded_into_id": None}


def _stands_for_itself(log: CallLog, status: Status) -> bool:
    """Whether a folded call is no duplicate any more once it is at `status`."""
    opens = log.status_kind == StatusKind.CLOSED and status.kind != StatusKind.CLOSED
    return opens or (log.status.needs_head_call and not status.needs_head_call)


def return_to_head(log: CallLog, head_id: int, actor: Principal) -> dict[str, Any]:
    """Undo of `leave_head`, for two locked calls; what changes in the call.

    RuleError when the head cannot have it back: folded itself by now, say, or out of sight.
    """
    try:
        head = lock_call(head_id, actor)
    except NotFoundError as error:
        raise RuleError(_("The call that it was folded into is not there any more.")) from error
    _check(log, head)
    _tell_fold(log, head, actor)
    bump(head)
    return {"folded_into_id": head.pk}


def _take_out(
    log: CallLog, head: CallLog, after: Status | None, comment: str, actor: Principal
) -> None:
    """The rows and changes of an unfold; `after` is where the call stands then."""
    changes: dict[str, Any] = {"folded_into_id": None}
    if after is not None and after.pk != log.status_id:
        changes |= _standing(log, after)
    said = {"head": head.pk, "call": log.pk, "why": comment}
    text = _("Taken out of #%(head)d: %(why)s") % said
    append_row(log, actor=actor, text=text, kind=CommentKind.FOLD)
    text = _("#%(call)d taken out of this call: %(why)s") % said
    append_row(head, actor=actor, text=text, kind=CommentKind.FOLD)
    bump(log, **changes)
    bump(head)


def _head_of(call_log_id: int, actor: Principal) -> int:
    """The call itself, or the one that it is folded into."""
    calls = CallLog.objects.visible_to(actor).filter(pk=call_log_id)
    found = calls.values_list("folded_into_id", flat=True).first()
    return found or call_log_id


def _both(call_log_id: int, head_id: int, actor: Principal) -> tuple[CallLog, CallLog]:
    """Both calls, locked in the order of their ids so that opposite folds cannot deadlock."""
    if call_log_id == head_id:
        raise RuleError(_("A call cannot be folded into itself."), field="head")
    locked = {}
    for pk in sorted((call_log_id, head_id)):
        try:
            locked[pk] = lock_call(pk, actor)
        except NotFoundError as error:
            if pk == call_log_id:
                raise
            lock_call(call_log_id, actor)
            raise RuleError(_("There is no such call."), field="head") from error
    return locked[call_log_id], locked[head_id]


def _with_head(call_log_id: int, actor: Principal) -> tuple[CallLog, CallLog]:
    """A folded call and its head, locked; RuleError when it is not folded."""
    calls = CallLog.objects.visible_to(actor).filter(pk=call_log_id)
    head_id = calls.values_list("folded_into_id", flat=True).first()
    if head_id is None:
        lock_call(call_log_id, actor)
        raise RuleError(_("This call is not folded into another one."))
    log, head = _both(call_log_id, head_id, actor)
    if log.folded_into_id != head.pk:
        raise StaleError(_("Somebody else changed this call in the meantime."))
    return log, head


def _check(log: CallLog, head: CallLog) -> None:
    if log.folded_into_id is not None:
        said = _("This call is folded into #%(head)d already.")
        raise RuleError(said % {"head": log.folded_into_id}, field="head")
    if head.folded_into_id is not None:
        raise StaleError(_("Somebody else changed this call in the meantime."))
    if CallLog.objects.filter(folded_into_id=log.pk).exists():
        said = _("Other calls are folded into this one: fold #%(head)d into it instead.")
        raise RuleError(said % {"head": head.pk}, field="head")


def _become_duplicate(log: CallLog, actor: Principal) -> dict[str, Any]:
    """The status of a folded call, as the workflow has it; a closed one keeps its own."""
    if log.status_kind == StatusKind.CLOSED:
        return {}
    usable = Status.objects.visible_to(actor).in_use()
    duplicate = usable.filter(needs_head_call=True).first()
    if duplicate is None:
        return {}
    allowed = set(log.status.allowed_next.values_list("pk", flat=True))
    if allowed and duplicate.pk not in allowed:
        said = _("A call cannot go from %(before)s to %(after)s.")
        names = {"before": log.status.name, "after": duplicate.name}
        raise RuleError(said % names, field="head")
    return _standing(log, duplicate)


def _standing(log: CallLog, status: Status) -> dict[str, Any]:
    """Let the locked call stand at `status` in memory; what that changes in its row."""
    is_closed = status.kind == StatusKind.CLOSED
    log.status = status
    changes: dict[str, Any] = {"status": status, "status_kind": status.kind}
    if is_closed != (log.closed_at is not None):
        changes["closed_at"] = timezone.now() if is_closed else None
    return changes


def _first_open(log: CallLog, actor: Principal) -> Status | None:
    """Where a call goes that is no duplicate any more."""
    following = Status.objects.visible_to(actor).after(log.status_id, has_head_call=False)
    return next((status for status in following if status.kind != StatusKind.CLOSED), None)


def same_matter(
    principal: Principal,
    *,
    unit_id: int | None,
    property_id: int | None,
    families: set[str],
    without: int | None = None,
) -> list[CallLog]:
    """Calls that may be about the same matter, likeliest first, each with `reasons_said`.

    Those of the unit that are open come first, with the same family of reasons before others;
    then the property's of the last day with the same family. At most nine; one statement.
    """
    if property_id is None:
        return []
    now = timezone.now()
    calls = CallLog.objects.visible_to(principal).filter(folded_into=None).exclude(pk=without or 0)
    alike = Exists(
        CallLogReason.objects.filter(call_log=OuterRef("pk"), reason__family__in=families)
    )
    newest = ("-contacted_at", "-pk")
    near = calls.filter(property_id=property_id, contacted_at__gte=now - RECENT)
    found = near.filter(alike).order_by(*newest).values("pk")[:OFFERED]
    if unit_id is not None:
        same_unit = calls.filter(unit_id=unit_id, contacted_at__gte=now - SAME_UNIT)
        wanted = same_unit.filter(Q(closed_at=None) | Q(contacted_at__gte=now - RECENT))
        found = found.union(wanted.order_by(*newest).values("pk")[:OFFERED])
    rows = _shown(CallLog.objects.visible_to(principal).filter(pk__in=found)).annotate(alike=alike)

    def likely(call: CallLog) -> tuple[bool, bool, bool, float]:
        is_alike: bool = call.alike  # type: ignore[attr-defined]
        age = (now - call.contacted_at).total_seconds()
        return call.unit_id != unit_id, not is_alike, call.closed_at is not None, age

    return sorted(rows, key=likely)[:OFFERED]


def folded_calls(head_id: int, principal: Principal) -> list[CallLog]:
    """The calls that are folded into this one, oldest first."""
    return list(
        _shown(CallLog.objects.visible_to(principal).filter(folded_into_id=head_id)).order_by(
            "contacted_at", "pk"
        )[:200]
    )


def _shown(calls: CallLogQuerySet) -> CallLogQuerySet:
    return calls.select_related("property", "unit", "status").with_reasons().defer("search")
