"""Single rings of a chain: whom, by which step, what came of them, and what people judge."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from callcenter.core.errors import RuleError
from callcenter.escalations.models import EscalationItem, Outcome, Word
from callcenter.escalations.ringing import judge_ring, record_ring, start_ring
from callcenter.escalations.running import (
    end_escalation,
)
from tests.escalations.conftest import Cast, history, started, step
from tests.factories import (
    make_escalation,
    make_organization,
    make_responder,
    make_ring,
    make_schedule,
)


@pytest.mark.parametrize(
    ("outcome", "status", "is_answered", "accepted"),
    [
        (Outcome.NO_ANSWER, "NoAnswer", False, False),
        (Outcome.VOICEMAIL, "Connected", True, False),
        (Outcome.DECLINED, "NoAnswer", False, False),
        (Outcome.BUSY, "Busy", False, False),
        (Outcome.BAD_NUMBER, "Failed", False, False),
        (Outcome.ACCEPTED, "Connected", True, True),
        (Outcome.CALLER_HUNG_UP, "CallerHungUp", False, None),
    ],
)
def test_a_ring_is_recorded_at_once_by_its_outcome(
    cast: Cast, *, outcome: Outcome, status: str, is_answered: bool, accepted: bool | None
) -> None:
    escalation = started(cast)
    ring = record_ring(
        escalation_id=escalation.pk,
        outcome=outcome,
        responder_id=cast.marta.pk,
        ring_seconds=18,
        talk_seconds=12,
        actor=cast.member,
    )
    assert (ring.status, ring.is_answered, ring.accepted_by_human, ring.outcome) == (
        status,
        is_answered,
        accepted,
        outcome,
    )
    assert (ring.dial_seconds, ring.talk_seconds, ring.cost_cents) == (18, 12, None)
    assert ring.started_at is not None
    assert ring.ended_at == ring.started_at + timedelta(seconds=30)
    assert (ring.rung_by_name, ring.responder_name) == ("Priya Nair", "Marta Lindqvist")
    assert not ring.looks_like_voicemail  # the agent knows
    escalation.refresh_from_db()
    ends = {Outcome.ACCEPTED: "Completed", Outcome.CALLER_HUNG_UP: "CallerHungUp"}
    assert escalation.status == ends.get(outcome, "Initiated")
    assert (escalation.ended_at is not None) == (outcome in ends)
    assert len(history(cast.log)) == (2 if outcome in ends else 1)


def test_a_chain_that_begins_again_is_counted(cast: Cast) -> None:
    escalation = started(cast)
    for order in (1, 2, 1, 2):
        record_ring(
            escalation_id=escalation.pk,
            outcome=Outcome.NO_ANSWER,
            rule_id=step(cast, order),
            actor=cast.member,
        )
    escalation.refresh_from_db()
    assert (escalation.status, escalation.repeat_count) == (Word.ESCALATED, 1)
    assert escalation.current_rule_order == 2


def test_a_step_with_a_rota_rings_whoever_is_on_call_now(cast: Cast) -> None:
    rota = make_schedule(cast.organization)
    cast.policy.rules.filter(order=1).update(responder=None, schedule=rota)
    escalation = started(cast)
    rung: Any = {"escalation_id": escalation.pk, "rule_id": step(cast, 1), "actor": cast.member}
    with pytest.raises(RuleError, match="nobody is on call"):
        start_ring(**rung)
    rota.turns.create(
        organization=cast.organization, weekday=0, starts_at="00:00", responder=cast.marta
    )
    assert start_ring(**rung).responder == cast.marta


def test_one_person_rings_at_a_time(cast: Cast) -> None:
    escalation = started(cast)
    rung: Any = {"escalation_id": escalation.pk, "rule_id": step(cast, 1), "actor": cast.member}
    start_ring(**rung)
    for act in (
        lambda: start_ring(**rung),
        lambda: record_ring(**rung, outcome=Outcome.NO_ANSWER),
        lambda: end_escalation(
            escalation_id=escalation.pk, ending=Word.NO_ANSWER, actor=cast.member
        ),
    ):
        with pytest.raises(RuleError, match="came of the ring to Joe Tran"):
            act()
    end_escalation(escalation_id=escalation.pk, ending=Word.CALLER_HUNG_UP, actor=cast.member)
    ring = EscalationItem.objects.get(escalation=escalation)
    assert (ring.status, ring.outcome) == (Word.CALLER_HUNG_UP, Outcome.CALLER_HUNG_UP)
    assert ring.ended_at is not None


def test_whom_nobody_knows_is_not_rung(cast: Cast) -> None:
    escalation = started(cast)
    stranger = make_responder(make_organization(), e164="+12125550199")
    rung: Any = {
        "escalation_id": escalation.pk,
        "outcome": Outcome.NO_ANSWER,
        "actor": cast.member,
    }
    for more, field in (
        ({}, "responder"),
        ({"responder_id": stranger.pk}, "responder"),
        ({"rule_id": stranger.pk}, "rule"),
        ({"responder_id": cast.joe.pk, "line_id": stranger.lines.get().pk}, "line"),
        ({"responder_id": cast.joe.pk, "ring_seconds": -1}, "dial_seconds"),
        ({"responder_id": cast.joe.pk, "cost_cents": 2**31}, "cost_cents"),
        (
            {"responder_id": cast.joe.pk, "started_at": timezone.now() + timedelta(minutes=1)},
            "started_at",
        ),
    ):
        with pytest.raises(RuleError) as refusal:
            record_ring(**rung, **more)
        assert refusal.value.field == field
    assert not EscalationItem.objects.exists()


def test_a_machine_that_picked_up_is_judged_by_people(cast: Cast) -> None:
    ring = make_ring(
        make_escalation(cast.organization, property=cast.maple),
        status="Connected",
        is_answered=True,
        dial_seconds=30,
        talk_seconds=12,
    )
    assert ring.looks_like_voicemail
    judged = judge_ring(item_id=ring.pk, accepted_by_human=False, actor=cast.member)
    assert (judged.looks_like_voicemail, judged.version) == (False, 2)
    assert judge_ring(item_id=ring.pk, accepted_by_human=False, actor=cast.member).version == 2
    assert judge_ring(
        item_id=ring.pk, accepted_by_human=None, actor=cast.member
    ).looks_like_voicemail
    missed = make_ring(ring.escalation)
    with pytest.raises(RuleError, match="Nothing picked up"):
        judge_ring(item_id=missed.pk, accepted_by_human=True, actor=cast.member)
