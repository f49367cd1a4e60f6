"""When people ring: bands of the property's day, weekdays, outages (domain.md 1 and 3.2)."""

import bisect
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .places import Site
from .words import BAND_WEIGHTS, REASON_WEIGHTS

BANDS = {"business": 68, "edges": 22, "night": 10}
OUTAGES = 0.015  # of all calls come in clusters of one property and reason
OUTAGE_REASONS = ("eh", "ep", "el")
MONDAY = 1.34

# (hour, weight) pairs; weekday shares of domain.md 3.2, the weekend flat over the day
BUSINESS_HOURS = dict(zip(range(8, 18), (6, 9.5, 12.5, 12, 8.5, 9, 9, 8, 6.5, 4), strict=True))
EDGE_HOURS = {6: 1.2, 7: 2.0, 18: 1.6, 19: 1.2, 20: 1.0, 21: 1.0}
WEEKEND_HOURS = {6: 1, 7: 2, 8: 4} | dict.fromkeys(range(9, 21), 6) | {21: 3}
NIGHT_HOURS = {22: 1.3, 23: 1.0, 0: 0.8, 1: 0.7, 2: 0.7, 3: 0.7, 4: 0.8, 5: 1.0}


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """One call to come: when (UTC), at which property and with which main reason."""

    at: datetime
    site: int
    reason: str


class Weighted[T]:
    """Draws items by weight in logarithmic time."""

    def __init__(self, items: dict[T, float]) -> None:
        self._items = list(items)
        self._sums = list(itertools.accumulate(items.values()))

    def draw(self, rng: random.Random) -> T:
        """One of the items."""
        return self._items[bisect.bisect(self._sums, rng.random() * self._sums[-1])]


def moments(
    sites: list[Site], calls: int, now: datetime, days: int, rng: random.Random
) -> list[Moment]:
    """`calls` moments of the `days` before `now` (aware), oldest first."""
    clocks = [ZoneInfo(site.row.time_zone) for site in sites]
    weights: dict[int, float] = {n: len(site.units) for n, site in enumerate(sites)}
    where = Weighted(weights)
    found: list[Moment] = []
    calendar = _Calendar(now, days)
    while len(found) < calls * OUTAGES:
        found += _outage(where.draw(rng), now, days, rng)
    del found[calls:]
    reasons = {band: _reasons(band) for band in BANDS}
    bands: Weighted[str] = Weighted({band: float(share) for band, share in BANDS.items()})
    while len(found) < calls:
        band = bands.draw(rng)
        site = where.draw(rng)
        at = calendar.draw(band, clocks[site], rng)
        if at < now:
            found.append(Moment(at, site, reasons[band].draw(rng)))
    found.sort()
    return found


def _reasons(band: str) -> Weighted[str]:
    """The reasons inside a band: the family by the band, the leaf by its share of the family."""
    totals: dict[str, float] = {}
    for mnemonic, weight in REASON_WEIGHTS.items():
        totals[mnemonic[0]] = totals.get(mnemonic[0], 0) + weight
    families = dict(BAND_WEIGHTS[band])
    if band == "night":  # outages bring emergencies of their own
        families["e"] -= 100 * OUTAGES
    return Weighted(
        {
            mnemonic: families[mnemonic[0]] * weight / totals[mnemonic[0]]
            for mnemonic, weight in REASON_WEIGHTS.items()
        }
    )


class _Calendar:
    """The days that can be drawn, by band."""

    def __init__(self, now: datetime, days: int) -> None:
        every = [now.date() - timedelta(days=n) for n in range(days)]
        weekdays = {day: MONDAY if day.weekday() == 0 else 1.0 for day in every if _works(day)}
        weekend = {day: 1.0 for day in every if not _works(day)}
        edges = dict.fromkeys(weekdays, 0.6) | dict.fromkeys(weekend, 1.6)
        self._days = {
            "business": Weighted(weekdays or dict.fromkeys(every, 1.0)),
            "edges": Weighted(edges),
            "night": Weighted(dict.fromkeys(every, 1.0)),
        }
        self._hours = {
            "business": Weighted(BUSINESS_HOURS),
            "edges": Weighted(EDGE_HOURS),
            "weekend": Weighted({hour: float(w) for hour, w in WEEKEND_HOURS.items()}),
            "night": Weighted(NIGHT_HOURS),
        }

    def draw(self, band: str, clock: ZoneInfo, rng: random.Random) -> datetime:
        """A moment of the band on that clock, in UTC to the second."""
        day = self._days[band].draw(rng)
        hours = "weekend" if band == "edges" and not _works(day) else band
        hour = self._hours[hours].draw(rng)
        seconds = int(rng.random() * 3600)
        local = datetime.combine(day, time(hour, seconds // 60, seconds % 60), clock)
        return local.astimezone(UTC)


def _works(day: date) -> bool:
    return day.weekday() < 5


def _outage(site: int, now: datetime, days: int, rng: random.Random) -> Iterator[Moment]:
    """Five to forty calls within an hour, all about the same."""
    begin = (now - timedelta(seconds=3600 + rng.random() * (days * 86_400 - 3600))).replace(
        microsecond=0
    )
    reason = rng.choice(OUTAGE_REASONS)
    for _ in range(rng.randrange(5, 41)):
        yield Moment(begin + timedelta(seconds=int(rng.random() * 3600)), site, reason)
