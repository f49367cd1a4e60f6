"""The demo's telephone system and its extensions, for `demo_data` and `fake_pbx`."""

import random
from collections.abc import Sequence
from datetime import datetime

from callcenter.accounts.models import Membership, Organization, Role, User
from callcenter.properties.access import principal_for
from callcenter.properties.models import Property, PropertyLink
from callcenter.properties.principals import Principal
from callcenter.telephony.extensions import add_extension
from callcenter.telephony.models import Extension, Upstream
from callcenter.telephony.upstreams import UpstreamWish, create_upstream

from .colleagues import PAST
from .past import Past
from .places import Site
from .rows import Agent
from .switchboard import House, Switchboard

SWITCHBOARD = "Demo switchboard"
OWNER = "owner@example.com"
# Extension and whose it is.
EXTENSIONS: tuple[tuple[str, str], ...] = (
    ("0003*201", "owner@example.com"),
    ("0003*202", "admin@example.com"),
    ("0003*203", "kim@example.com"),
    ("0003*204", "priya@example.com"),
    ("0003*205", "rosa@example.com"),
    ("0003*206", "sam@example.com"),
    ("0003*207", "dana@example.com"),
)
MAIN_LINE = "+12125550100"  # the company's; each property has a line of its own besides
MOST_LINES = 24


def extensions_of(agents: Sequence[Agent]) -> dict[int, str]:
    """The numbers of these people's extensions, by user, in their order."""
    people = User.objects.in_bulk([agent.id for agent in agents])
    numbers = {email: number for number, email in EXTENSIONS}
    return {agent.id: numbers[people[agent.id].email] for agent in agents}


def demo_owner(organization: Organization) -> Principal | None:
    """The demo's owner, who acts for it; None when that person left or was renamed."""
    person = User.objects.filter(email=OWNER).first()
    if person is None:
        return None
    return principal_for(user_id=person.pk, organization_id=organization.pk, request_id="demo_data")


def give_telephones(actor: Principal) -> Upstream:
    """The demo's telephone system with its extensions; what is there already stays as it is."""
    known = Extension.objects.visible_to(actor)
    numbers = set(known.values_list("number", flat=True))
    people = dict(
        User.objects.filter(
            memberships__organization_id=actor.organization_id, memberships__is_active=True
        ).values_list("email", "pk")
    )
    for number, email in EXTENSIONS:
        if number not in numbers:
            add_extension(number=number, fields={"user_id": people.get(email)}, actor=actor)
    _give_lines(numbers, actor)
    upstream = Upstream.objects.visible_to(actor).in_use().filter(name=SWITCHBOARD).first()
    if upstream is None:
        wish = UpstreamWish(SWITCHBOARD, actor.organization.time_zone)
        upstream, _secret = create_upstream(wish=wish, actor=actor)
    return upstream


def _give_lines(numbers: set[str], actor: Principal) -> None:
    """A telephone in the office of each of the first MOST_LINES properties, and its public line.

    The line rings it and the people who serve the property, so that its calls are the property's.
    """
    keys = Property.objects.visible_to(actor).order_by("pk").values_list("pk", flat=True)
    for n, key in enumerate(keys[:MOST_LINES], start=1):
        number, line = f"0003*3{n:02}", f"+1800555{100 + n:04}"
        if number not in numbers:
            add_extension(number=number, fields={"property_id": key, "own_line": line}, actor=actor)


def lines_of(actor: Principal) -> dict[int, str]:
    """The public lines of the properties that have one, by property."""
    offices = Extension.objects.visible_to(actor).filter(user=None, property__isnull=False)
    rows = offices.exclude(own_line="").order_by("number").values_list("property_id", "own_line")
    return {key: line for key, line in rows if key is not None}


def houses_of(actor: Principal) -> dict[str, House]:
    """What a property's line rings, by line."""
    known = Extension.objects.visible_to(actor).order_by("number")
    offices = dict(known.exclude(own_line="").values_list("own_line", "number"))
    members = Membership.objects.filter(organization_id=actor.organization_id, is_active=True)
    everywhere = set(members.exclude(role=Role.MEMBER).values_list("user_id", flat=True))
    linked = set(
        PropertyLink.objects.filter(membership__in=members).values_list(
            "membership__user_id", "property_id"
        )
    )
    people = list(known.exclude(user=None).values_list("number", "user_id"))
    return {
        line: House(
            offices[line],
            tuple(one for one, who in people if who in everywhere or (who, key) in linked),
        )
        for key, line in lines_of(actor).items()
    }


def past_of(
    owner: Principal,
    sites: Sequence[Site],
    agents: Sequence[Agent],
    *,
    now: datetime,
    rng: random.Random,
) -> Past:
    """The last month of these agents on the telephone, to be told."""
    extensions = extensions_of(agents)
    mine = set(extensions.values())  # the desks behind the phones take no calls then
    houses = {
        line: house._replace(agents=[one for one in house.agents if one in mine])
        for line, house in houses_of(owner).items()
    }
    return Past(
        sites=sites,
        agents=agents,
        extensions=extensions,
        lines=lines_of(owner),
        board=Switchboard([], list(extensions.values()), MAIN_LINE, PAST, rng, houses),
        now=now,
        rng=rng,
    )
