"""Who and what the scenes of the demo's last days are played with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .places import Site
from .rows import Agent
from .scribe import Home, homes_at

LEAST_HOMES = 14  # that a site needs for the scenes


@dataclass(slots=True)
class Cast:
    """The agents, the desks and the homes, and what is to be written once the calls are there."""

    now: datetime
    organization_id: int
    admin: Agent
    kim: Agent
    priya: Agent
    desks: dict[str, Agent]
    sites: Sequence[Site]
    homes: list[list[Home]]
    later: list[Callable[[], None]] = field(default_factory=list)

    def ago(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """So long before now."""
        return self.now - timedelta(days=days, hours=hours, minutes=minutes)

    def home(self, site: int, nth: int) -> Home:
        """The nth home of a site."""
        return self.homes[site][nth]

    def home_of(self, key: str) -> Home:
        """The home of the first site whose unit has this key, else its last one."""
        known = [home for home in self.homes[0] if home.unit.number_key == key]
        return (known or self.homes[0][-1:])[0]


def gather(
    *,
    now: datetime,
    organization_id: int,
    sites: Sequence[Site],
    agents: Sequence[Agent],
    desks: dict[str, Agent],
) -> Cast | None:
    """The cast, None when the houses are too small for any scene."""
    homes = [homes_at(site, now.date()) for site in sites]
    if min(map(len, homes)) < LEAST_HOMES:
        return None
    _owner, admin, kim, priya = agents
    return Cast(now, organization_id, admin, kim, priya, desks, sites, homes)
