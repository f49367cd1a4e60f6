"""Remember this number: put it on a person, and the earlier calls of that number with it.

Which calls come with it, `earlier_calls` decides. What happened to each stands in its history;
undoing adds rows, too.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.transactions import write_transaction
from callcenter.outbox.actions import enqueue
from callcenter.properties.access import principal_for
from callcenter.properties.models import PhoneLabel, Resident, ResidentPhone
from callcenter.properties.numbers import add_number, add_resident
from callcenter.properties.principals import Principal

from .earlier_calls import earlier_calls
from .history import append_row, bump, lock_call
from .models import (
    CallLog,
    CommentKind,
    RememberedCall,
    RememberedNumber,
    Remembering,
)
from .rows import phone_said
from .wording import describe_changes

TASK = "calls.link_number"
CHUNK = 25  # calls of one transaction


def remember_number(
    *,
    call_log_id: int,
    actor: Principal,
    resident_id: int | None = None,
    name: str = "",
    label: str = PhoneLabel.OTHER,
) -> RememberedNumber:
    """Put the number of a call on a resident, or on somebody new of this `name` in its unit.

    The call itself is linked at once if it has no resident, earlier ones by a task. NotFoundError
    for a call or resident that is absent or not visible; RuleError for a call without a number,
    a resident of another place, or a number that is known already.
    """
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        resident = _resident(log, resident_id, name, actor)
        phone = add_number(resident_id=resident.pk, raw=log.phone_raw, label=label, actor=actor)
        return _remember(phone, resident, actor, log)


def remember_typed_number(
    *, raw: str, resident_id: int, actor: Principal, label: str = PhoneLabel.OTHER
) -> RememberedNumber:
    """Put a number on a resident before there is a call; errors as in `add_number`."""
    with write_transaction(actor):
        phone = add_number(resident_id=resident_id, raw=raw, label=label, actor=actor)
        return _remember(phone, phone.resident, actor, None)


def _remember(
    phone: ResidentPhone, resident: Resident, actor: Principal, log: CallLog | None
) -> RememberedNumber:
    remembered = RememberedNumber.objects.create(
        organization_id=actor.organization_id,
        resident=resident,
        phone=phone,
        asked_by_id=actor.user_id,
    )
    if log is not None and _may_be_linked(log, resident):
        _link(log, remembered, actor)
    enqueue(
        organization_id=actor.organization_id,
        task=TASK,
        arguments={"remembered_id": remembered.pk},
    )
    return remembered


def forget_number(*, remembered_id: int, actor: Principal) -> None:
    """Undo: take the number from the resident, and give back the calls that came with it.

    The audit keeps the number that was taken; the first calls go back at once, the others by a
    task. NotFoundError when the actor remembered no such number; RuleError when it was undone.
    """
    with write_transaction(actor):
        mine = RememberedNumber.objects.visible_to(actor).filter(pk=remembered_id)
        remembered = mine.select_for_update(of=("self",)).first()
        if remembered is None:
            raise NotFoundError(_("There is no such number."))
        if remembered.state in (Remembering.UNLINKING, Remembering.UNLINKED):
            raise RuleError(_("This was undone before."))
        phone, remembered.phone = remembered.phone, None
        remembered.state = Remembering.UNLINKING
        remembered.save(update_fields=["phone", "state"])
        if phone is not None:
            phone.delete()
        _unlink_some(remembered, actor)
        enqueue(
            organization_id=actor.organization_id,
            task=TASK,
            arguments={"remembered_id": remembered.pk},
        )


def go_on(remembered_id: int) -> bool:
    """Link, or give back, some more calls; whether there may be still more.

    By the rights that who asked has now; without any it is stopped (B-06).
    """
    asked = RememberedNumber.objects.filter(pk=remembered_id)  # the task's own row
    first = asked.first()
    if first is None or first.asked_by_id is None:
        return False
    actor = principal_for(
        user_id=first.asked_by_id,
        organization_id=first.organization_id,
        request_id=f"{TASK} {remembered_id}",
    )
    if actor is None:
        asked.filter(state__in=(Remembering.LINKING, Remembering.UNLINKING)).update(
            state=Remembering.STOPPED
        )
        return False
    with write_transaction(actor):
        remembered = asked.select_for_update(of=("self",)).select_related("resident__unit").get()
        if remembered.state == Remembering.LINKING:
            return _link_some(remembered, actor)
        if remembered.state == Remembering.UNLINKING:
            return _unlink_some(remembered, actor)
        return False


def park(remembered_id: int) -> None:
    """Give up: whoever looks sees that not all calls were linked."""
    RememberedNumber.objects.filter(pk=remembered_id).update(state=Remembering.STOPPED)


def _may_be_linked(log: CallLog, resident: Resident) -> bool:
    """Whether a locked call has no resident, and no place where this one does not live."""
    return (
        log.resident_id is None
        and log.property_id in (None, resident.property_id)
        and log.unit_id in (None, resident.unit_id)
    )


def _resident(log: CallLog, resident_id: int | None, name: str, actor: Principal) -> Resident:
    if resident_id is None:
        if log.unit_id is None:
            raise RuleError(_("Say first from which unit the call was."), field="resident")
        return add_resident(unit_id=log.unit_id, name=name, actor=actor)
    resident = Resident.objects.visible_to(actor).filter(pk=resident_id).first()
    if resident is None:
        raise NotFoundError(_("There is no such resident."))
    if log.resident_id not in (None, resident.pk) or not (
        log.property_id in (None, resident.property_id) and log.unit_id in (None, resident.unit_id)
    ):
        raise RuleError(_("This call is about another place."), field="resident")
    return resident


def _link_some(remembered: RememberedNumber, actor: Principal) -> bool:
    """Link a chunk of calls, oldest first; whether there may be more."""
    found = list(
        earlier_calls(remembered, actor).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    )
    linked = 0
    for pk in found:
        log = _lock_if_there(pk, actor)
        if log is not None and _may_be_linked(log, remembered.resident):
            _link(log, remembered, actor)
            linked += 1
    is_over = len(found) < CHUNK or not linked
    if is_over:
        remembered.state = Remembering.LINKED
    remembered.linked_count += linked
    remembered.save(update_fields=["state", "linked_count"])
    return not is_over


def _unlink_some(remembered: RememberedNumber, actor: Principal) -> bool:
    """Give back a chunk of calls; whether there may be more."""
    linked = remembered.calls.filter(unlinked_at=None).order_by("pk")
    found = list(linked.select_related("property_before", "unit_before")[:CHUNK])
    for link in found:
        log = _lock_if_there(link.call_log_id, actor)
        if log is not None and log.resident_id == remembered.resident_id:
            _unlink(log, link, actor)
    remembered.calls.filter(pk__in=[link.pk for link in found]).update(unlinked_at=Now())
    is_over = len(found) < CHUNK
    if is_over:
        remembered.state = Remembering.UNLINKED
        remembered.save(update_fields=["state"])
    return not is_over


def _lock_if_there(pk: int, actor: Principal) -> CallLog | None:
    try:
        return lock_call(pk, actor)
    except NotFoundError:  # withdrawn, or out of sight, in the meantime
        return None


def _link(log: CallLog, remembered: RememberedNumber, actor: Principal) -> None:
    resident = remembered.resident
    RememberedCall.objects.create(
        organization_id=log.organization_id,
        remembered=remembered,
        call_log=log,
        property_before=log.property,
        unit_before=log.unit,
        call_from_before=log.call_from,
    )
    said = _("Number %(number)s remembered for %(name)s.") % {
        "number": phone_said(log.phone_e164, log.phone_raw),
        "name": resident.full_name,
    }
    changes = {
        "property": resident.property,
        "unit": resident.unit,
        "resident": resident,
        "call_from": resident.full_name,
    }
    _write(log, said, changes, actor)


def _unlink(log: CallLog, link: RememberedCall, actor: Principal) -> None:
    said = _("Number %(number)s is not remembered any more.") % {
        "number": phone_said(log.phone_e164, log.phone_raw)
    }
    changes = {
        "property": link.property_before,
        "unit": link.unit_before,
        "resident": None,
        "call_from": link.call_from_before,
    }
    _write(log, said, changes, actor)


def _write(log: CallLog, said: str, changes: Mapping[str, Any], actor: Principal) -> None:
    """One row of kind edit with before and after, and the columns."""
    known = {name: getattr(log, name) for name in changes}
    changed = {name: new for name, new in changes.items() if known[name] != new}
    differences = {name: (known[name], new) for name, new in changed.items()}
    text = f"{said}\n{describe_changes(differences)}"
    append_row(log, actor=actor, text=text, kind=CommentKind.EDIT)
    bump(log, **changed)
