"""The rows and words of promises to ring back, below the actions that make and end them."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.models import Membership
from callcenter.core.errors import RuleError
from callcenter.core.templatetags.times import in_city
from callcenter.properties.principals import Principal

from .history import append_row
from .models import Callback, CallLog, CommentKind, Status, StatusKind
from .people import may_hold
from .values import Promise

UNSAID = timedelta(hours=2)  # when nobody said when


def holder(log: CallLog, user_id: int | None) -> Membership | None:
    """The person who shall hold a promise, None for anyone; RuleError unless that one may."""
    if user_id is None:
        return None
    person = may_hold(log).filter(user_id=user_id).first()
    if person is None:
        raise RuleError(_("This person does not see the call."), field="who")
    return person


def promised(log: CallLog, promise: Promise) -> tuple[Callback, str]:
    """The new promise, and the line of history that tells of it."""
    person = holder(log, promise.assignee_id)
    callback = Callback.objects.create(
        organization_id=log.organization_id,
        call_log=log,
        due_at=promise.at,
        due_text=promise.text,
        assignee_id=promise.assignee_id,
    )
    said = {
        "moment": in_city(promise.at, log.contacted_zone),
        "who": person.user if person else _("anyone"),
    }
    words = _("Callback promised: %(moment)s, %(who)s.") % said
    if promise.text:
        words = f"{words} " + _("Typed: “%(text)s”.") % {"text": promise.text}
    return callback, words


def promise_if_none(log: CallLog, actor: Principal) -> None:
    """Anyone's promise in two hours for a locked call that has none, with a row of its own."""
    if Callback.objects.pending().filter(call_log=log).exists():
        return
    _callback, said = promised(log, Promise(at=timezone.now() + UNSAID))
    append_row(log, actor=actor, text=said, kind=CommentKind.EDIT)


def callback_status(organization_id: int) -> Status | None:
    """The status of calls that wait for a promised callback, if the organisation has one."""
    return Status.objects.filter(organization_id=organization_id, is_callback=True).first()


def status_when_promised(status: Status) -> Status:
    """The status of a new call with a promise: the initial one gives way, a chosen one stays."""
    if not status.is_initial or status.kind == StatusKind.CLOSED:
        return status
    return callback_status(status.organization_id) or status
