"""What PostgreSQL refuses of the evidence: who was rung, when, and what came of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from callcenter.escalations.models import Escalation, EscalationItem
from tests.factories import (
    make_call_log,
    make_escalation,
    make_organization,
    make_policy,
    make_property,
    make_responder,
    make_ring,
)
from tests.refusals import refused, sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def ring() -> EscalationItem:
    organization = make_organization()
    joe = make_responder(organization, e164="+12125550133")
    policy = make_policy(organization, joe)
    return make_ring(
        make_escalation(organization, policy=policy), responder=joe, rule=policy.rules.get()
    )


def changed(row: Escalation | EscalationItem, **fields: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def test_the_database_makes_keys_that_grow_with_time(ring: EscalationItem) -> None:
    later = make_ring(ring.escalation)
    assert (ring.pk.version, later.pk.version) == (7, 7)
    assert ring.pk < later.pk


@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize(
    "table", ["escalation", "escalationitem", "policy", "rule", "responder", "schedule"]
)
def test_inv31_what_was_planned_and_rung_is_never_deleted(
    ring: EscalationItem, table: str, statement: str
) -> None:
    with refused(by="permission denied|rows here are kept"):
        sql(statement.format(f"escalations_{table}"))


def test_inv31_not_even_the_owner_of_the_tables_deletes_evidence(ring: EscalationItem) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE '%%_refuse' AND c.relname LIKE 'escalations_%%'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    kept = {f"escalations_{name}" for name in ("escalation", "escalationitem", "policy", "rule")}
    events = {f"{name}auditevent" for name in kept}
    assert kept | events <= guarded


@pytest.mark.parametrize("statement", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}"])
def test_b44_who_changed_a_ring_stays_on_record(ring: EscalationItem, statement: str) -> None:
    with refused(by="permission denied|rows here are kept"):
        sql(statement.format("escalations_escalationitemauditevent"))


def test_b07_a_ring_stays_within_the_organisation_of_its_escalation(ring: EscalationItem) -> None:
    other = make_organization()
    foreign = make_policy(other, make_responder(other))
    for column, row in {
        "escalation": make_escalation(other),
        "rule": foreign.rules.get(),
        "responder": make_responder(other),
    }.items():
        with refused(by=f"escalations_escalationitem_{column}_id_within_organization_id"):
            changed(ring, **{column: row})
    with refused(by="within_organization_id"):
        changed(ring, organization=other)


def test_b07_an_escalation_stays_within_its_organisation(ring: EscalationItem) -> None:
    other = make_organization()
    for column, row in {
        "policy": make_policy(other),
        "property": make_property(other),
        "call_log": make_call_log(other),
        "answered_by": make_responder(other),
    }.items():
        with refused(by=f"escalations_escalation_{column}_id_within_organization_id"):
            changed(ring.escalation, **{column: row})


def test_a_ring_is_at_the_property_of_its_escalation(ring: EscalationItem) -> None:
    chain = ring.escalation
    here, there = (make_property(ring.organization) for _ in range(2))

    def places() -> set[int | None]:
        return set(chain.items.values_list("property_id", flat=True))

    assert places() == {None}
    changed(chain, property=here)
    make_ring(chain, property=there)
    assert places() == {here.pk}
    changed(ring, property=None)
    assert places() == {here.pk}
    changed(chain, property=None)
    assert places() == {None}


def test_a_call_has_one_running_chain(ring: EscalationItem) -> None:
    organization = ring.organization
    log = make_call_log(organization)
    first = make_escalation(organization, call_log=log)
    with refused(by="escalation_one_runs_for_a_call"):
        make_escalation(organization, call_log=log)
    changed(first, ended_at=timezone.now() + timedelta(seconds=1))
    make_escalation(organization, call_log=log)


def test_times_are_in_order(ring: EscalationItem) -> None:
    now = timezone.now()
    backwards = {"started_at": now, "ended_at": now - timedelta(seconds=1)}
    with refused(by="escalation_times_in_order"):
        changed(ring.escalation, **backwards)
    with refused(by="escalationitem_times_in_order"):
        changed(ring, **backwards)
    changed(ring, started_at=now, ended_at=now)
    changed(ring, started_at=None, ended_at=now)


def test_a_status_says_something(ring: EscalationItem) -> None:
    with refused(by="escalation_has_status"):
        changed(ring.escalation, status="")
    with refused(by="escalationitem_has_status"):
        changed(ring, status="")
    changed(ring, status="Example status")


def test_who_accepted_had_picked_up_and_outcomes_are_known(ring: EscalationItem) -> None:
    with refused(by="escalationitem_accepted_was_answered"):
        changed(ring, accepted_by_human=True)
    with refused(by="escalationitem_outcome_known"):
        changed(ring, outcome="shrug")
    changed(ring, accepted_by_human=True, is_answered=True, outcome="accepted")
    changed(ring, accepted_by_human=None, is_answered=True, outcome="")


def test_money_is_whole_cents(ring: EscalationItem) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name IN ('escalations_escalation', 'escalations_escalationitem')"
            " AND column_name LIKE '%%_cents'"
        )
        columns = cursor.fetchall()
    assert len(columns) == 4
    assert {kind for _name, kind in columns} == {"integer"}


def test_withdrawing_needs_a_reason(ring: EscalationItem) -> None:
    for row, by in (
        (ring.escalation, "escalation_withdrawn_with_reason"),
        (ring, "escalationitem_withdrawn_with_reason"),
    ):
        with refused(by=by):
            changed(row, withdrawn_at=timezone.now())
        with refused(by=by):
            changed(row, withdrawn_reason="Twice")


def test_a_source_tells_of_a_row_once(ring: EscalationItem) -> None:
    told = {"source": "upstream", "external_id": "1"}
    make_escalation(ring.organization, **told)
    with refused(by="escalation_source_key"):
        make_escalation(ring.organization, **told)
    make_ring(ring.escalation, **told)
    with refused(by="escalationitem_source_key"):
        make_ring(ring.escalation, **told)
