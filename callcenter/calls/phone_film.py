"""A telephone call as a strip: which extension rang when, and who talked for how long.

Pure: it reads legs that were fetched already. All positions are percentages of the strip.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .phone_list import Leg, PhoneRow

SHORTEST = 20  # seconds; a strip is never drawn for less
THINNEST = 0.6  # per cent; less cannot be seen
LINE, TOP = 38, 20  # pixels


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a leg; its kind is "ring", "talk", or "none" for a ring in vain."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A leg on the strip; its words stand at `y`, its bars below them."""

    leg: Leg
    bars: list[Bar]
    y: int


@dataclass(frozen=True, slots=True)
class PhoneFilm:
    """A call drawn; `seconds` from its begin to its end, or to now."""

    frames: list[Frame]
    seconds: int

    @property
    def height(self) -> int:
        """Of the strip in pixels: words and bars of each leg, below the axis."""
        return TOP + LINE * len(self.frames)


def film_of(row: PhoneRow, now: datetime) -> PhoneFilm:
    """The strip of a call; `now` ends what goes on. A leg without a time begins with the call."""
    begin = row.call.published_at
    ends = [leg.row.ended_at or now for leg in row.legs]
    total = max([SHORTEST, *(_seconds(begin, end) for end in ends)])
    frames = [
        Frame(leg, list(_bars(leg, begin, now, total)), TOP + LINE * n)
        for n, leg in enumerate(row.legs)
    ]
    return PhoneFilm(frames, round(total))


def _bars(leg: Leg, begin: datetime, now: datetime, total: float) -> Iterable[Bar]:
    """Its ring, and what it talked."""
    told = leg.row
    rang, ended = told.ringing_at or begin, told.ended_at or now
    picked_up = told.answered_at
    at = _seconds(begin, rang)
    until = _seconds(begin, picked_up or ended)
    is_vain = picked_up is None and told.ended_at is not None
    yield _bar("none" if is_vain else "ring", at, until, total)
    if picked_up is not None:
        yield _bar("talk", until, _seconds(begin, ended), total)


def _bar(kind: str, at: float, until: float, total: float) -> Bar:
    wide = 100 * max(0.0, until - at) / total
    return Bar(kind, round(100 * at / total, 2), round(max(wide, THINNEST), 2))


def _seconds(begin: datetime, at: datetime) -> float:
    return max(0.0, (at - begin).total_seconds())
