"""Chains of the company: a policy that rings three people, and one that was run."""

from datetime import time, timedelta

from django.utils import timezone

from callcenter.escalations.models import Escalation, Policy
from tests.browser.northgate import Northgate
from tests.factories import make_escalation, make_policy, make_responder, make_ring, make_schedule


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


def nights_of(northgate: Northgate) -> Policy:
    """Maple Court has a hole each Saturday and a man without a number; Harbor Row shares."""
    organization = northgate.organization
    lines = {"Joe Tran": "33", "Marta Lindqvist": "58", "Ray Okafor": "91", "Ines Duarte": "14"}
    joe, marta, ray, ines = (
        make_responder(
            organization, name=name, e164=f"+121255501{end}", is_verified=name != "Ray Okafor"
        )
        for name, end in lines.items()
    )
    week = make_schedule(
        organization,
        (0, time(8), joe),
        (2, time(8), marta),
        (3, time(23), joe),
        (4, time(8), ray),
        (5, time(8), None),
        (6, time(1), marta),
    )
    homes = northgate.properties
    maple = make_policy(
        organization, week, name="Maple Court emergencies", property=homes["Maple Court"]
    )
    make_policy(organization, ray, week, name="Harbor Row", property=homes["Harbor Row"])
    make_policy(
        organization, ines, name="Lockouts", property=homes["Tilden Park"], reason_family="Access"
    )
    chain = make_escalation(organization, policy=maple, property=homes["Maple Court"])
    for _ in range(3):
        make_ring(chain, responder=joe)
    return maple


def shared_nights_of(northgate: Northgate) -> Policy:
    """One chain for all that have none of their own."""
    who = make_responder(northgate.organization, name="Noor Haddad", e164="+12125550120")
    return make_policy(northgate.organization, who, name="Night desk")


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
