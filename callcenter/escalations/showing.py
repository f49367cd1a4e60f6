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
    """A chain with its film; `ringing` is the ring that goes on, `steps` who may be rung next.

    `items` are the rings that count, `rows` also the withdrawn ones, for owners and admins. Of a
    withdrawn chain all rings are shown as they were.
    """

    chain: Escalation
    film: Film
    items: list[EscalationItem]
    rows: list[EscalationItem]
    ringing: EscalationItem | None
    steps: list[Step]
    zone: str

    @property
    def is_running(self) -> bool:
        """Whether it can still be rung."""
        return self.chain.ended_at is None and self.chain.withdrawn_at is None

    @property
    def accepted_at(self) -> datetime | None:
        """When a person took over, for the sentence that the caller hears."""
        return self.chain.ended_at if self.chain.status == Word.COMPLETED else None


def shown(chain: Escalation, principal: Principal) -> Shown:
    """What the page of a chain shows; at most six statements beside that of the chain."""
    now = timezone.now()
    rings = seen_rings(principal).filter(escalation=chain).as_rung()
    rows = list(rings.select_related("responder", "rule", "withdrawn_by")[:MOST_RINGS])
    is_over = chain.withdrawn_at is not None
    items = [ring for ring in rows if is_over or ring.withdrawn_at is None]
    open_rings = (one for one in items if one.ended_at is None and one.status == Word.RINGING)
    ringing = next(open_rings, None)
    steps = []
    if chain.ended_at is None and not is_over and ringing is None and chain.policy is not None:
        steps = steps_at(chain.policy, now, principal)
    return Shown(chain, film_of(chain, items, now), items, rows, ringing, steps, zone_of(chain))


def seen_rings(principal: Principal) -> EscalationItemQuerySet:
    """The rings that somebody sees: owners and admins also the withdrawn ones."""
    if principal.manages:
        return EscalationItem.objects.visible_with_withdrawn_to(principal)
    return EscalationItem.objects.visible_to(principal)


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
