"""What became of each call: its final status and the rows of its history (domain.md 2)."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from callcenter.calls.models import CommentKind

from .moments import Weighted
from .words import COMMENTS, FOLDED_INTO, REOPENED, STATUS_COMMENTS

OPEN = Weighted(
    {
        "New": 2.0,
        "In progress": 3.5,
        "Escalated": 0.5,
        "Waiting for resident": 1.0,
        "Waiting for vendor": 1.0,
        "Callback due": 3.0,
    }
)
CLOSED = Weighted({"Resolved": 60.0, "Closed": 26.0, "Duplicate": 2.3, "Cancelled": 1.0})
CLOSED_NAMES = frozenset(["Resolved", "Closed", "Duplicate", "Cancelled"])
# What is open is mostly young: of the newest 0.5 % of calls (two days), up to 4 %, up to 16 %,
# of the rest; together 11 %. What is late is rare: somebody sees to it.
OPEN_BY_AGE = ((0.005, 0.6), (0.04, 0.45), (0.16, 0.32), (1.0, 0.073))
OPEN_IF_LATE = 0.035

COUNTS = Weighted({0: 37.0, 1: 35.0, 2: 11.0, 3: 11.0, 4: 3.5, 5: 2.0, 6: 1.2, 7: 0.7, 9: 0.6})
HEAVY_COUNTS = Weighted(
    {0: 14.0, 1: 28.0, 2: 18.0, 3: 18.0, 4: 9.0, 5: 6.0, 6: 4.0, 7: 2.0, 9: 1.0}
)

PATHS: dict[str, tuple[tuple[str, ...], ...]] = {
    "New": ((),),
    "In progress": (("In progress",),),
    "Escalated": (("Escalated",),),
    "Waiting for resident": (("In progress", "Waiting for resident"),),
    "Waiting for vendor": (("In progress", "Waiting for vendor"),),
    "Callback due": (("In progress", "Callback due"),),
    "Resolved": (
        ("Resolved",),
        ("In progress", "Resolved"),
        ("In progress", "Resolved"),
        ("In progress", "Waiting for vendor", "In progress", "Resolved"),
        ("Escalated", "Resolved"),
        ("In progress", "Resolved", "In progress", "Resolved"),
    ),
    "Closed": (
        ("In progress", "Resolved", "Closed"),
        ("Resolved", "Closed"),
        ("In progress", "Waiting for resident", "Closed"),
    ),
    "Duplicate": (("Duplicate",),),
    "Cancelled": (("Cancelled",),),
}


class Line(NamedTuple):
    """One row of a history to come."""

    kind: str
    status: str
    text: str
    at: datetime


@dataclass(slots=True)
class Story:
    """A history, where it begins and ends; `closed_at` is set if and only if it ends closed."""

    start: str
    status: str
    lines: list[Line]
    closed_at: datetime | None
    updated_at: datetime


def final_status(age: float, rng: random.Random, *, is_late: bool, is_over: bool) -> str:
    """Where a call stands today; `age` is its rank, 0 for the newest and 1 for the oldest.

    `is_late` says that its time has run out, `is_over` that nobody would leave it open.
    """
    chance = next(chance for until, chance in OPEN_BY_AGE if age <= until)
    if is_late:
        chance = OPEN_IF_LATE
    return (OPEN if rng.random() < chance and not is_over else CLOSED).draw(rng)


@dataclass(frozen=True, slots=True)
class Head:
    """The call that a duplicate repeats: its number, and the last moment of its history."""

    id: int
    last_at: datetime


def tell(
    status: str,
    created_at: datetime,
    now: datetime,
    *,
    heavy: bool,
    head: Head | None,
    least: int,
    rng: random.Random,
) -> Story:
    """The history of a call that ends in `status`, of at least so many lines.

    `head` is the call that a duplicate repeats: it is folded into it after the head's last line.
    """
    count = max((HEAVY_COUNTS if heavy else COUNTS).draw(rng), least)
    path = rng.choice(PATHS[status])
    moves = path[len(path) - count :] if count < len(path) else path
    start = "New" if len(moves) == len(path) else path[len(path) - len(moves) - 1]
    times = _times(count, created_at, now, rng)
    moving = sorted(rng.sample(range(count), len(moves)))
    if head is not None and moving:
        times[moving[0] :] = [max(at, head.last_at) for at in times[moving[0] :]]
    lines, here = [], start
    closed_at = created_at if start in CLOSED_NAMES else None
    for n, at in enumerate(times):
        if moving and n == moving[0]:
            moving.pop(0)
            before, here = here, moves[len(moves) - len(moving) - 1]
            lines.append(_move(before, here, head, at, rng))
            if here not in CLOSED_NAMES:
                closed_at = None
            elif before not in CLOSED_NAMES:
                closed_at = at
        else:
            lines.append(Line(CommentKind.COMMENT.value, here, _comment(rng), at))
    return Story(start, here, lines, closed_at, times[-1] if times else created_at)


def _times(count: int, created_at: datetime, now: datetime, rng: random.Random) -> list[datetime]:
    """`count` moments after the call, most within two days, none in the future."""
    left = (now - created_at).total_seconds()
    horizon = min(left, 600 + rng.expovariate(1 / 170_000))
    micro = sorted(int(rng.random() * horizon * 1_000_000) for _ in range(count))
    return [created_at + timedelta(microseconds=m) for m in micro]


def _move(before: str, after: str, head: Head | None, at: datetime, rng: random.Random) -> Line:
    if head is not None and after == "Duplicate":
        return Line(CommentKind.FOLD.value, after, FOLDED_INTO.format(head=head.id), at)
    if before in CLOSED_NAMES and after not in CLOSED_NAMES:
        return Line(CommentKind.STATUS.value, after, REOPENED, at)
    return Line(CommentKind.STATUS.value, after, rng.choice(STATUS_COMMENTS[after]), at)


def _comment(rng: random.Random) -> str:
    return "\n".join(rng.sample(COMMENTS, 2)) if rng.random() < 0.05 else rng.choice(COMMENTS)
