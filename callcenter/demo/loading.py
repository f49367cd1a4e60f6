"""Loads the demo organisation: once, whole or not at all."""

import itertools
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from callcenter.accounts.models import Organization, User
from callcenter.calls.models import Callback, CallLog, CallLogReason, Comment, Reason, Status
from callcenter.calls.workflow import give_default_workflow
from callcenter.core.ahead import one_ahead
from callcenter.core.limits import without_time_limits
from callcenter.core.transactions import write_transaction
from callcenter.escalations.models import Escalation, EscalationItem
from callcenter.properties.models import Property, Resident, ResidentPhone, Unit

from . import cast, people, places, scenes
from .callers import Callers
from .chain_rows import EscalationRow, RingRow
from .chains import Weaver, weaver
from .copying import copy_tuples, reserve_ids
from .credentials import give_credentials
from .desk_words import give_views, give_words
from .dues import Dues, give_clocks
from .holders import Holders
from .logs import Writer
from .moments import Moment, moments
from .names import Numbers
from .past_rows import PastWriter
from .rows import Agent, CallbackRow, Chunk, CommentRow, LogRow, ReasonRow
from .scribe import Scribe
from .team import PEOPLE, load_desks, load_people
from .telephones import demo_owner, give_telephones, past_of

SLUG = "demo"
LOCK = "callcenter demo"
CHUNK = 20_000
CALLS_PER_UNIT_AND_YEAR = 10
MANY_UNITS = 10_000
LONGEST_DAYS = 3 * 365
FEWEST_LOGS = 600  # with which scenes are played


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

    @property
    def has_many_units(self) -> bool:
        """More than there are numbers that ring nobody."""
        return self.units > MANY_UNITS

    @property
    def has_phone_calls(self) -> bool:
        """Whether the last month's telephone calls belong to it: not where speed is measured."""
        return self.logs >= FEWEST_LOGS and not self.heavy


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
            give_clocks(organization, now)
            sites = _load_places(organization, size, now, seed)
            users, agents = load_people(organization, sites)
            give_words(organization, sites, agents)
            say(f"{size.units} units at {len(sites)} properties loaded")
            desks = load_desks(organization, sites)
        owner = demo_owner(organization)
        assert owner is not None  # noqa: S101 (just loaded)
        upstream = give_telephones(owner)
        with write_transaction(Loader(organization.pk)):
            phones = PastWriter(owner, upstream)
            load = _Calls(organization, sites, agents, desks, phones, size, now, seed)
            load.all(say)
        give_views(organization, agents)
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
    phones = people.phone_rows(sites, rng, many=size.has_many_units)
    copy_tuples(ResidentPhone, places.PhoneRow, phones)
    return sites


@dataclass
class _Calls:
    """Loads the calls: those that are drawn by lot, and among the newest those of the scenes."""

    organization: Organization
    sites: list[places.Site]
    agents: list[Agent]
    desks: dict[str, Agent]
    phones: PastWriter
    size: Size
    now: datetime
    seed: int

    def all(self, say: Callable[[str], None]) -> None:
        """Load them in chunks, the scenes last."""
        statuses = {s.name: s for s in Status.objects.filter(organization=self.organization)}
        reasons = {r.mnemonic: r for r in Reason.objects.filter(organization=self.organization)}
        dues = Dues(self.organization, self.sites, self.now)
        rng = self._luck("calls")
        scribe = partial(Scribe, self.organization.pk, statuses, reasons, dues)
        times = self._rehearse(scribe)
        calls = moments(self.sites, self.size.logs - len(times), self.now, self.size.days, rng)
        ids, told_ids = _numbered(reserve_ids(CallLog, self.size.logs), calls, times)
        if self.size.has_phone_calls:
            comes = [call.at for call in calls] + times
            owner, rng = self.phones.owner, self._luck("phones")
            past = past_of(owner, self.sites, self.agents, now=self.now, rng=rng)
            self.phones.begin(past, dict(zip(ids + told_ids, comes, strict=True)))
        writer = self._writer(statuses, reasons, dues, rng)
        chains = self._weaver()
        done = 0
        for chunk in one_ahead(writer.chunks(calls, ids, CHUNK)):
            woven = chains.weave(chunk)
            self._copy(chunk)
            copy_tuples(Escalation, EscalationRow, woven.escalations)
            copy_tuples(EscalationItem, RingRow, woven.rings)
            done += len(chunk.logs)
            say(f"{done} of {self.size.logs} calls loaded")
        if told_ids:
            self._play(scribe, told_ids)
            say(f"{self.size.logs} of {self.size.logs} calls loaded")

    def _writer(
        self,
        statuses: dict[str, Status],
        reasons: dict[str, Reason],
        dues: Dues,
        rng: random.Random,
    ) -> Writer:
        return Writer(
            organization_id=self.organization.pk,
            agents=self.agents,
            statuses=statuses,
            reasons=reasons,
            now=self.now,
            heavy=self.size.heavy,
            rng=rng,
            callers=Callers(self.sites, Numbers(rng, many=self.size.has_many_units), rng),
            dues=dues,
            holders=Holders(self.desks, self.now, rng),
        )

    def _weaver(self) -> Weaver:
        return weaver(
            self.organization,
            self.sites,
            manager=User.objects.get(pk=self.agents[1].id),
            now=self.now,
            seed=self.seed,
            many=self.size.has_many_units,
        )

    def _cast(self) -> cast.Cast | None:
        """Who plays the scenes; None in a demo that is too small."""
        if self.size.logs < FEWEST_LOGS:
            return None
        return cast.gather(
            now=self.now,
            organization_id=self.organization.pk,
            sites=self.sites,
            agents=self.agents,
            desks=self.desks,
        )

    def _rehearse(self, scribe: Callable[..., Scribe]) -> list[datetime]:
        """When the calls of the scenes come, in the order in which they ask for their numbers."""
        players = self._cast()
        if players is None:
            return []
        told = scenes.play(scribe(itertools.count(1), self._luck("scenes")), players)
        return [row.contacted_at for row in sorted(told.logs, key=lambda row: row.id)]

    def _play(self, scribe: Callable[..., Scribe], ids: list[int]) -> None:
        """The scenes with their calls' numbers, and what goes with them."""
        players = self._cast()
        if players is not None:
            self._copy(scenes.play(scribe(iter(ids), self._luck("scenes")), players))
            for write in players.later:
                write()

    def _luck(self, what: str) -> random.Random:
        return random.Random(f"{self.seed}-{what}")  # noqa: S311 (not for secrets)

    def _copy(self, chunk: Chunk) -> None:
        """Copy these calls, the telephone calls that they are tied to first."""
        self.phones.tie(chunk)
        copy_tuples(CallLog, LogRow, chunk.logs)
        copy_tuples(CallLogReason, ReasonRow, chunk.reasons)
        copy_tuples(Comment, CommentRow, chunk.comments)
        copy_tuples(Callback, CallbackRow, chunk.callbacks)


def _numbered(
    ids: list[int], calls: list[Moment], times: list[datetime]
) -> tuple[list[int], list[int]]:
    """The numbers of the calls drawn and told, so that a later call has a higher one."""
    moments_of_all = [call.at for call in calls] + times
    order = sorted(range(len(moments_of_all)), key=moments_of_all.__getitem__)
    given = dict(zip(order, ids, strict=True))
    return [given[n] for n in range(len(calls))], [
        given[n] for n in range(len(calls), len(moments_of_all))
    ]
