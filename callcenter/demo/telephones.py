"""The demo's telephone system and its extensions, for `demo_data` and `fake_pbx`."""

from collections.abc import Sequence

from callcenter.accounts.models import Organization, User
from callcenter.properties.access import principal_for
from callcenter.properties.principals import Principal
from callcenter.telephony.extensions import add_extension
from callcenter.telephony.models import Extension, Upstream
from callcenter.telephony.upstreams import UpstreamWish, create_upstream

from .rows import Agent

SWITCHBOARD = "Demo switchboard"
OWNER = "owner@example.com"
LOBBY = "0003*209"  # nobody's
# Extension and whose it is.
EXTENSIONS: tuple[tuple[str, str], ...] = (
    ("0003*201", "owner@example.com"),
    ("0003*202", "admin@example.com"),
    ("0003*203", "kim@example.com"),
    ("0003*204", "priya@example.com"),
    ("0003*205", "rosa@example.com"),
    ("0003*206", "sam@example.com"),
    ("0003*207", "dana@example.com"),
    (LOBBY, ""),
)
MAIN_LINE = "+12125550100"  # the public number that residents ring


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
    upstream = Upstream.objects.visible_to(actor).in_use().filter(name=SWITCHBOARD).first()
    if upstream is None:
        wish = UpstreamWish(SWITCHBOARD, actor.organization.time_zone)
        upstream, _secret = create_upstream(wish=wish, actor=actor)
    return upstream
