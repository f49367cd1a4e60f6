"""What the pages of chains show."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from callcenter.properties.principals import Principal

from .film import Film, film_of
from .models import Escalation, EscalationItem, EscalationItemQuerySet, Outcome, Word
from .planned import Step, steps_at

# The keys of an outcome, in the order in which they are shown.
OUTCOME_KEYS = (
    ("a", Outcome.ACCEPTED),
    ("n", Outcome.NO_ANSWER),
    ("v", Outcome.VOICEMAIL),
    ("b", Outcome.BUSY),
    ("d", Outcome.DECLINED),
    ("x", Outcome.BAD_NUMBER),
    ("h", Outcome.CALLER_HUNG_UP),
)
MOST_RINGS = 200


@dataclass(frozen=True)
class Shown:
    """A chain with its film; `ringing` is the ring that goes on, `steps` who may be rung next."""

    chain: Escalation
    film: Film
    items: list[EscalationItem]
    ringing: EscalationItem | None
    steps: list[Step]
    zone: str

    @property
    def is_running(self) -> bool:
        """Whether it can still be rung."""
        return self.chain.ended_at is None

    @property
    def accepted_at(self) -> datetime | None:
        """When a person took over, for the sentence that the caller hears."""
        return self.chain.ended_at if self.chain.status == Word.COMPLETED else None


def shown(chain: Escalation, principal: Principal) -> Shown:
    """What the page of a chain shows; at most six statements beside that of the chain."""
    now = timezone.now()
    items = list(rings_of([chain], principal)[:MOST_RINGS])
    open_rings = (one for one in items if one.ended_at is None and one.status == Word.RINGING)
    ringing = next(open_rings, None)
    steps = []
    if chain.ended_at is None and ringing is None and chain.policy is not None:
        steps = steps_at(chain.policy, now, principal)
    return Shown(chain, film_of(chain, items, now), items, ringing, steps, zone_of(chain))


def films_of(chains: list[Escalation], principal: Principal) -> list[tuple[Escalation, Film]]:
    """Several chains with their films, in one statement."""
    now = timezone.now()
    items: dict[object, list[EscalationItem]] = {chain.pk: [] for chain in chains}
    for item in rings_of(chains, principal):
        items[item.escalation_id].append(item)
    return [(chain, film_of(chain, items[chain.pk], now)) for chain in chains]


def rings_of(chains: list[Escalation], principal: Principal) -> EscalationItemQuerySet:
    """The rings of these chains in the order in which they were rung."""
    seen = EscalationItem.objects.visible_to(principal)
    return seen.filter(escalation__in=[chain.pk for chain in chains]).as_rung()


def zone_of(chain: Escalation) -> str:
    """The clock of a chain: its property's, else the organisation's."""
    return chain.property.time_zone if chain.property else chain.organization.time_zone
