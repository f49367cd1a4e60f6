"""The demo's people: those who sign in, and the desks that end what they began."""

import secrets
from collections.abc import Iterable, Sequence

from callcenter.accounts.models import Membership, Organization, Role, User
from callcenter.properties.models import PropertyLink

from .places import Site
from .rows import Agent

# E-mail, name, role, share of the calls.
PEOPLE: tuple[tuple[str, str, Role, float], ...] = (
    ("owner@example.com", "Olivia Brandt", Role.OWNER, 0.5),
    ("admin@example.com", "Marcus Webb", Role.ADMIN, 1.5),
    ("kim@example.com", "Kim Osei", Role.MEMBER, 4.0),
    ("priya@example.com", "Priya Nair", Role.MEMBER, 4.0),
)
# Those who hold what the agents pass on; nobody has their passwords. Desk, e-mail, name.
DESKS: tuple[tuple[str, str, str], ...] = (
    ("maintenance", "rosa@example.com", "Rosa Vargas"),
    ("leasing", "sam@example.com", "Sam Whitfield"),
    ("services", "dana@example.com", "Dana Keller"),
)


def load_people(
    organization: Organization, sites: Sequence[Site]
) -> tuple[list[dict[str, str]], list[Agent]]:
    """The log-ins, and who takes calls where: the members share two properties of all."""
    middle = len(sites) // 2
    linked = iter([frozenset(range(middle + 1)), frozenset(range(middle - 1, len(sites)))])
    users, agents = [], []
    for email, name, role, weight in PEOPLE:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(email, password, name=name, time_zone="")
        at = next(linked) if role == Role.MEMBER else None
        _join(organization, user, role, [sites[n] for n in sorted(at or ())])
        users.append({"email": email, "password": password, "role": role.value})
        agents.append(Agent(user.pk, name, weight, at))
    return users, agents


def load_desks(organization: Organization, sites: Sequence[Site]) -> dict[str, Agent]:
    """The desks behind the phones, by what they do; they see every property."""
    desks = {}
    for desk, email, name in DESKS:
        user = User.objects.create_user(email, None, name=name, time_zone="")
        _join(organization, user, Role.MEMBER, sites)
        desks[desk] = Agent(user.pk, name, 0.0)
    return desks


def _join(organization: Organization, user: User, role: Role, at: Iterable[Site]) -> None:
    membership = Membership.objects.create(organization=organization, user=user, role=role)
    PropertyLink.objects.bulk_create(
        PropertyLink(organization=organization, membership=membership, property_id=site.row.id)
        for site in at
    )
