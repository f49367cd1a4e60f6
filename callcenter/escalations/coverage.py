"""The next nights of all properties as a picture: a row for each chain, a cell for each night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .health import Health, Night, health_of
from .models import FindingKind, Policy, Responder
from .models.findings import long

DEAD_OF_NIGHT = time(22)  # which moment of a covered night is rehearsed


@dataclass(frozen=True)
class Stretch:
    """A part of the bar of a night, as per cents of its width; `tone` changes with the person."""

    x: float
    width: float
    tone: str


@dataclass(frozen=True)
class Cell:
    """A night of a row: who would ring first, in few words and in full, and how long nobody."""

    day: date
    names: str
    words: str
    hole_seconds: int
    bar: list[Stretch]
    moment: str

    @property
    def hole(self) -> str:
        """For how long nobody would ring, in words; "" for no time."""
        return long(self.hole_seconds) if self.hole_seconds else ""

    @property
    def is_open(self) -> bool:
        """Whether nobody would ring all night."""
        return bool(self.hole) and not self.names


@dataclass(frozen=True)
class Row:
    """A chain and its nights, by the clock of `zone`; `home` is None where many share it.

    `sample` is a property that it rings for, `many` how many there are. A cell is None where
    another row's nights begin a day earlier or later.
    """

    policy: Policy
    home: Property | None
    sample: Property | None
    many: int
    zone: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class Weak:
    """Somebody who would be rung in these nights and cannot, or does not, answer."""

    responder: Responder
    is_unverified: bool
    misses: bool
    policies: list[Policy]

    @property
    def kinds(self) -> list[FindingKind]:
        """What is wrong, as findings call it."""
        said = {FindingKind.UNVERIFIED: self.is_unverified, FindingKind.MISSED: self.misses}
        return [kind for kind, is_so in said.items() if is_so]


@dataclass(frozen=True)
class Coverage:
    """What the page shows; `unplanned` are properties whose ordinary calls no chain rings for."""

    days: list[date]
    rows: list[Row]
    unplanned: list[Property]
    weak: list[Weak]
    properties: list[Property]

    @property
    def holes(self) -> int:
        """Nights of chains in which at some time nobody would ring."""
        return sum(1 for row in self.rows for cell in row.cells if cell and cell.hole)

    @property
    def nights(self) -> int:
        """Nights of chains in all."""
        return sum(1 for row in self.rows for cell in row.cells if cell)

    @property
    def unverified(self) -> int:
        """How many people have no verified number."""
        return sum(1 for one in self.weak if one.is_unverified)

    @property
    def misses(self) -> int:
        """How many people took none of their last three rings."""
        return sum(1 for one in self.weak if one.misses)


def coverage(*, now: datetime, principal: Principal) -> Coverage:
    """The nights from this one on, for all that the principal sees; six statements."""
    properties = list(Property.objects.visible_to(principal).filter(is_active=True).for_list())
    known = {home.pk for home in properties}
    policies = [
        policy
        for policy in Policy.objects.visible_to(principal).filter(is_enabled=True).for_list()
        if policy.property_id is None or policy.property_id in known
    ]
    found = health_of(policies, now=now, principal=principal)
    days = sorted({night.day for health in found for night in health.nights})
    served = {policy.pk: _served(policy, policies, properties) for policy in policies}
    fallback = principal.organization.time_zone
    rows = [_row(health, served[health.policy.pk], days, now, fallback) for health in found]
    planned = {home.pk for one in policies if not one.reason_family for home in served[one.pk]}
    return Coverage(
        days=days,
        rows=sorted(rows, key=_place_in_list),
        unplanned=[home for home in properties if home.pk not in planned],
        weak=_weak(found),
        properties=properties,
    )


def _place_in_list(row: Row) -> tuple[bool, str, str, str]:
    """Properties by name, the chain for all reasons first; then what many share."""
    name = row.home.name if row.home else ""
    return row.home is None, name.casefold(), row.policy.reason_family, row.policy.name


def _served(
    policy: Policy, policies: Sequence[Policy], properties: Sequence[Property]
) -> list[Property]:
    """For which properties a chain is proposed first, as in `planned.proposed_policies`."""
    if policy.property_id is not None:
        return [home for home in properties if home.pk == policy.property_id]
    family = policy.reason_family.casefold()
    own = {
        other.property_id for other in policies if other.reason_family.casefold() in ("", family)
    }
    return [home for home in properties if home.pk not in own]


def _row(
    health: Health, served: list[Property], days: list[date], now: datetime, fallback: str
) -> Row:
    zone = health.policy.zone(fallback)
    by_day = {night.day: night for night in health.nights}
    cells: list[Cell | None] = []
    tones = _Tones()
    for day in days:
        night = by_day.get(day)
        cells.append(_cell(night, zone, now, tones) if night else None)
    home = health.policy.property
    return Row(health.policy, home, next(iter(served), None), len(served), str(zone), cells)


class _Tones:
    """Two tones that alternate with the people of a row, so that one sees where they change."""

    def __init__(self) -> None:
        self._last: Responder | None = None
        self._is_second = False

    def tone(self, who: Responder | None) -> str:
        """The tone of the next stretch."""
        if who is None:
            return "nobody"
        if self._last is not None and self._last != who:
            self._is_second = not self._is_second
        self._last = who
        return "second" if self._is_second else "first"


def _cell(night: Night, zone: ZoneInfo, now: datetime, tones: _Tones) -> Cell:
    whole = (night.ends - night.starts).total_seconds()

    def share(begin: datetime, end: datetime) -> float:
        return round(100 * (end - begin).total_seconds() / whole, 2)

    bar = [
        Stretch(share(night.starts, one.starts), share(one.starts, one.ends), tones.tone(one.who))
        for one in night.first
    ]
    return Cell(
        day=night.day,
        names=_names([one.who for one in night.first if one.who is not None]),
        words=_words(night, zone),
        hole_seconds=night.uncovered_seconds,
        bar=bar,
        moment=_moment(night, zone, now),
    )


def _names(people: list[Responder]) -> str:
    """ "Marta L."; of several the first words: "Joe, Marta"."""
    unique = list(dict.fromkeys(people))
    if len(unique) == 1:
        first, *rest = unique[0].name.split()
        return f"{first} {rest[-1][0]}." if rest else first
    return ", ".join(who.name.split()[0] for who in unique)


def _words(night: Night, zone: ZoneInfo) -> str:
    """ "Sat 31 Oct: 18:00 Joe Tran, 01:00 nobody, 02:00 Marta Lindqvist, until 08:00"."""
    said = [f"{_clock(one.starts, zone)} {one.who or _('nobody')}" for one in night.first]
    return _("%(day)s: %(who)s, until %(end)s") % {
        "day": date_format(night.day, "D j M"),
        "who": ", ".join(said),
        "end": _clock(night.ends, zone),
    }


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _moment(night: Night, zone: ZoneInfo, now: datetime) -> str:
    """The moment of a night that is worth a rehearsal, as one types it; "" is now."""
    hole = next((one for one in night.uncovered if one.ends > now), None)
    at = hole.starts if hole else datetime.combine(night.day, DEAD_OF_NIGHT, zone)
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at > now else ""


def _weak(found: list[Health]) -> list[Weak]:
    """Each person once, by name."""
    people = {who for health in found for who in (*health.unverified, *health.missed)}
    return [
        Weak(
            responder=who,
            is_unverified=any(who in health.unverified for health in found),
            misses=any(who in health.missed for health in found),
            policies=[
                health.policy for health in found if who in (*health.unverified, *health.missed)
            ],
        )
        for who in sorted(people, key=lambda who: (who.name, who.pk))
    ]
