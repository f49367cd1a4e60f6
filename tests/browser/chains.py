"""Chains of the company: a policy that rings three people, and one that was run."""

from datetime import timedelta

from django.utils import timezone

from callcenter.escalations.models import Escalation, Policy
from tests.browser.northgate import Northgate
from tests.factories import make_escalation, make_policy, make_responder, make_ring


def emergencies_of(northgate: Northgate) -> Policy:
    """Joe, Marta, Ray: who is rung for Maple Court."""
    organization = northgate.organization
    people = [
        make_responder(organization, name=name, e164=e164)
        for name, e164 in (
            ("Joe Tran", "+12125550133"),
            ("Marta Lindqvist", "+12125550158"),
            ("Ray Okafor", "+19175550191"),
        )
    ]
    home = northgate.properties["Maple Court"]
    return make_policy(organization, *people, name="Maple Court emergencies", property=home)


def chain_of(northgate: Northgate) -> Escalation:
    """No answer, a machine, a busy line, and a person after a minute and a half."""
    policy = emergencies_of(northgate)
    begun = timezone.now() - timedelta(minutes=12)
    log = northgate.calls[0]
    chain = make_escalation(
        northgate.organization,
        policy=policy,
        property=log.property,
        call_log=log,
        status="Completed",
        started_at=begun,
        ended_at=begun + timedelta(seconds=91),
        answered_by=policy.rules.get(order=3).responder,
    )
    rings = (
        ("Joe Tran", 0, 30, None, "NoAnswer", False, False, 1),
        ("Marta Lindqvist", 32, 18, 12, "Connected", True, None, 2),
        ("Joe Tran", 64, 3, None, "Busy", False, False, None),
        ("Ray Okafor", 69, 22, 154, "Connected", True, True, 1),
    )
    for name, at, rang, talked, status, answered, human, cents in rings:
        began = begun + timedelta(seconds=at)
        make_ring(
            chain,
            responder_name=name,
            phone="+12125550133",
            started_at=began,
            ended_at=began + timedelta(seconds=rang + (talked or 0)),
            dial_seconds=rang,
            talk_seconds=talked,
            status=status,
            is_answered=answered,
            accepted_by_human=human,
            cost_cents=cents,
        )
    return chain
