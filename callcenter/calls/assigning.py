"""Who holds a call: taken with one key, or handed to somebody who sees it."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from callcenter.accounts.models import User
from callcenter.core.errors import RuleError, StaleError
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .history import append_row, bump, lock_call
from .models import CallLog, CommentKind
from .people import may_hold


@dataclass(frozen=True)
class Held:
    """Who held a call before it changed hands (None: nobody), and the version that this made."""

    id: int
    version: int
    assignee: int | None

    def as_row(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Self:
        """What `as_row` wrote."""
        return cls(**row)


def take_call(*, call_log_id: int, actor: Principal) -> Held | None:
    """Make a call that nobody holds the actor's; None when it is so already.

    StaleError, naming the other one, when somebody was first.
    """
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        if log.assignee_id == actor.user_id:
            return None
        if log.assignee_id is not None:
            said = _("%(name)s took this call first.")
            raise StaleError(said % {"name": _name(log.assignee_id)})
        return _hand(log, actor.user_id, _("Taken."), actor)


def assign_call(*, call_log_id: int, assignee_id: int | None, actor: Principal) -> Held | None:
    """Hand a call to somebody who sees it, or to nobody; None when it is so already.

    RuleError when that person does not see the call.
    """
    with write_transaction(actor):
        log = lock_call(call_log_id, actor)
        if log.assignee_id == assignee_id:
            return None
        if assignee_id is None:
            return _hand(log, None, _("Given back: nobody holds the call now."), actor)
        person = may_hold(log).filter(user_id=assignee_id).first()
        if person is None:
            raise RuleError(_("This person does not see the call."), field="who")
        said = _("Assigned to %(name)s.") % {"name": person.user}
        return _hand(log, assignee_id, said, actor)


def undo_assign(*, before: Held, actor: Principal) -> None:
    """Give a call back to who held it before; StaleError when it changed since."""
    with write_transaction(actor):
        log = lock_call(before.id, actor)
        if log.version != before.version:
            said = _("Call #%(id)d was changed since; it stays as it is.")
            raise StaleError(said % {"id": log.pk})
        _hand(log, before.assignee, _("Undone."), actor)


def _hand(log: CallLog, assignee_id: int | None, said: str, actor: Principal) -> Held:
    before = log.assignee_id
    append_row(log, actor=actor, text=said, kind=CommentKind.EDIT)
    bump(log, assignee_id=assignee_id)
    return Held(id=log.pk, version=log.version, assignee=before)


def _name(user_id: int) -> str:
    return str(User.objects.get(pk=user_id))
