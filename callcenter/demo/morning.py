"""Scenes of the agents' own morning: promises, calls to finish, what nobody handles, clocks."""

from datetime import datetime, timedelta
from functools import partial

from callcenter.calls.models import Callback, CallbackState, Comment, CommentKind
from callcenter.core.templatetags.times import in_city

from .cast import Cast
from .rows import Agent, LogRow
from .scribe import Call, Home, Said, Scribe

PROMISED = "Callback promised: {moment}, {who}."  # as `calls.promising` writes it
TYPED = " Typed: “{text}”."
ENDED = "Callback {state}: {comment}"


def play(scribe: Scribe, cast: Cast) -> None:
    """All of them."""
    _promises(scribe, cast)
    _kept_promises(scribe, cast)
    _to_finish(scribe, cast)
    _unhandled(scribe, cast)
    _clocks(scribe, cast)


def _promises(scribe: Scribe, cast: Cast) -> None:
    """What is promised: due soon, late, tomorrow; somebody's and anyone's."""
    kim, priya, admin = cast.kim, cast.priya, cast.admin
    told = (
        # site, home, reason, subject, rang before, due in minutes, typed, by, whose
        (2, 0, "pl", "Disputes the late fee", 190, 25, "in 3h", kim, kim),
        (3, 0, "lr", "Renewal, asks for two years", 1_500, -40, "today 9:45", kim, kim),
        (1, 9, "pn", "Paid twice, one missing", 240, 95, "12", kim, None),
        (7, 0, "qt", "Moves the tour", 150, 60, "in 2h", priya, priya),
        (8, 0, "ld", "Where is the deposit?", 1_400, -15, "tomorrow 10", priya, priya),
        (6, 1, "ms", "When does the technician come?", 130, 50, "11", priya, None),
        (5, 4, "lm", "Asks for the move-out steps", 170, -20, "10", priya, None),
        (4, 0, "oo", "Owner asks for the statement", 200, 1_350, "tomorrow 9", admin, admin),
    )
    for site, nth, reason, subject, before, due, typed, by, whose in told:
        at, due_at = cast.ago(minutes=before), _whole(cast.ago(minutes=-due))
        call = _promised(cast.home(site, nth), at, due_at, typed, reason, subject, by, whose)
        holder = None if whose else cast.desks["services"]
        call = call._replace(holder=holder)
        scribe.promise(scribe.write(call), due_at, whose, typed)


def _promised(
    home: Home,
    at: datetime,
    due_at: datetime,
    typed: str,
    reason: str,
    subject: str,
    by: Agent,
    whose: Agent | None,
) -> Call:
    """A call that was saved with a promise."""
    moment = in_city(due_at, home.site.row.time_zone)
    said = PROMISED.format(moment=moment, who=whose.name if whose else "anyone")
    history = [
        Said(at + timedelta(minutes=2), by, said + TYPED.format(text=typed), kind=CommentKind.EDIT)
    ]
    return Call(at, home, [reason], subject, "", by, start="Callback due", history=history)


def _kept_promises(scribe: Scribe, cast: Cast) -> None:
    """Promises that ended: kept, failed, and not wanted any more."""
    kim, priya = cast.kim, cast.priya
    done, failed, cancelled = CallbackState.DONE, CallbackState.FAILED, CallbackState.CANCELLED
    full = "Mailbox is full and there is no other number. Wrote to the mail address."
    told = (
        (2, 2, "pp", "Cannot sign in to the portal", kim, done, "Resolved", "Link works now."),
        (3, 1, "pb", "Wants a ledger", kim, failed, "In progress", full),
        (9, 0, "qs", "Status of the application", priya, cancelled, "Resolved", "Came by."),
        (7, 1, "cp", "Was towed last night", priya, done, "In progress", "Gave him the number."),
    )
    for n, (site, nth, reason, subject, by, state, status, comment) in enumerate(told):
        at = cast.ago(hours=20 + 3 * n)
        due_at = _whole(at + timedelta(hours=3))
        call = _promised(cast.home(site, nth), at, due_at, "in 3h", reason, subject, by, by)
        ended_at = due_at + timedelta(minutes=7 - 4 * n)
        said = ENDED.format(state=state.label.lower(), comment=comment)
        ended = Said(ended_at, by, said, status, CommentKind.STATUS)
        holder = cast.desks["services"] if status == "In progress" else None
        row = scribe.write(call._replace(history=[*call.history, ended], holder=holder))
        cast.later.append(partial(_end, row, due_at, state, ended_at))


def _end(row: LogRow, due_at: datetime, state: CallbackState, ended_at: datetime) -> None:
    Callback.objects.create(
        organization_id=row.organization_id,
        call_log_id=row.id,
        due_at=due_at,
        due_text="in 3h",
        assignee_id=row.taken_by_id,
        state=state,
        outcome=Comment.objects.get(call_log_id=row.id, seq=2),
        created_at=row.created_at,
        ended_at=ended_at,
    )


def _to_finish(scribe: Scribe, cast: Cast) -> None:
    """Calls that were saved in a hurry, without a reason or a place."""
    told = (
        (18, cast.home(0, 9), "", cast.kim, "Wanted the manager, line broke"),
        (74, None, "daughter of a resident", cast.kim, "Asks for the office hours"),
        (33, cast.home(9, 2), "", cast.priya, ""),
        (41, cast.home(1, 10), "", cast.admin, "Call from the gate"),
    )
    for minutes, home, caller, by, subject in told:
        reasons = [] if home else ["ox"]
        at = cast.ago(minutes=minutes)
        scribe.write(Call(at, home, reasons, subject, "", by, caller=caller))


def _unhandled(scribe: Scribe, cast: Cast) -> None:
    """What lies on the answering machine, and nobody has taken."""
    told = (
        (47, cast.home(5, 6), "cn", "Dog has barked since five"),
        (112, cast.home(6, 3), "af", "Garage gate does not open"),
        (26, cast.home(2, 5), "mc", "Detector beeps every minute"),
    )
    for minutes, home, reason, subject in told:
        at = cast.ago(minutes=minutes)
        scribe.write(Call(at, home, [reason], subject, "From the answering machine."))


def _clocks(scribe: Scribe, cast: Cast) -> None:
    """Open calls whose end is far, near, past, and one that waits for its resident."""
    for by, sites in ((cast.kim, (1, 2, 3, 4)), (cast.priya, (10, 9, 8, 7))):
        _clocks_of(scribe, cast, by, sites)


def _clocks_of(scribe: Scribe, cast: Cast, by: Agent, sites: tuple[int, int, int, int]) -> None:
    far, near, late, paused = (cast.home(site, 11) for site in sites)
    for home, at, reason, subject, status, text in (
        (far, cast.ago(hours=4), "ma", "Dishwasher does not start", "In progress", ""),
        (near, cast.ago(minutes=50), "al", "Locked out", "In progress", "Locksmith is coming."),
        (late, cast.ago(days=9), "mb", "Mice behind the stove", "Waiting for vendor", ""),
        (paused, cast.ago(days=1), "me", "Hall light flickers", "Waiting for resident", ""),
    ):
        text = text or {"Waiting for vendor": "Pest control gives no date."}.get(
            status, "Needs a time from the resident." if "resident" in status else ""
        )
        history = [Said(at + timedelta(minutes=6), by, "Work order opened.", "In progress")]
        if status != "In progress":
            history.append(Said(at + timedelta(minutes=25), by, text, status))
        elif text:
            history.append(Said(at + timedelta(minutes=9), by, text))
        scribe.write(Call(at, home, [reason], subject, "", by, by, history=history))


def _whole(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
