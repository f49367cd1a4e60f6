"""The cast: one organisation, its three roles, and who is rung at Maple Court."""

from dataclasses import dataclass
from typing import Any

import pytest

from callcenter.accounts.models import Organization, Role
from callcenter.calls.models import CallLog, Comment, CommentKind
from callcenter.escalations.models import Escalation, Policy, Responder
from callcenter.escalations.running import start_escalation
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.factories import (
    make_call_log,
    make_organization,
    make_policy,
    make_principal,
    make_property,
    make_responder,
    make_unit,
)


@dataclass(frozen=True)
class Cast:
    """Who acts, who is rung, and for which call."""

    organization: Organization
    maple: Property
    owner: Principal
    admin: Principal
    member: Principal
    joe: Responder
    marta: Responder
    policy: Policy
    log: CallLog


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    """Joe, then Marta, for a call from 12B; the member is linked to Maple Court."""
    organization = make_organization(members_see_unplaced=False)
    maple = make_property(organization, name="Maple Court")
    joe = make_responder(organization, name="Joe Tran", e164="+12125550133")
    marta = make_responder(organization, name="Marta Lindqvist", e164="+12125550158")
    return Cast(
        organization,
        maple,
        make_principal(organization, Role.OWNER, name="Dana Ruiz"),
        make_principal(organization, Role.ADMIN, name="Kim Osei"),
        make_principal(organization, Role.MEMBER, links=[maple], name="Priya Nair"),
        joe,
        marta,
        make_policy(organization, joe, marta, name="Maple Court emergencies", property=maple),
        make_call_log(
            organization,
            property=maple,
            unit=make_unit(maple, number="12B"),
            phone_e164="+12125550177",
        ),
    )


def started(cast: Cast) -> Escalation:
    """A chain for the call, begun by the member."""
    return start_escalation(call_log_id=cast.log.pk, policy_id=cast.policy.pk, actor=cast.member)


def step(cast: Cast, order: int) -> Any:
    """The key of a step of the policy."""
    return cast.policy.rules.get(order=order).pk


def history(log: CallLog) -> list[str | None]:
    """What the history of a call tells of chains."""
    rows = Comment.objects.filter(call_log=log, kind=CommentKind.CHAIN).order_by("seq")
    return list(rows.values_list("text", flat=True))
