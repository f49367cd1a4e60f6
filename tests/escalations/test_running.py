"""A chain from a call: started, rung through, ended; the call's history tells of it."""

import dataclasses
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Role
from callcenter.calls.chain import verify
from callcenter.calls.models import CallLog, Comment
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.escalations.models import Escalation, EscalationItem, Outcome, Word
from callcenter.escalations.policies import change_policy
from callcenter.escalations.ringing import finish_ring, record_ring, start_ring
from callcenter.escalations.running import (
    end_escalation,
    start_escalation,
    withdraw_escalation,
)
from tests.escalations.conftest import Cast, history, started, step
from tests.factories import (
    make_call_log,
    make_escalation,
    make_organization,
    make_principal,
    make_ring,
)


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
