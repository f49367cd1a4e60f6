"""Missed and unlogged calls in a history of 60k telephone calls: read by indexes alone."""

import psycopg
import pytest
from django.db import connection

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.missed import missed
from callcenter.calls.unlogged import unlogged
from callcenter.telephony.models import PhoneCallQuerySet
from tests.calls.test_list_scale import pages_read
from tests.conftest import environment_of
from tests.factories import (
    make_extension,
    make_membership,
    make_organization,
    principal_again,
    status_named,
)

pytestmark = pytest.mark.slow

# Four of five answered, one of five missed, from 20,000 numbers; 500 calls a day.
CALLS = """INSERT INTO telephony_phonecall (organization_id, source, external_id, wire_id, flow,
     extension_id, caller_raw, caller_e164, caller_name, caller_digits_reversed, called_raw,
     called_e164, called_digits_reversed, nonce, published_at, answered_at, ended_at, disposition,
     withdrawn_reason)
   SELECT %(organization)s, 'test', n, lpad(to_hex(n), 20, '0'), 8, %(first)s + n %% 20, '', '', '',
     lpad((n * 7919 %% 20000)::text, 10, '5'), '', '', '', '', at,
     CASE WHEN n %% 5 > 0 THEN at + interval '9 s' END, at + interval '99 s', 0, ''
   FROM (SELECT n, now() - n * interval '173 s' - interval '1 h' AS at
         FROM generate_series(1, 60000) n) AS ringing"""
PARTIES = """INSERT INTO telephony_phonecallparty (organization_id, phone_call_id, position,
     extension_id, sources, destinations, flow, status, caller_id, answered_at, ended_at, parked_by)
   SELECT organization_id, id, 0, extension_id, '{}', '{}', 8, 5, '', answered_at, ended_at, ''
   FROM telephony_phonecall"""
# What was answered was logged, tied to the call or with its number.
LOGS = """INSERT INTO calls_calllog (organization_id, call_from, direction, phone_raw, phone_e164,
     phone_digits_reversed, status_id, status_kind, subject, notes, taken_by_name, contacted_at,
     contacted_zone, contacted_text, contacted_flag, version, source, external_id,
     withdrawn_reason, phone_call_id)
   SELECT organization_id, 'Ana', 'inbound', '', '', caller_digits_reversed, %(status)s, 'open', '',
     '', '', published_at, 'America/New_York', '', 'exact', 1, '', '', '',
     CASE WHEN id %% 3 > 0 THEN id END
   FROM telephony_phonecall WHERE answered_at IS NOT NULL"""
TABLES = "telephony_phonecall, telephony_phonecallparty, calls_calllog"


@pytest.fixture
def agents(committed_db: str) -> list[Membership]:
    """The owner and a member, each with an extension of the twenty that answer."""
    organization = make_organization()
    agents = [make_membership(organization, role) for role in (Role.OWNER, Role.MEMBER)]
    people = [agent.user for agent in agents] + [None] * 18
    made = [
        make_extension(organization, f"0003*{200 + n}", user=user) for n, user in enumerate(people)
    ]
    values = {
        "organization": organization.pk,
        "first": made[0].pk,
        "status": status_named(organization).pk,
    }
    owner = environment_of(committed_db)["MIGRATE_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as loader:
        loader.execute("SET statement_timeout = 0")
        loader.execute(CALLS, values)
        loader.execute(PARTIES)
        loader.execute(LOGS, values)
        loader.execute(f"VACUUM ANALYZE {TABLES}")
    return agents


def plan_of(calls: PhoneCallQuerySet) -> str:
    """How PostgreSQL finds the first of them, as my work and the queue ask; run."""
    first = calls.order_by("published_at", "pk").values("pk")[:21]
    sql, parameters = first.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_what_waits_is_found_by_indexes_however_long_the_history(agents: list[Membership]) -> None:
    for sees_unplaced in (True, False):
        Organization.objects.update(members_see_unplaced=sees_unplaced)
        for agent in agents:
            principal = principal_again(agent)
            for which, most in ((missed, 1_000), (unlogged, 5_000)):
                plan = plan_of(which(principal))
                for table in ("calls_calllog", "telephony_phonecall", "telephony_phonecallparty"):
                    assert f"Seq Scan on {table}" not in plan, plan
                assert pages_read(plan) < most, f"{which.__name__} {agent.role}\n{plan}"
