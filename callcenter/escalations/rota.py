"""Who is on call at a moment, and for which stretches nobody is: a week and what differs from it.

Pure: no tables, no clock of its own. A rota is read on the wall clock of a zone. So an hour that
the clock shows twice belongs to whoever has it by the clock, both times; where the clock jumps
over the time of a turn, the turn begins with the jump. Lengths are lengths of time, not of
clock: the night of a change has an hour more or less.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Turn[W]:
    """From this time of a weekday (0 is Monday) `who` is on call, until the next turn begins."""

    weekday: int
    starts_at: time
    who: W | None


@dataclass(frozen=True)
class Override[W]:
    """`who` instead, from `starts` until before `ends`, both naive times of the wall clock."""

    starts: datetime
    ends: datetime
    who: W | None


@dataclass(frozen=True)
class Shift[W]:
    """A stretch of time (UTC) in which `who` is on call; None is a gap."""

    starts: datetime
    ends: datetime
    who: W | None

    @property
    def seconds(self) -> int:
        """How long it really takes."""
        return (self.ends - self.starts) // SECOND


class Rota[W]:
    """A week of turns, which repeats, and overrides, of which the last one given counts.

    Without a turn nobody is on call but by an override. No two turns begin at one time.
    """

    def __init__(
        self, turns: "tuple[Turn[W], ...]" = (), overrides: "tuple[Override[W], ...]" = ()
    ) -> None:
        self.turns = tuple(sorted(turns, key=lambda turn: (turn.weekday, turn.starts_at)))
        self.overrides = overrides
        self._begins = [(turn.weekday, turn.starts_at) for turn in self.turns]

    def by_clock(self, local: datetime) -> W | None:
        """Who is on call when the wall clock shows `local` (naive)."""
        for override in reversed(self.overrides):
            if override.starts <= local < override.ends:
                return override.who
        if not self.turns:
            return None
        # before the first turn of a week the last one of the week before goes on: index -1
        place = bisect_right(self._begins, (local.weekday(), local.time())) - 1
        return self.turns[place].who

    def on_call(self, at: datetime, zone: ZoneInfo) -> W | None:
        """Who is on call at an instant (aware), by the clock of `zone`."""
        return self.by_clock(_shown(at, zone))

    def shifts(self, start: datetime, end: datetime, zone: ZoneInfo) -> "list[Shift[W]]":
        """The stretches from `start` to `end` (aware): no overlap, no hole, neighbours differ."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        changes = {at for at in self._changes(start, end, zone) if start < at < end}
        found: list[Shift[W]] = []
        edges = [start, *sorted(changes), end]
        for begins, ends in pairwise(edges):
            if ends <= begins:
                continue
            who = self.on_call(begins, zone)
            if found and found[-1].who == who:
                begins = found.pop().starts
            found.append(Shift(begins, ends, who))
        return found

    def gaps(self, start: datetime, end: datetime, zone: ZoneInfo) -> "list[Shift[W]]":
        """The stretches in which nobody is on call."""
        return [shift for shift in self.shifts(start, end, zone) if shift.who is None]

    def _changes(self, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Every instant at which another one may be on call; some more do no harm."""
        yield from _jumps(start, end, zone)
        for override in self.overrides:
            for local in (override.starts, override.ends):
                yield from _instants(local, zone)
        day = _shown(start, zone).date() - DAY
        last = _shown(end, zone).date() + DAY
        while day <= last:
            for turn in self.turns:
                if turn.weekday == day.weekday():
                    yield from _instants(datetime.combine(day, turn.starts_at), zone)
            day += DAY


def night(
    day: date, zone: ZoneInfo, *, begins: time = time(22), ends: time = time(6)
) -> tuple[datetime, datetime]:
    """The instants (UTC) between which the night that begins on `day` lies.

    It ends on the same day when `ends` is later than `begins`. A time that the clock shows twice
    is the first of them.
    """
    until = day if ends > begins else day + DAY
    return (
        datetime.combine(day, begins, zone).astimezone(UTC),
        datetime.combine(until, ends, zone).astimezone(UTC),
    )


def nights(
    first: date, many: int, zone: ZoneInfo, *, begins: time = time(22), ends: time = time(6)
) -> list[tuple[date, datetime, datetime]]:
    """The next nights from `first` on: the day on which each begins, and its two instants."""
    days = [first + number * DAY for number in range(many)]
    return [(day, *night(day, zone, begins=begins, ends=ends)) for day in days]


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock of `zone` shows, as a naive time."""
    return at.astimezone(zone).replace(tzinfo=None)


def _instants(local: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The instants at which the clock shows `local`: one, two, or for a jump two near it."""
    for fold in (0, 1):
        yield local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _jumps(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the clock of `zone` is put forward or back between two instants (UTC)."""
    before = start.replace(microsecond=0)
    while before < end:
        after = before + DAY
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            yield _jump_between(before, after, zone)
        before = after


def _jump_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second of the new offset; the offsets at both ends differ."""
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
