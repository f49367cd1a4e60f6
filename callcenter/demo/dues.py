"""The demo's due clocks: what its reasons promise, in the hours of its places.

They tell the same as `calls.clocks`, for calls that were logged while nobody was watching. The
organisation has them since `SINCE`; calls from before have none.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from callcenter.accounts.models import Organization
from callcenter.calls.models import Reason, StatusKind
from callcenter.calls.workflow import STATUSES
from callcenter.core.hours import Hours, after, between, read_hours

from .places import Site
from .stories import Story

SINCE = timedelta(days=14)
PAUSING = "Waiting for resident"
HOURS = "mon-fri 08:00-18:00\nsat 09:00-13:00"
# Working minutes until the first answer and until it is done, by reason or family. The office day
# has ten hours: routine repairs take four of them at most, an emergency is seen to at once.
MINUTES: dict[str, tuple[int | None, int | None]] = {
    "e": (10, 240),
    "ef": (5, 60),
    "eg": (5, 60),
    "ev": (5, 60),
    "m": (120, 2_400),
    "mc": (60, 1_200),
    "ms": (60, 600),
    "a": (60, 600),
    "al": (10, 90),
    "p": (240, 1_800),
    "l": (600, 3_000),
    "q": (60, 600),
    "c": (240, 1_800),
    "cn": (60, 600),
    "ca": (None, None),
    "ch": (None, None),
    "o": (None, None),
    "oo": (600, 3_000),
}


def minutes_of(mnemonic: str) -> tuple[int | None, int | None]:
    """Working minutes until the first answer and until the end; None for no clock."""
    return MINUTES.get(mnemonic, MINUTES[mnemonic[0]])


def give_clocks(organization: Organization, now: datetime) -> None:
    """Give the organisation its hours and its reasons their minutes."""
    year = now.year
    organization.hours = f"{HOURS}\nclosed {year}-12-25\nclosed {year + 1}-01-01"
    organization.save(update_fields=["hours"])
    changed = []
    for reason in Reason.objects.filter(organization=organization):
        reason.first_answer_minutes, reason.resolution_minutes = minutes_of(reason.mnemonic)
        changed.append(reason)
    Reason.objects.bulk_update(changed, ["first_answer_minutes", "resolution_minutes"])


class Clocks(NamedTuple):
    """What is due of a call, and since when its clock stands still."""

    first_answer_due_at: datetime | None = None
    resolve_due_at: datetime | None = None
    paused_at: datetime | None = None


class Dues:
    """Says what is due of a call at one of the sites, or at none."""

    def __init__(self, organization: Organization, sites: Sequence[Site], now: datetime) -> None:
        self.now = now
        self._zone, self._own = organization.time_zone, read_hours(organization.hours)
        self._hours = {
            site.row.id: read_hours(site.row.hours) if site.row.hours else self._own
            for site in sites
        }
        self._zones = {site.row.id: site.row.time_zone for site in sites}

    def at_first(
        self, property_id: int | None, mnemonics: Iterable[str], start: datetime
    ) -> Clocks:
        """The clocks of a call as they are set when it is logged."""
        if start < self.now - SINCE:
            return Clocks()
        limits = [minutes_of(mnemonic) for mnemonic in mnemonics]
        firsts = [first for first, _ in limits if first is not None]
        ends = [end for _, end in limits if end is not None]
        return Clocks(
            self._after(property_id, start, firsts), self._after(property_id, start, ends)
        )

    def in_the_end(
        self, property_id: int | None, clocks: Clocks, story: Story, start: datetime
    ) -> Clocks:
        """What became of these clocks: answered, paused while one waits, moved on after that."""
        first, due, paused = clocks
        if (first is None and due is None) or STATUSES[story.start][0] == StatusKind.CLOSED:
            return Clocks()
        if story.start == PAUSING:
            paused = start
        for line in story.lines:
            first = None
            if line.status == PAUSING:
                paused = paused or line.at
            elif paused is not None:
                due, paused = self._moved_on(property_id, due, paused, line.at), None
        return Clocks(first, due, paused)

    def zone_of(self, property_id: int | None) -> str:
        """The time zone of a call from there."""
        return self._clock(property_id)[1]

    def _after(
        self, property_id: int | None, start: datetime, minutes: list[int]
    ) -> datetime | None:
        if not minutes:
            return None
        hours, zone = self._clock(property_id)
        return after(start, timedelta(minutes=min(minutes)), hours, zone)

    def _moved_on(
        self, property_id: int | None, due: datetime | None, paused: datetime, now: datetime
    ) -> datetime | None:
        """The end of a pause: as much working time is left as there was when it began."""
        if due is None or due <= paused:
            return due
        hours, zone = self._clock(property_id)
        return after(now, between(paused, due, hours, zone), hours, zone)

    def _clock(self, property_id: int | None) -> tuple[Hours, str]:
        if property_id is None:
            return self._own, self._zone
        return self._hours[property_id], self._zones[property_id]
