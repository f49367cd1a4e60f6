"""Every write to a call log: one transaction, one line of history, the version one higher.

All lock the call's row first, so that the rows of a history stand in one order (inv 2), a
version is compared with what is really there (B-45), and rights are those of now (C02).
"""

import hashlib
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.models import Unit
from callcenter.properties.principals import Principal

from .cards import answer_at_start
from .clocks import answered, clocks_of_new, clocks_when_corrected
from .columns import caller, contact_fields, corrected_fields, phone_fields, place_of
from .history import (
    MAX_TEXT,
    append_row,
    bump,
    clean_text,
    lock_call,
    lock_to_move,
    reasons_named,
    reasons_of,
    set_reasons,
    status_named,
)
from .models import (
    CallLog,
    Comment,
    CommentKind,
    CommentWithdrawal,
    MedicalNoteReading,
    Reason,
    Status,
    StatusKind,
    Visibility,
)
from .moving import move
from .places import Place
from .promising import promise_if_none, promised, status_when_promised
from .values import ContactTime, Correction, NewCall
from .wording import describe_changes


def log_call(*, call: NewCall, actor: Principal) -> CallLog:
    """Write down a call and return it.

    RuleError when something in `call` cannot be: a place, reason or status that is not there
    for the actor, a caller without a name, a text that is too long. A promise to ring back is
    made with it and takes a call of the initial status to that of callbacks.
    """
    with write_transaction(actor):
        place = place_of(call, actor)
        status = _first_status(call, actor)
        reasons = reasons_named(call.reason_ids, actor)
        log = _row_of(call, place, status, reasons, actor)
        log.save(force_insert=True)
        set_reasons(log, reasons)
        answer_at_start(log, reasons, call.answers, actor)
        if call.comment.strip():
            text = clean_text(call.comment, limit=MAX_TEXT, field="comment")
            append_row(log, actor=actor, text=text)
        if call.promise is not None:
            _callback, said = promised(log, call.promise)
            append_row(log, actor=actor, text=said, kind=CommentKind.EDIT)
        elif status.is_callback:
            promise_if_none(log, actor)
    return log


def _first_status(call: NewCall, actor: Principal) -> Status:
    """The status that the call begins with; RuleError for none that it can."""
    status = status_named(call.status_id, actor)
    if status.needs_head_call:
        raise RuleError(_("A new call cannot be a duplicate yet."), field="status")
    return status if call.promise is None else status_when_promised(status)


def _row_of(
    call: NewCall, place: Place, status: Status, reasons: list[Reason], actor: Principal
) -> CallLog:
    """The row of a new call, not saved yet."""
    zone = place.zone(actor.organization.time_zone)
    contacted = call.contacted or ContactTime(at=timezone.now(), zone=zone)
    return CallLog(
        organization_id=actor.organization_id,
        property=place.property,
        unit=place.unit,
        resident=place.resident,
        call_from=caller(call.call_from, place, typed_first=call.typed_first),
        direction=call.direction,
        status=status,
        status_kind=status.kind,
        subject=clean_text(call.subject, limit=300, field="subject"),
        notes=clean_text(call.notes, limit=MAX_TEXT, field="notes"),
        taken_by_id=actor.user_id,
        taken_by_name=actor.user_name,
        duration_seconds=call.duration_seconds,
        closed_at=Now() if status.kind == StatusKind.CLOSED else None,
        **contact_fields(contacted),
        **phone_fields(call.phone, actor.organization.region),
        **clocks_of_new(reasons, place=place, status=status, start=contacted, actor=actor),
    )


def append_comment(
    *,
    call_log_id: int,
    text: str,
    actor: Principal,
    visibility: Visibility = Visibility.INTERNAL,
) -> Comment:
    """Add a line to the history; nothing edits or deletes one. RuleError when it is empty."""
    text = clean_text(text, limit=MAX_TEXT, field="text")
    if not text.strip():
        raise RuleError(_("Write something first: a comment cannot be empty."), field="text")
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        comment = append_row(log, actor=actor, text=text, visibility=visibility)
        bump(log, **answered(log))
    return comment


def change_status(
    *,
    call_log_id: int,
    status_id: int,
    seen_version: int | None,
    actor: Principal,
    comment: str = "",
) -> Comment | None:
    """Move the matter on and leave one row with the new status; None when nothing changes.

    `comment` shares the row; leaving a closed status needs one. StaleError when the call changed
    since `seen_version` (None: the last write wins); RuleError for a status that is unknown,
    disabled or not among the next ones, or Duplicate without a head call.
    """
    comment = clean_text(comment, limit=MAX_TEXT, field="comment").strip()
    with write_transaction(actor):
        log = lock_to_move(call_log_id, actor, seen_version)
        changes, row = move(log, status_id, comment, actor)
        if row is not None:
            bump(log, **changes)
    return row


def update_call_log(
    *,
    call_log_id: int,
    actor: Principal,
    comment: str = "",
    notes: str | None = None,
    status_id: int | None = None,
    seen_version: int | None = None,
) -> int:
    """Append a comment, replace the notes and move the status, all at once; the version then.

    None, and a comment of blanks, leave a thing as it is; when nothing changes the version stays.
    Comment and move share one row. Errors as in `change_status`.
    """
    comment = clean_text(comment, limit=MAX_TEXT, field="comment")
    with write_transaction(actor):
        log = lock_to_move(call_log_id, actor, seen_version)
        changes: dict[str, Any] = {}
        if notes is not None and notes != log.notes:
            changes["notes"] = clean_text(notes, limit=MAX_TEXT, field="notes")
            said = describe_changes({"notes": (log.notes, notes)})
            append_row(log, actor=actor, text=said, kind=CommentKind.EDIT)
        moved, row = move(log, status_id or log.status_id, comment, actor)
        if changes or row is not None:
            bump(log, **changes, **moved)
    return log.version


def edit_notes(
    *,
    call_log_id: int,
    notes: str,
    seen_version: int | None,
    actor: Principal,
    seen_digest: str = "",
) -> bool:
    """Replace the notes unless somebody changed the call since `seen_version` (StaleError).

    `seen_digest` is `notes_digest` of the notes that the editor began with: while they are still
    those, a comment or status that came in between is no conflict. Leaves one row of kind edit.
    False when the notes say this already.
    """
    notes = clean_text(notes, limit=MAX_TEXT, field="notes")
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        if log.notes == notes:
            return False
        if seen_digest != notes_digest(log.notes):
            log = lock_call(call_log_id, actor, seen_version)
        said = describe_changes({"notes": (log.notes, notes)})
        append_row(log, actor=actor, text=said, kind=CommentKind.EDIT)
        bump(log, notes=notes)
    return True


def notes_digest(notes: str) -> str:
    """SHA-256 in hex, by which an editor remembers the notes that it began with."""
    return hashlib.sha256(notes.encode()).hexdigest()


def correct_call_log(
    *,
    call_log_id: int,
    correction: Correction,
    comment: str,
    seen_version: int,
    actor: Principal,
) -> bool:
    """Correct place, caller, reasons, subject, direction or time; one edit row says what changed.

    The comment is required and stands in the same row. False when nothing is different.
    StaleError like `change_status`; RuleError for a missing comment or what cannot be.
    """
    comment = clean_text(comment, limit=MAX_TEXT, field="comment").strip()
    with write_transaction(actor):
        log = lock_call(call_log_id, actor, seen_version)
        reasons = reasons_named(correction.reason_ids, actor)
        reasons_before = reasons_of(log)
        changes = corrected_fields(log, correction, actor)
        differences = {name: (getattr(log, name), new) for name, new in changes.items()}
        if reasons != reasons_before:
            differences["reasons"] = (reasons_before, reasons)
        if not differences:
            return False
        if not comment:
            raise RuleError(_("Say in a comment why the call is corrected."), field="comment")
        said = describe_changes(differences, zone=correction.contacted.zone)
        append_row(log, actor=actor, text=f"{comment}\n{said}", kind=CommentKind.EDIT)
        if reasons != reasons_before:
            log.reason_links.all().delete()
            set_reasons(log, reasons)
            changes |= clocks_when_corrected(log, reasons, actor)
        bump(log, **changes)
    return True


def withdraw_call_log(
    *, call_log_id: int, reason: str, seen_version: int | None, actor: Principal
) -> None:
    """Take a call out of every list and count; it stays in the record (inv 31).

    NotAllowedError unless the actor is an owner or admin; RuleError without a reason.
    """
    reason = clean_text(reason, limit=300, field="reason").strip()
    if not actor.may("calls.withdraw_calllog"):
        raise NotAllowedError(_("Only owners and admins withdraw a call."))
    if not reason:
        raise RuleError(_("Say why the call is withdrawn."), field="reason")
    with write_transaction(actor):
        log = lock_call(call_log_id, actor, seen_version)
        said = _("Withdrawn: %(reason)s") % {"reason": reason}
        append_row(log, actor=actor, text=said, kind=CommentKind.EDIT)
        bump(log, withdrawn_at=Now(), withdrawn_by_id=actor.user_id, withdrawn_reason=reason)


def withdraw_comment(*, comment_id: int, reason: str, actor: Principal) -> CommentWithdrawal:
    """Strike a comment through, by a row of its own; the comment stays as it is.

    NotAllowedError unless the actor is an owner or admin; RuleError without a reason or when it
    was withdrawn before.
    """
    reason = clean_text(reason, limit=300, field="reason").strip()
    if not actor.may("calls.withdraw_comment"):
        raise NotAllowedError(_("Only owners and admins withdraw a comment."))
    if not reason:
        raise RuleError(_("Say why the comment is withdrawn."), field="reason")
    with write_transaction(actor):
        comment = Comment.objects.visible_to(actor).filter(pk=comment_id).first()
        if comment is None:
            raise RuleError(_("There is no such comment."), field="comment")
        log = lock_call(comment.call_log_id, actor)
        if CommentWithdrawal.objects.filter(comment=comment).exists():
            raise RuleError(_("This comment was withdrawn before."), field="comment")
        withdrawal = CommentWithdrawal.objects.create(
            comment=comment, withdrawn_by_id=actor.user_id, reason=reason
        )
        bump(log)
    return withdrawal


def read_medical_note(*, unit_id: int, actor: Principal) -> None:
    """Leave on record that the actor opens the medical note of a unit.

    NotFoundError when the unit is absent or not visible, or when it has no such note.
    """
    with write_transaction(actor):
        units = Unit.objects.visible_to(actor).exclude(medical_note="")
        if not units.filter(pk=unit_id).exists():
            raise NotFoundError(_("There is no such note."))
        MedicalNoteReading.objects.create(
            organization_id=actor.organization_id,
            unit_id=unit_id,
            reader_id=actor.user_id,
            reader_name=actor.user_name,
            request_id=actor.request_id,
        )
