"""A chain from a call: started, rung through, ended; the call's history tells of it."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Role
from callcenter.calls.chain import verify
from callcenter.calls.models import CallLog, Comment, CommentKind
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.escalations.models import Escalation, EscalationItem, Outcome, Word
from callcenter.escalations.policies import change_policy
from callcenter.escalations.ringing import finish_ring, judge_ring, record_ring, start_ring
from callcenter.escalations.running import (
    end_escalation,
    start_escalation,
    withdraw_escalation,
)
from tests.escalations.conftest import Cast
from tests.factories import (
    make_call_log,
    make_escalation,
    make_organization,
    make_principal,
    make_responder,
    make_ring,
    make_schedule,
)


def started(cast: Cast) -> Escalation:
    return start_escalation(call_log_id=cast.log.pk, policy_id=cast.policy.pk, actor=cast.member)


def step(cast: Cast, order: int) -> Any:
    return cast.policy.rules.get(order=order).pk


def history(log: CallLog) -> list[str | None]:
    rows = Comment.objects.filter(call_log=log, kind=CommentKind.CHAIN).order_by("seq")
    return list(rows.values_list("text", flat=True))


def test_a_chain_starts_at_the_place_of_its_call(cast: Cast) -> None:
    escalation = started(cast)
    assert (escalation.property, escalation.call_log) == (cast.maple, cast.log)
    assert (escalation.status, escalation.current_rule_order, escalation.repeat_count) == (
        Word.INITIATED,
        1,
        0,
    )
    assert (escalation.caller_phone, escalation.started_by_name) == ("+12125550177", "Priya Nair")
    assert (escalation.call_cost_cents, escalation.ended_at) == (None, None)
    assert history(cast.log) == ["Chain “Maple Court emergencies” started."]
    assert CallLog.objects.get(pk=cast.log.pk).version == cast.log.version + 1
    with pytest.raises(StaleError, match="running"):
        started(cast)


def test_the_page_of_the_call_tells_of_it_and_other_systems_are_not_told(
    cast: Cast, client: Client
) -> None:
    escalation = started(cast)
    end_escalation(escalation_id=escalation.pk, ending=Word.FAILED, actor=cast.member)
    user = get_user_model().objects.get(name="Priya Nair")
    client.force_login(user, backend="callcenter.properties.backends.DeskBackend")
    page = client.get(reverse("calls:detail", args=[cast.log.pk])).text
    assert page.count("had people rung") == 2
    assert "Chain ended, failed. Nobody was rung." in page
    assert not Comment.objects.filter(call_log=cast.log).told().exists()


def test_what_cannot_start_a_chain_is_refused_and_leaves_no_line(cast: Cast) -> None:
    change_policy(policy_id=cast.policy.pk, fields={"is_enabled": False}, actor=cast.admin)
    with pytest.raises(RuleError, match="disabled"):
        started(cast)
    with pytest.raises(RuleError, match="no such policy"):
        start_escalation(call_log_id=cast.log.pk, policy_id=cast.joe.pk, actor=cast.member)
    unlinked = make_principal(cast.organization, Role.MEMBER)
    stranger = make_principal(make_organization())
    for actor in (unlinked, stranger):
        with pytest.raises(NotFoundError):
            start_escalation(call_log_id=cast.log.pk, policy_id=None, actor=actor)
    powerless = dataclasses.replace(cast.member, permissions=frozenset())
    with pytest.raises(NotAllowedError):
        start_escalation(call_log_id=cast.log.pk, policy_id=None, actor=powerless)
    assert history(cast.log) == []


def test_a_chain_is_rung_through_with_the_seconds_of_the_desk(cast: Cast) -> None:
    with time_machine.travel("2026-11-17T15:45:20Z", tick=False) as clock:
        escalation = started(cast)
        ring = start_ring(escalation_id=escalation.pk, rule_id=step(cast, 1), actor=cast.member)
        assert (ring.status, ring.phone, ring.rule_order, ring.ring_limit_seconds) == (
            Word.RINGING,
            "+12125550133",
            1,
            30,
        )
        clock.shift(timedelta(seconds=30))
        ring = finish_ring(item_id=ring.pk, outcome=Outcome.NO_ANSWER, actor=cast.member)
        assert (ring.status, ring.dial_seconds, ring.is_answered, ring.accepted_by_human) == (
            Word.NO_ANSWER,
            30,
            False,
            False,
        )
        clock.shift(timedelta(seconds=4))
        ring = start_ring(escalation_id=escalation.pk, rule_id=step(cast, 2), actor=cast.member)
        escalation.refresh_from_db()
        assert (escalation.status, escalation.current_rule_order) == (Word.ESCALATED, 2)
        clock.shift(timedelta(seconds=22))
        finish_ring(item_id=ring.pk, outcome=Outcome.ACCEPTED, cost_cents=2, actor=cast.member)
    escalation.refresh_from_db()
    assert (escalation.status, escalation.answered_by) == (Word.COMPLETED, cast.marta)
    assert escalation.call_cost_cents is None  # the first ring's is unknown
    assert history(cast.log)[1:] == [
        (
            "Chain ended, completed. Rang Joe Tran 30 s, no answer; Marta Lindqvist accepted after"
            " 22 s; 56 s, $0.02 and 1 ring of unknown cost."
        )
    ]
    assert verify(cast.organization).broken == 0
    with pytest.raises(StaleError, match="over"):
        start_ring(escalation_id=escalation.pk, rule_id=step(cast, 1), actor=cast.member)
    with pytest.raises(StaleError):
        finish_ring(item_id=ring.pk, outcome=Outcome.DECLINED, actor=cast.member)


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


def test_a_chain_that_nobody_took_ends_with_a_word_and_a_line(cast: Cast) -> None:
    escalation = started(cast)
    with pytest.raises(RuleError):
        end_escalation(escalation_id=escalation.pk, ending=Word.BUSY, actor=cast.member)
    ended = end_escalation(
        escalation_id=escalation.pk,
        ending=Word.NO_ANSWER,
        comment="Left it for the morning",
        actor=cast.member,
    )
    assert (ended.status, ended.status_message) == (Word.NO_ANSWER, "Left it for the morning")
    assert history(cast.log)[-1] == (
        "Chain ended, no answer. Nobody was rung.\nLeft it for the morning"
    )
    with pytest.raises(StaleError):
        end_escalation(escalation_id=escalation.pk, ending=Word.FAILED, actor=cast.member)
    assert started(cast).pk != escalation.pk


def test_inv31_a_withdrawn_chain_is_seen_by_nobody_and_kept(cast: Cast) -> None:
    escalation = started(cast)
    record_ring(
        escalation_id=escalation.pk,
        outcome=Outcome.BUSY,
        responder_id=cast.joe.pk,
        actor=cast.member,
    )
    with pytest.raises(NotAllowedError):
        withdraw_escalation(escalation_id=escalation.pk, reason="Test", actor=cast.member)
    with pytest.raises(RuleError, match="Say why"):
        withdraw_escalation(escalation_id=escalation.pk, reason="", actor=cast.admin)
    withdraw_escalation(escalation_id=escalation.pk, reason="A drill", actor=cast.admin)
    assert not Escalation.objects.visible_to(cast.owner).exists()
    assert not EscalationItem.objects.visible_to(cast.owner).exists()
    assert Escalation.objects.visible_with_withdrawn_to(cast.owner).count() == 1
    assert not Escalation.objects.visible_with_withdrawn_to(cast.member).exists()
    assert history(cast.log)[-1] == "Chain withdrawn: A drill"
    with pytest.raises(NotFoundError):
        withdraw_escalation(escalation_id=escalation.pk, reason="Again", actor=cast.admin)


def test_chains_are_seen_with_their_place(cast: Cast) -> None:
    placed = make_ring(make_escalation(cast.organization, property=cast.maple))
    nowhere = make_ring(make_escalation(cast.organization))
    taken = make_call_log(cast.organization, taken_by_id=cast.member.user_id)
    mine = make_ring(make_escalation(cast.organization, call_log=taken))
    everything, here = {placed, nowhere, mine}, {placed, mine}
    key = dataclasses.replace(cast.member, kind="credential", credential_id=1)
    narrowed = dataclasses.replace(
        cast.admin, kind="credential", property_ids=frozenset({cast.maple.pk}), is_narrowed=True
    )
    unlinked = make_principal(cast.organization, Role.MEMBER)
    stranger = make_principal(make_organization())
    for principal, seen in (
        (cast.owner, everything),
        (cast.admin, everything),
        (cast.member, here),
        (key, {placed}),
        (narrowed, {placed}),
        (unlinked, set()),
        (stranger, set()),
    ):
        assert set(EscalationItem.objects.visible_to(principal)) == seen
        chains = set(Escalation.objects.visible_to(principal))
        assert chains == {ring.escalation for ring in seen}


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
