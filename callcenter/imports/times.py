"""The moment that a clock's reading means in a zone, and how sure that is (domain.md 8)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callcenter.calls.models import TimeFlag


def read_clock(local: datetime, zone: str) -> tuple[datetime, TimeFlag]:
    """The moment in UTC of a naive `local` time on the clock of `zone`.

    A reading that comes twice counts as the first; one that no clock shows is moved on.
    """
    first = local.replace(tzinfo=ZoneInfo(zone))
    second = first.replace(fold=1)
    moment = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        return moment, TimeFlag.ASSUMED
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return moment, TimeFlag.AMBIGUOUS if shown == local else TimeFlag.IMPOSSIBLE
