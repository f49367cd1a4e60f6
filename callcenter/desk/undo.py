"""Undo of what a toast tells: one function for each kind of act.

A kind is a name that the view which did the act gives to `core.toasts.sign_undo`, with rows that
say what it takes to go back. To add one, add its function to `KINDS`: it undoes one row, by an
action that adds a record, and raises StaleError when somebody changed the thing meanwhile.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callcenter.accounts.idempotency import once
from callcenter.calls.assigning import Held, undo_assign
from callcenter.calls.folding import undo_fold
from callcenter.calls.linking import Tied, undo_tie
from callcenter.calls.missed import undo_handled
from callcenter.calls.remembering import forget_number
from callcenter.calls.saving_views import rename_view, restore_view
from callcenter.calls.undoing import Standing, undo_move
from callcenter.core.errors import RuleError, StaleError
from callcenter.core.toasts import read_undo
from callcenter.properties.principals import Principal

type Row = dict[str, Any]


def _status(row: Row, actor: Principal) -> None:
    """A status that was changed."""
    undo_move(before=Standing.of_row(row), actor=actor)


def _number(row: Row, actor: Principal) -> None:
    """A number that was put on somebody."""
    forget_number(remembered_id=row["id"], actor=actor)


def _assign(row: Row, actor: Principal) -> None:
    """A call that was taken or handed on."""
    undo_assign(before=Held.of_row(row), actor=actor)


def _phone_call(row: Row, actor: Principal) -> None:
    """A log that was tied to a telephone call, or untied."""
    undo_tie(before=Tied.of_row(row), actor=actor)


def _handled(row: Row, actor: Principal) -> None:
    """A missed call that was marked as handled."""
    undo_handled(handled_id=row["id"], actor=actor)


def _view(row: Row, actor: Principal) -> None:
    """A saved view that was deleted."""
    restore_view(kept=row, actor=actor)


def _view_name(row: Row, actor: Principal) -> None:
    """A saved view that was renamed."""
    rename_view(view_id=row["id"], name=row["name"], actor=actor)


KINDS: dict[str, Callable[[Row, Principal], None]] = {
    "status": _status,
    "assign": _assign,
    "fold": undo_fold,
    "handled": _handled,
    "number": _number,
    "phone_call": _phone_call,
    "view": _view,
    "view_name": _view_name,
}


def undo(token: str, actor: Principal) -> str:
    """Undo what the token tells of; what to say of it.

    Each row in a transaction of its own and once, so that pressing twice is pressing once. Rows
    that cannot go back any more stay, and the words say so. StaleError or RuleError when none
    went back.
    """
    asked = read_undo(token, actor)
    done, refused = 0, []
    for place, row in enumerate(asked.rows):
        try:
            _undo_once(asked.kind, row, actor, f"{asked.key}:{place}")
            done += 1
        except RuleError as refusal:
            refused.append(refusal)
    if refused and not done:
        first = refused[0]
        raise StaleError(str(first)) if isinstance(first, StaleError) else first
    said = ngettext("Undone.", "Undone: %(n)d.", len(asked.rows)) % {"n": done}
    if refused:
        first_words = {"said": said, "n": len(refused), "why": refused[0]}
        said = _("%(said)s %(n)d could not be: %(why)s") % first_words
    return said


def _undo_once(kind: str, row: Row, actor: Principal, key: str) -> None:
    def effect() -> dict[str, Any]:
        KINDS[kind](row, actor)
        return {}

    once(actor=actor, endpoint=f"desk:undo:{kind}", key=key, body=row, effect=effect)
