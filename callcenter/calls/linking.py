"""A call log and the telephone call that it was written down in, tied and untied."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCall

from .history import append_row, bump, lock_call
from .models import CallLog, CommentKind


def link_phone_call(
    *, call_log_id: int, phone_call_id: int, actor: Principal, seen_version: int | None = None
) -> CallLog:
    """Say that a call was written down in this telephone call; nothing when it says so already.

    Several logs may be of one telephone call (ask 18). RuleError (phone_call) when the log is of
    another one, or when the actor sees no such telephone call; NotFoundError, StaleError.
    """
    with write_transaction(actor):
        log = lock_call(call_log_id, actor, seen_version)
        if log.phone_call_id == phone_call_id:
            return log
        if log.phone_call_id is not None:
            said = _("This log is of another phone call: unlink that one first.")
            raise RuleError(said, field="phone_call")
        phone_call = phone_call_named(phone_call_id, actor)
        append_row(log, actor=actor, text=said_of(phone_call, log), kind=CommentKind.EDIT)
        return bump(log, phone_call_id=phone_call.pk)


def unlink_phone_call(
    *, call_log_id: int, actor: Principal, seen_version: int | None = None
) -> CallLog:
    """Say that a call was not written down in the telephone call that it is tied to.

    Nothing when it is tied to none. NotFoundError, StaleError.
    """
    with write_transaction(actor):
        log = lock_call(call_log_id, actor, seen_version)
        phone_call = log.phone_call
        if phone_call is None:
            return log
        said = _("No more linked to phone call %(id)s.") % {"id": phone_call.wire_id}
        append_row(log, actor=actor, text=said, kind=CommentKind.EDIT)
        return bump(log, phone_call_id=None)


def phone_call_named(phone_call_id: int, actor: Principal) -> PhoneCall:
    """The telephone call of this id that the actor sees; RuleError when there is none."""
    found = PhoneCall.objects.visible_on_pages_to(actor).filter(pk=phone_call_id).first()
    if found is None:
        raise RuleError(_("There is no such phone call."), field="phone_call")
    return found


def said_of(phone_call: PhoneCall, log: CallLog) -> str:
    """The line of history: which call, and when on the log's clock; never a number (B-04)."""
    at = phone_call.published_at.astimezone(ZoneInfo(log.contacted_zone))
    said = _("Linked to phone call %(id)s of %(at)s.")
    return said % {"id": phone_call.wire_id, "at": f"{at:%Y-%m-%d %H:%M:%S %Z}"}
