"""Rings as the dialect oneuptime tells them, against psycopg and a JSON encoder alone.

Raw is the statements of the rows and of their number, prepared, without credential, without
Django; its answer is byte for byte ours. A database of its own has a hundred thousand chains.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from callcenter.accounts.models import ApiCredential, Membership, Wire
from callcenter.api.oneuptime.ring_tables import ITEMS
from tests.factories import make_credential

from .api import Client, figure_of, over_raw
from .databases import NOW, SEED, Database, of_database
from .report import Figure

CHAINS = 100_000  # and 170,000 rings
PATH = "/api/incoming-call-log-item"
LISTS = ((10, Wire.DOCUMENTED, 2.5), (100, Wire.DOCUMENTED, 2.0), (1_000, Wire.DEPLOYED, 1.5))
COUNT_OVER_RAW = 1.5
TABLES = ("escalations_escalation", "escalations_escalationitem")
# One every five minutes, of each policy in turn. Of ten, five have one ring, three have two and
# two have three, in the order of the policy's steps.
FILL_CHAINS = """
INSERT INTO escalations_escalation (organization_id, policy_id, property_id, caller_phone,
    routing_phone, status, call_seconds, outgoing_cost_cents, call_cost_cents, started_at,
    ended_at, created_at, updated_at, started_by_name, source, external_id, withdrawn_reason,
    current_rule_order, repeat_count)
SELECT plan.organization_id, plan.id, plan.property_id,
    '+1212555' || lpad(mod(n, 10000)::text, 4, '0'), plan.routing_phone,
    CASE WHEN mod(n, 4) = 0 THEN 'NoAnswer' ELSE 'Completed' END, 40 + mod(n, 90), mod(n, 7),
    mod(n, 7), at, at + interval '2 minutes', at, at, 'Kim Osei', 'bench',
    gen_random_uuid()::text, '',
    1 + (mod(n, 10) > 4)::int + (mod(n, 10) > 7)::int, 0
FROM generate_series(0, %(chains)s - 1) AS n
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - n * interval '5 minutes' AS at) AS clock
JOIN (
    SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
    FROM escalations_policy WHERE withdrawn_at IS NULL
) AS plan ON plan.place = mod(n, plan.many)
"""
FILL_RINGS = """
INSERT INTO escalations_escalationitem (organization_id, escalation_id, property_id, rule_id,
    rule_order, ring_limit_seconds, responder_id, responder_name, phone, status, status_message,
    outcome, dial_seconds, talk_seconds, cost_cents, started_at, ended_at, is_answered,
    created_at, updated_at, rung_by_name, source, external_id, withdrawn_reason)
SELECT c.organization_id, c.id, c.property_id, r.id, r."order", r.escalate_after_seconds, who.id,
    who.name, '+12125550133', CASE WHEN is_last THEN 'Connected' ELSE 'NoAnswer' END,
    CASE WHEN is_last THEN NULL ELSE 'Rang to the end, nobody picked up.' END, '',
    20 + mod(c.call_seconds, 11), CASE WHEN is_last THEN c.call_seconds END, c.call_cost_cents,
    at, at + interval '25 seconds', is_last, at, at, 'Kim Osei', '', '', ''
FROM escalations_escalation c JOIN escalations_rule r USING (policy_id)
CROSS JOIN LATERAL (
    SELECT r."order" = c.current_rule_order AND c.status = 'Completed' AS is_last,
        c.started_at + r."order" * interval '30 seconds' AS at
) AS ring
JOIN LATERAL (
    SELECT w.* FROM escalations_responder w WHERE w.organization_id = c.organization_id
    AND (w.id = r.responder_id OR r.responder_id IS NULL) ORDER BY w.id LIMIT 1
) AS who ON true
WHERE c.source = 'bench' AND r."order" <= c.current_rule_order
    AND NOT EXISTS (SELECT 1 FROM escalations_escalationitem i WHERE i.escalation_id = c.id)
"""
ROWS = """
SELECT i.id, i.created_at, i.updated_at, i.version, o.uuid, i.escalation_id,
    CASE WHEN r.withdrawn_at IS NULL THEN r.id END, CASE WHEN w.withdrawn_at IS NULL THEN w.id END,
    i.phone, i.status, i.status_message, i.dial_seconds, i.cost_cents, i.started_at, i.ended_at,
    i.is_answered
FROM escalations_escalationitem i
JOIN accounts_organization o ON o.id = i.organization_id
LEFT JOIN escalations_rule r ON r.id = i.rule_id
LEFT JOIN escalations_responder w ON w.id = i.responder_id
WHERE i.organization_id = %s AND i.withdrawn_at IS NULL
ORDER BY i.created_at DESC, i.id DESC LIMIT %s
"""
TOTAL = """
SELECT count(*) FROM escalations_escalationitem
WHERE organization_id = %s AND withdrawn_at IS NULL
"""


@dataclass(frozen=True)
class Rings(Database):
    """A small demo organisation with very many chains."""

    logs: int = 1_000

    @property
    def name(self) -> str:
        """Its name in the cluster."""
        return f"bench_rings_{CHAINS}_{SEED}"

    def fill(self, fresh: str) -> None:
        """The demo, then chains and rings in two statements, past the triggers."""
        super().fill(fresh)
        fill(of_database("MIGRATE_DATABASE_URL", fresh), CHAINS)


def fill(address: str, chains: int) -> None:
    """So many chains and their rings in the database at this address."""
    with psycopg.connect(address) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        owner.execute(FILL_CHAINS, {"chains": chains, "now": NOW})
        owner.execute(FILL_RINGS)
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


@dataclass(frozen=True)
class Sides:
    """Who answers: our application by each form of the wire, and a raw connection."""

    clients: dict[str, Client]
    raw: psycopg.Connection
    organization_id: int

    def ours(self, size: int, wire: str) -> bytes:
        """Our list of so many rows with every column."""
        asked = {"select": dict.fromkeys(ITEMS.by_name, True)}
        return self.clients[wire].ask(f"{PATH}/get-list", f"limit={size}", asked, "POST")

    def alone(self, size: int, wire: str) -> bytes:
        """The same by psycopg."""
        rows = self.raw.execute(ROWS, [self.organization_id, size])
        deployed = wire == Wire.DEPLOYED
        data = [_typed(row) if deployed else _bare(row) for row in rows]
        count = self.total()
        if deployed:
            said = {"data": data, "count": count, "skip": 0, "limit": size}
        else:
            said = {"count": count, "limit": size, "skip": 0, "data": data}
        return msgspec.json.encode(said)

    def total(self) -> int:
        """How many rows there are, by psycopg."""
        found = self.raw.execute(TOTAL, [self.organization_id]).fetchone()
        return found[0] if found else 0


@contextmanager
def prepared(database: Database) -> Iterator[Sides]:
    """Both sides over a database; the credentials are removed afterwards."""
    database.use()
    owner = Membership.objects.select_related("user").get(user__email="owner@example.com")
    made = {wire: make_credential(owner, name="bench", wire=wire) for wire in Wire.values}
    clients = {wire: Client(HTTP_APIKEY=secret) for wire, (_, secret) in made.items()}
    raw = psycopg.connect(database.url("DATABASE_URL"), autocommit=True, prepare_threshold=1)
    try:
        yield Sides(clients, raw, owner.organization_id)
    finally:
        raw.close()
        ids = [credential.pk for credential, _ in made.values()]
        ApiCredential.objects.filter(pk__in=ids).delete()


def measured(seconds: float, database: Database | None = None) -> list[Figure]:
    """All figures of the dialect."""
    database = database or Rings()
    database.prepare()
    with prepared(database) as sides:
        return [*_lists(sides, seconds), _counting(sides, seconds)]


def _lists(sides: Sides, seconds: float) -> Iterator[Figure]:
    for size, wire, bound in LISTS:
        ours, alone = partial(sides.ours, size, wire), partial(sides.alone, size, wire)
        _must_agree(ours, alone)
        name = f"API oneuptime: {size:,} rings of {sides.total():,}, every column, {wire}"
        yield figure_of(name, over_raw(ours, alone, seconds), bound)


def _counting(sides: Sides, seconds: float) -> Figure:
    def ours() -> bytes:
        return sides.clients[Wire.DOCUMENTED].ask(f"{PATH}/count", "", {"query": {}}, "POST")

    def alone() -> bytes:
        return msgspec.json.encode({"count": sides.total()})

    _must_agree(ours, alone)
    name = f"API oneuptime: count of {sides.total():,} rings"
    return figure_of(name, over_raw(ours, alone, seconds), COUNT_OVER_RAW)


def _must_agree(ours: Callable[[], bytes], alone: Callable[[], bytes]) -> None:
    if ours() != alone():
        raise RuntimeError("the raw answer is not the same")


def _said(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds")[:-6] + "Z"


def _date(at: datetime | None) -> dict[str, Any] | None:
    return None if at is None else {"_type": "DateTime", "value": _said(at)}


def _key(pk: UUID | None) -> dict[str, Any] | None:
    return None if pk is None else {"_type": "ObjectID", "value": pk}


def _row_of(pk: UUID | None) -> dict[str, Any] | None:
    return None if pk is None else {"_id": pk}


def _bare(row: tuple[Any, ...]) -> dict[str, Any]:
    pk, made, changed, version, project, log, rule, who, phone, *rest = row
    status, message, seconds, cents, starts, ends, is_answered = rest
    return {
        "_id": pk,
        "createdAt": _said(made),
        "updatedAt": _said(changed),
        "deletedAt": None,
        "version": version,
        "project": {"_id": project},
        "projectId": project,
        "incomingCallLog": {"_id": log},
        "incomingCallLogId": log,
        "incomingCallPolicyEscalationRule": _row_of(rule),
        "incomingCallPolicyEscalationRuleId": rule,
        "user": _row_of(who),
        "userId": who,
        "userPhoneNumber": phone,
        "status": status,
        "statusMessage": message,
        "dialDurationInSeconds": seconds,
        "callCostInUSDCents": cents,
        "startedAt": _said(starts),
        "endedAt": _said(ends),
        "isAnswered": is_answered,
    }


def _typed(row: tuple[Any, ...]) -> dict[str, Any]:
    pk, made, changed, version, project, log, rule, who, phone, *rest = row
    status, message, seconds, cents, starts, ends, is_answered = rest
    return {
        "_id": pk,
        "createdAt": _date(made),
        "updatedAt": _date(changed),
        "deletedAt": None,
        "version": version,
        "project": {"_id": project},
        "projectId": _key(project),
        "incomingCallLog": {"_id": log},
        "incomingCallLogId": _key(log),
        "incomingCallPolicyEscalationRule": _row_of(rule),
        "incomingCallPolicyEscalationRuleId": _key(rule),
        "user": _row_of(who),
        "userId": _key(who),
        "userPhoneNumber": None if phone is None else {"_type": "Phone", "value": phone},
        "status": status,
        "statusMessage": message,
        "dialDurationInSeconds": seconds,
        "callCostInUSDCents": cents,
        "startedAt": _date(starts),
        "endedAt": _date(ends),
        "isAnswered": is_answered,
    }
