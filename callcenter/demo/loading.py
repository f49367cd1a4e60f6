"""Loads the demo organisation: once, whole or not at all."""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from callcenter.accounts.models import Membership, Organization, Role, User
from callcenter.calls.models import Callback, CallLog, CallLogReason, Comment, Reason, Status
from callcenter.calls.workflow import give_default_workflow
from callcenter.core.ahead import one_ahead
from callcenter.core.limits import without_time_limits
from callcenter.core.transactions import write_transaction
from callcenter.escalations.models import Escalation, EscalationItem
from callcenter.properties.models import Property, PropertyLink, Resident, ResidentPhone, Unit

from . import people, places
from .chains import EscalationRow, RingRow, weaver
from .copying import copy_tuples, reserve_ids
from .credentials import give_credentials
from .desk_words import give_words
from .logs import Agent, CallbackRow, CommentRow, LogRow, ReasonRow, Writer
from .moments import moments
from .names import Numbers

SLUG = "demo"
LOCK = "callcenter demo"
CHUNK = 20_000
CALLS_PER_UNIT_AND_YEAR = 10
MANY_UNITS = 10_000
LONGEST_DAYS = 3 * 365

PEOPLE: tuple[tuple[str, str, Role, float], ...] = (
    ("owner@example.com", "Olivia Brandt", Role.OWNER, 0.5),
    ("admin@example.com", "Marcus Webb", Role.ADMIN, 1.5),
    ("kim@example.com", "Kim Osei", Role.MEMBER, 4.0),
    ("priya@example.com", "Priya Nair", Role.MEMBER, 4.0),
)


@dataclass(frozen=True)
class Loader:
    """Who the audit names for what is loaded: nobody, by this task."""

    organization_id: int
    user_id: None = None
    request_id: str = "demo_data"
    kind: str = "task"


@dataclass(frozen=True)
class Size:
    """How much to load; `heavy` gives the calls 2.5 comments on average instead of 1.4."""

    units: int = 2_000
    logs: int = 20_000
    heavy: bool = False

    @property
    def days(self) -> int:
        """The days that the calls are spread over: ten calls for each unit and year."""
        year = CALLS_PER_UNIT_AND_YEAR * self.units
        return max(14, min(LONGEST_DAYS, round(365 * self.logs / year)))


def load_demo(
    *,
    now: datetime,
    size: Size | None = None,
    seed: int = 1,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any] | None:
    """Load the demo organisation and return its log-ins; None when it is there already.

    The same `now`, `size` and `seed` give the same rows, apart from the salts and hashes of the
    comments and from passwords and credentials, which are random every time.
    """
    size = size or Size()
    with without_time_limits(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if Organization.objects.filter(slug=SLUG).exists():
            return None
        organization = Organization.objects.create(name="Juniper Property Group", slug=SLUG)
        with write_transaction(Loader(organization.pk)):
            give_default_workflow(organization)
            sites = _load_places(organization, size, now, seed)
            give_words(organization, sites[0].row.id)
            say(f"{size.units} units at {len(sites)} properties loaded")
            users, agents = _load_people(organization, sites)
            _load_calls(organization, sites, agents, size=size, now=now, seed=seed, say=say)
        return {"users": users, "credentials": give_credentials(organization)}


def give_new_logins() -> dict[str, Any]:
    """The demo's log-ins with fresh passwords and credentials, for when the first ones are lost."""
    users = []
    with transaction.atomic():
        organization = Organization.objects.get(slug=SLUG)
        with write_transaction(Loader(organization.pk)):
            for email, _, role, _ in PEOPLE:
                user = User.objects.get(email=email, memberships__organization=organization)
                password = secrets.token_urlsafe(12)
                user.set_password(password)
                user.save(update_fields=["password"])
                users.append({"email": email, "password": password, "role": role.value})
        return {"users": users, "credentials": give_credentials(organization)}


def give_new_credentials() -> list[dict[str, str]]:
    """Credentials for a demo of before there were any."""
    with transaction.atomic():
        return give_credentials(Organization.objects.get(slug=SLUG))


def _load_places(
    organization: Organization, size: Size, now: datetime, seed: int
) -> list[places.Site]:
    rng = random.Random(f"{seed}-places")  # noqa: S311 (not for secrets)
    ids = reserve_ids(Property, places.how_many_properties(size.units))
    rows = list(places.property_rows(organization.pk, ids))
    copy_tuples(Property, places.PropertyRow, rows)
    sites = [places.Site(row) for row in rows]
    units = places.unit_rows(sites, reserve_ids(Unit, size.units), rng)
    copy_tuples(Unit, places.UnitRow, units)
    ids = reserve_ids(Resident, round(size.units * people.RESIDENTS_PER_UNIT))
    residents = people.resident_rows(sites, ids, now.date(), rng)
    copy_tuples(Resident, places.ResidentRow, residents)
    phones = people.phone_rows(sites, rng, many=size.units > MANY_UNITS)
    copy_tuples(ResidentPhone, places.PhoneRow, phones)
    return sites


def _load_people(
    organization: Organization, sites: list[places.Site]
) -> tuple[list[dict[str, str]], list[Agent]]:
    """The log-ins, and who takes calls where: the members share two properties of all."""
    middle = len(sites) // 2
    linked = iter([frozenset(range(middle + 1)), frozenset(range(middle - 1, len(sites)))])
    users, agents = [], []
    for email, name, role, weight in PEOPLE:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(email, password, name=name, time_zone="")
        membership = Membership.objects.create(organization=organization, user=user, role=role)
        at = next(linked) if role == Role.MEMBER else None
        PropertyLink.objects.bulk_create(
            PropertyLink(
                organization=organization, membership=membership, property_id=sites[n].row.id
            )
            for n in sorted(at or ())
        )
        users.append({"email": email, "password": password, "role": role.value})
        agents.append(Agent(user.pk, name, weight, at))
    return users, agents


def _load_calls(
    organization: Organization,
    sites: list[places.Site],
    agents: list[Agent],
    *,
    size: Size,
    now: datetime,
    seed: int,
    say: Callable[[str], None],
) -> None:
    rng = random.Random(f"{seed}-calls")  # noqa: S311 (not for secrets)
    writer = Writer(
        organization_id=organization.pk,
        zone=organization.time_zone,
        sites=sites,
        agents=agents,
        statuses={s.name: s for s in Status.objects.filter(organization=organization)},
        reasons={r.mnemonic: r for r in Reason.objects.filter(organization=organization)},
        now=now,
        heavy=size.heavy,
        rng=rng,
        numbers=Numbers(rng, many=size.units > MANY_UNITS),
    )
    chains = weaver(
        organization,
        sites,
        manager=User.objects.get(pk=agents[1].id),
        now=now,
        seed=seed,
        many=size.units > MANY_UNITS,
    )
    calls = moments(sites, size.logs, now, size.days, rng)
    done = 0
    chunks = writer.chunks(calls, reserve_ids(CallLog, len(calls)), CHUNK)
    for chunk in one_ahead(chunks):
        woven = chains.weave(chunk)
        copy_tuples(CallLog, LogRow, chunk.logs)
        copy_tuples(CallLogReason, ReasonRow, chunk.reasons)
        copy_tuples(Comment, CommentRow, chunk.comments)
        copy_tuples(Callback, CallbackRow, chunk.callbacks)
        copy_tuples(Escalation, EscalationRow, woven.escalations)
        copy_tuples(EscalationItem, RingRow, woven.rings)
        done += len(chunk.logs)
        say(f"{done} of {len(calls)} calls loaded")
