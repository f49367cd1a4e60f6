"""One act for many calls: each by the same action as alone, in a transaction of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.idempotency import once
from callcenter.core.errors import RuleError
from callcenter.core.ids import read_id
from callcenter.properties.principals import Principal

from . import actions
from .assigning import Held, assign_call, take_call
from .callbacks import promise_callback
from .due_words import read_due
from .folding import fold_call
from .history import lock_call
from .models import CallLog, Visibility
from .people import who_is_meant
from .undoing import standing_before_move
from .values import Promise

MOST = 200

type Undo = dict[str, Any]
type Act = Callable[["Picked"], Undo | None]


@dataclass(frozen=True)
class Picked:
    """A call that was picked in a list, and the version that the list showed."""

    id: int
    version: int


@dataclass
class Outcome:
    """What came of it: `undo` says for each changed call how to go back, `refused` (id, why).

    What only adds to a record has no way back: its row of `undo` is empty.
    """

    undo: list[Undo] = field(default_factory=list)
    same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def picked_of(values: Iterable[str]) -> list[Picked]:
    """The calls that "4711.3" and the like name (id and version), each once.

    RuleError for none, for more than MOST, and for what names no call.
    """
    picked = {}
    for value in values:
        pk, _dot, version = map(read_id, value.partition("."))
        if pk is None or version is None:
            raise RuleError(_("There is no such call."), field="call")
        picked[pk] = Picked(pk, version)
    if not picked:
        raise RuleError(_("Select the calls first: press x on a row."), field="call")
    if len(picked) > MOST:
        said = _("At most %(most)d calls at once.")
        raise RuleError(said % {"most": MOST}, field="call")
    return list(picked.values())


def for_each(
    picked: Iterable[Picked],
    act: Act,
    *,
    actor: Principal,
    endpoint: str,
    key: str,
    body: dict[str, Any],
) -> Outcome:
    """Do `act` for each, once for `key` and in a transaction of its own; refusals stop nothing.

    `act` says how to go back, or None when nothing changed. What a repetition finds done is
    answered as it was the first time (B-46).
    """
    outcome = Outcome()
    for one in picked:
        try:
            answer = once(
                actor=actor,
                endpoint=endpoint,
                key=f"{key}:{one.id}",
                body=body | {"version": one.version},
                effect=lambda one=one: {"undo": act(one)},  # type: ignore[misc]
            )
        except RuleError as refusal:
            outcome.refused.append((one.id, str(refusal)))
            continue
        if answer["undo"] is None:
            outcome.same += 1
        else:
            outcome.undo.append(answer["undo"])
    return outcome


def status_mover(status_id: int, comment: str, actor: Principal) -> Act:
    """The act that moves a call to this status; errors as in `actions.change_status`."""

    def move(one: Picked) -> Undo | None:
        before = standing_before_move(one.id, actor)
        row = actions.change_status(
            call_log_id=one.id,
            status_id=status_id,
            seen_version=one.version,
            actor=actor,
            comment=comment,
        )
        return before.as_row() if row is not None and row.status_id != before.status else None

    return move


def taker(actor: Principal) -> Act:
    """The act that makes a call the actor's; StaleError when another one holds it.

    Whatever else was changed since the list was drawn does not stand in the way.
    """

    def take(one: Picked) -> Undo | None:
        return _way_back(take_call(call_log_id=one.id, actor=actor))

    return take


def assigner(who: str, actor: Principal) -> Act:
    """The act that hands a call to the one who is meant: "me", "nobody", a name or an address.

    RuleError where nobody of that name sees the call; StaleError as in `lock_call`.
    """

    def assign(one: Picked) -> Undo | None:
        log = lock_call(one.id, actor, one.version)
        person = who_is_meant(who, log, actor, nobody="nobody")
        return _way_back(assign_call(call_log_id=one.id, assignee_id=person, actor=actor))

    return assign


def _way_back(before: Held | None) -> Undo | None:
    return None if before is None else before.as_row()


def commenter(text: str, visibility: Visibility, actor: Principal) -> Act:
    """The act that adds this comment; a comment needs no version, because it replaces nothing."""

    def comment(one: Picked) -> Undo | None:
        actions.append_comment(call_log_id=one.id, text=text, visibility=visibility, actor=actor)
        return {}

    return comment


def promiser(due: str, who: str, actor: Principal) -> Act:
    """The act that promises to ring back when these words say, on the clock of each call.

    RuleError as in `read_due` and `who_is_meant`; StaleError as in `lock_call`.
    """

    def promise(one: Picked) -> Undo | None:
        log = lock_call(one.id, actor, one.version)
        read = read_due(due, zone=log.contacted_zone, now=timezone.now())
        person = who_is_meant(who, log, actor, nobody="anyone")
        said = Promise(at=read.at, text=read.text, assignee_id=person)
        promise_callback(call_log_id=one.id, promise=said, actor=actor)
        return {}

    return promise


def head_among(picked: Iterable[Picked], head_id: int | None, actor: Principal) -> int:
    """The call that the others are folded into: the one that was named, else the oldest of them.

    RuleError when only one is left to fold, or none may be seen.
    """
    ids = [one.id for one in picked]
    if head_id is not None:
        return head_id
    seen = CallLog.objects.visible_to(actor).filter(pk__in=ids)
    oldest = seen.order_by("contacted_at", "pk").values_list("pk", flat=True).first()
    if oldest is None or len(ids) < 2:
        raise RuleError(_("Pick two calls or more, or name the one to fold into."), field="head")
    return oldest


def folder(head_id: int, actor: Principal) -> Act:
    """The act that folds a call into this one; errors as in `fold_call`."""

    def fold(one: Picked) -> Undo | None:
        if one.id == head_id:
            return None
        folded = fold_call(
            call_log_id=one.id, head_id=head_id, seen_version=one.version, actor=actor
        )
        return folded.as_row()

    return fold
