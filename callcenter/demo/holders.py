"""Who holds what is still open: its agent while it is fresh, the desks behind the phones later."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from .moments import Moment
from .rows import Agent
from .stories import Story

FRESH = timedelta(minutes=90)  # the agent who took it sees to it
YOUNG = timedelta(days=2)
KNOWN = timedelta(days=14)
# The family of reasons, and the desk that sees to it in the end.
DESK_OF = {"m": "maintenance", "e": "maintenance", "l": "leasing", "q": "leasing"}
OTHER_DESK = "services"


class Holders:
    """Says whom a call is assigned to."""

    def __init__(self, desks: Mapping[str, Agent], now: datetime, rng: random.Random) -> None:
        self._desks, self._now, self._rng = desks, now, rng
        self.desk_ids = frozenset(desk.id for desk in desks.values())

    def of_call(self, moment: Moment, story: Story, agent: Agent) -> int | None:
        """The one who holds a call, None while it is nobody's in particular or over.

        After two days nearly everything lies with the desk that can end it.
        """
        if story.closed_at is not None:
            return None
        luck, age = self._rng.random(), self._now - moment.at
        kept = 0.6 if age < FRESH else 0.08 if age < YOUNG else 0.005 if age < KNOWN else 0.0
        if luck >= kept:
            return self._desks[DESK_OF.get(moment.reason[0], OTHER_DESK)].id
        return agent.id if luck < kept / 2 else None
