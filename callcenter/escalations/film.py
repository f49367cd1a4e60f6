"""A chain as a film strip: who rang when and for how long, until a person took over (M7).

Pure: it reads rings that were fetched already. All positions are percentages of the strip, all
times seconds since the chain began, all money whole US cents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from .models import Escalation, EscalationItem, Outcome, Word
from .telling import in_words, sentence

SHORTEST = 30  # seconds; a strip is never drawn for less
STEPS = (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400)
MOST_TICKS = 7
THINNEST = 0.6  # per cent; less cannot be seen
A_GAP = 5  # seconds without a ring that are worth a word
MIDDLE = 50.0


class Kind(StrEnum):
    """What a ring came to, as its bar shows it."""

    NONE = "none"
    BUSY = "busy"
    MACHINE = "vm"
    HUMAN = "talk"
    PICKED_UP = "who"  # by whom, nobody knows
    RINGING = "ring"


TALKING = (Kind.HUMAN, Kind.MACHINE, Kind.PICKED_UP)


@dataclass(frozen=True)
class Bar:
    """A part of a ring: from where, how wide, and what it shows."""

    x: float
    width: float
    kind: Kind


@dataclass(frozen=True)
class Frame:
    """One ring on the strip. `label_x` is where its words stand, before the bar if `is_before`."""

    item: EscalationItem
    kind: Kind
    bars: list[Bar]
    label_x: float
    is_before: bool
    words: str
    y: int = 0


@dataclass(frozen=True)
class Tick:
    """A line of the axis."""

    x: float
    seconds: int


@dataclass(frozen=True)
class Film:
    """A chain drawn, and what it comes to.

    `human_after` is None while no person is known to have taken over; `cost_cents` is the sum of
    what is known, None when nothing is, and `unknown_costs` counts the rest; `gap_seconds` are
    those between two rings in which nobody rang.
    """

    frames: list[Frame]
    ticks: list[Tick]
    total_seconds: int
    human_after: int | None = None
    human_x: float | None = None
    human: EscalationItem | None = None
    cost_cents: int | None = None
    unknown_costs: int = 0
    gap_seconds: int = 0
    sentence: str = ""
    bars: list[Bar] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Of the strip in pixels: axis, a line a ring, and room for a word below."""
        return 38 + 30 * len(self.frames)

    @property
    def without_human(self) -> int:
        """How many rings did not lead to a person."""
        return sum(frame.kind != Kind.HUMAN for frame in self.frames)


def film_of(chain: Escalation, items: Iterable[EscalationItem], now: datetime) -> Film:
    """The strip of a chain from its rings in their order; `now` ends what still rings."""
    rings = list(items)
    begin = _begin(chain, rings)
    spans = [_span(ring, begin, now) for ring in rings]
    total = max([SHORTEST, *(at + rang + talked for at, rang, talked in spans)])
    human = next((n for n, ring in enumerate(rings) if ring.accepted_by_human), None)
    after = None if human is None else spans[human][0] + spans[human][1]
    known = [ring.cost_cents for ring in rings if ring.cost_cents is not None]
    frames = [
        _frame(n, ring, span, total)
        for n, (ring, span) in enumerate(zip(rings, spans, strict=True))
    ]
    return Film(
        frames=frames,
        ticks=_ticks(total),
        total_seconds=total,
        human_after=after,
        human_x=None if after is None else round(100 * after / total, 2),
        human=None if human is None else rings[human],
        cost_cents=sum(known) if known else None,
        unknown_costs=len(rings) - len(known),
        gap_seconds=_gaps(spans),
        sentence=sentence(chain, rings),
        bars=[bar for frame in frames for bar in frame.bars],
    )


def kind_of(ring: EscalationItem) -> Kind:
    """What a ring came to. Picked up is a person only where somebody said so (ask 13)."""
    if ring.accepted_by_human:
        return Kind.HUMAN
    if ring.outcome == Outcome.BUSY or ring.status == Word.BUSY:
        return Kind.BUSY
    if ring.looks_like_voicemail or ring.outcome == Outcome.VOICEMAIL:
        return Kind.MACHINE
    if ring.is_answered:
        return Kind.PICKED_UP if ring.accepted_by_human is None else Kind.MACHINE
    if ring.ended_at is None and ring.status == Word.RINGING:
        return Kind.RINGING
    return Kind.NONE


def result_of(ring: EscalationItem) -> str:
    """What a ring came to, in words."""
    if ring.accepted_by_human:
        return _("accepted")
    if ring.looks_like_voicemail:
        return _("probably voicemail")
    if ring.is_answered and ring.accepted_by_human is None and not ring.outcome:
        return _("picked up, by whom is not known")
    if ring.outcome:
        return str(Outcome(ring.outcome).label).lower()
    if ring.status in Word.values:
        return str(Word(ring.status).label).lower()
    return _("unknown (“%(word)s”)") % {"word": ring.status}


def dollars(cents: int) -> str:
    """$0.04, -$1.20."""
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}${cents // 100:,}.{cents % 100:02d}"


def _begin(chain: Escalation, rings: Sequence[EscalationItem]) -> datetime:
    """Where the strip begins: with the chain, or a ring that is told of as before it."""
    told = [ring.started_at for ring in rings if ring.started_at is not None]
    return min([chain.started_at or (told[0] if told else chain.created_at), *told])


def _span(ring: EscalationItem, begin: datetime, now: datetime) -> tuple[int, int, int]:
    """Since when, how long it rang, how long it was connected; never negative."""
    if ring.started_at is None:
        return 0, max(0, ring.dial_seconds or 0), max(0, ring.talk_seconds or 0)
    at = _whole(ring.started_at - begin)
    took = _whole((ring.ended_at or now) - ring.started_at)
    if ring.dial_seconds is not None and (ring.dial_seconds > 0 or ring.ended_at is not None):
        rang = max(0, ring.dial_seconds)
    else:
        rang = took
    talked = ring.talk_seconds
    if talked is None:
        talked = max(0, took - rang) if ring.is_answered else 0
    return at, rang, max(0, talked)


def _whole(span: timedelta) -> int:
    return max(0, round(span.total_seconds()))


def _frame(n: int, ring: EscalationItem, span: tuple[int, int, int], total: int) -> Frame:
    at, rang, talked = span
    kind = kind_of(ring)
    x, wide = 100 * at / total, 100 * rang / total
    ringing = Kind.RINGING if kind in TALKING and talked else kind
    bars = [Bar(round(x, 2), round(max(wide, THINNEST), 2), ringing)]
    if talked and kind in TALKING:
        bars.append(Bar(round(x + wide, 2), round(100 * talked / total, 2), kind))
    end = bars[-1].x + bars[-1].width
    is_before = end > 100 - MIDDLE and bars[0].x > 100 - end
    where = bars[0].x - 0.8 if is_before else end + 0.8
    return Frame(
        ring, kind, bars, round(where, 2), is_before, _frame_words(ring, span), 24 + 30 * n
    )


def _frame_words(ring: EscalationItem, span: tuple[int, int, int]) -> str:
    """After the name: rang 30 s, no answer, $0.01."""
    cost = _("cost unknown") if ring.cost_cents is None else dollars(ring.cost_cents)
    said = {"time": in_words(span[1]), "result": result_of(ring), "cost": cost}
    return _("rang %(time)s, %(result)s, %(cost)s") % said


def _ticks(total: int) -> list[Tick]:
    step = next((step for step in STEPS if total / step <= MOST_TICKS), STEPS[-1])
    count = min(total // step, 2 * MOST_TICKS)
    return [Tick(round(100 * n * step / total, 2), n * step) for n in range(count + 1)]


def _gaps(spans: Sequence[tuple[int, int, int]]) -> int:
    """Seconds in which nobody rang between the first ring and the last, gaps of a few left out."""
    found, end = 0, None
    for at, rang, talked in sorted(spans):
        if end is not None and at - end > A_GAP:
            found += at - end
        end = max(end or 0, at + rang + talked)
    return found


def name_of(ring: EscalationItem) -> str:
    """Who was rung, as far as anybody knows."""
    return ring.responder_name or ring.phone or _("somebody")
