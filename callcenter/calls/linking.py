"""A call log and the telephone call that it was written down in, tied and untied."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError, StaleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, PhoneCall, PhoneCallParty

from .history import append_row, bump, lock_call
from .models import CallLog, CommentKind

NEAR = timedelta(days=1)  # between a call and a log that may be of it
OFFERED = 8
LOOKED_AT = 50


@dataclass(frozen=True)
class Tied:
    """What a log was tied to before (None: nothing), and the version that the change made."""

    id: int
    version: int
    phone_call: int | None

    def as_row(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Self:
        """What `as_row` wrote."""
        return cls(**row)


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
        return _tie(log, phone_call_named(phone_call_id, actor), actor)


def unlink_phone_call(
    *,
    call_log_id: int,
    actor: Principal,
    phone_call_id: int | None = None,
    seen_version: int | None = None,
) -> CallLog:
    """Say that a call was not written down in the telephone call that it is tied to.

    Nothing when it is tied to none. NotFoundError; StaleError when `phone_call_id` is the one
    that the actor saw and it is tied to another one by now.
    """
    with write_transaction(actor):
        log = lock_call(call_log_id, actor, seen_version)
        phone_call = log.phone_call
        if phone_call is None:
            return log
        if phone_call_id not in (None, phone_call.pk):
            raise StaleError(_("This log is of another phone call by now; it stays linked to it."))
        said = _("No more linked to phone call %(id)s.") % {"id": phone_call.wire_id}
        append_row(log, actor=actor, text=said, kind=CommentKind.EDIT)
        return bump(log, phone_call_id=None)


def undo_tie(*, before: Tied, actor: Principal) -> None:
    """Tie a log to what it was tied to before, or untie it; StaleError when it changed since.

    Whoever untied a log gets back what was there, also a call that they do not see.
    """
    with write_transaction(actor):
        log = lock_call(before.id, actor)
        if log.version != before.version:
            said = _("Call #%(id)d was changed since; it stays as it is.")
            raise StaleError(said % {"id": log.pk})
        if before.phone_call is None:
            unlink_phone_call(call_log_id=before.id, actor=actor)
        else:
            ours = PhoneCall.objects.filter(organization_id=actor.organization_id)
            _tie(log, ours.get(pk=before.phone_call), actor)


def _tie(log: CallLog, phone_call: PhoneCall, actor: Principal) -> CallLog:
    """Write it down, on a locked log."""
    append_row(log, actor=actor, text=said_of(phone_call, log), kind=CommentKind.EDIT)
    return bump(log, phone_call_id=phone_call.pk)


def logs_like(call: PhoneCall, actor: Principal) -> list[CallLog]:
    """Logs that may be of this call: of its number or taken by the actor, within a day of it.

    Tied ones are not among them. The nearest in time first, those of the number before others.
    """
    digits = {call.caller_digits_reversed, call.called_digits_reversed} - {""}
    of_number = ~Q(phone_digits_reversed="") & Q(phone_digits_reversed__in=digits)
    at = call.published_at
    near = CallLog.objects.visible_to(actor).filter(
        of_number | Q(taken_by_id=actor.user_id),
        phone_call=None,
        contacted_at__range=(at - NEAR, at + NEAR),
    )
    logs = near.for_list().defer("search", "notes")[:LOOKED_AT]
    ranked = sorted(
        logs,
        key=lambda log: (log.phone_digits_reversed not in digits, abs(log.contacted_at - at)),
    )
    return ranked[:OFFERED]


def calls_like(log: CallLog, actor: Principal) -> list[PhoneCall]:
    """Telephone calls that a log may be of: of its number, or answered by the actor, within a day.

    The nearest in time first, those of the number before others.
    """
    digits = log.phone_digits_reversed
    of_number = Q(caller_digits_reversed=digits) | Q(called_digits_reversed=digits)
    mine = Extension.objects.filter(
        organization_id=actor.organization_id, user_id__in=[actor.user_id or 0]
    )
    answered = PhoneCallParty.objects.filter(
        extension__in=mine.values("pk"),
        answered_at__range=(log.contacted_at - NEAR, log.contacted_at + NEAR),
    )
    by_me = Q(pk__in=answered.values("phone_call"))
    near = PhoneCall.objects.visible_on_pages_to(actor).filter(
        (of_number | by_me) if digits else by_me,
        published_at__range=(log.contacted_at - NEAR, log.contacted_at + NEAR),
    )
    calls = near.for_list().defer("told")[:LOOKED_AT]
    ranked = sorted(
        calls,
        key=lambda call: (
            not digits or digits not in {call.caller_digits_reversed, call.called_digits_reversed},
            abs(call.published_at - log.contacted_at),
        ),
    )
    return ranked[:OFFERED]


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
