"""An organisation with a telephone system that tells of calls at three extensions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from callcenter.accounts.models import Organization, Role
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from callcenter.telephony.models import EventKind, Extension, PhoneCall, PhoneCallEvent, Upstream
from callcenter.telephony.taking import take_event
from callcenter.telephony.working import work_event
from tests.factories import (
    make_extension,
    make_membership,
    make_organization,
    make_principal,
    make_property,
    make_upstream,
    principal_again,
)


@dataclass(frozen=True)
class Desk:
    """Who acts, whose extension rings, and which system says so."""

    organization: Organization
    maple: Property
    system: Principal
    owner: Principal
    priya: Principal
    mine: Extension
    upstream: Upstream

    def push(self, kind: str, extension: str = "0003*210", **raw: str) -> PhoneCallEvent | None:
        """Store an event of an incoming call; None when it is a repeat."""
        told = {"CallID": "abc1", "CallFlow": "IN", "CalledExtension": extension} | raw
        before = PhoneCallEvent.objects.count()
        assert take_event(upstream=self.upstream, kind=EventKind(kind), fields=told) == (
            PhoneCallEvent.objects.count() > before
        )
        rows = PhoneCallEvent.objects.order_by("-pk")
        return rows.first() if PhoneCallEvent.objects.count() > before else None

    def tell(self, kind: str, extension: str = "0003*210", **raw: str) -> PhoneCall:
        """Store and work an event; the call as it is then."""
        event = self.push(kind, extension, **raw)
        assert event is not None
        call = work_event(event_id=event.pk, actor=self.system)
        assert call is not None
        return PhoneCall.objects.get(pk=call.pk)


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


def make_desk() -> Desk:
    """Priya, a member, has 0003*210 at Maple Court; 211 and 212 are nobody's yet."""
    organization = make_organization()
    maple = make_property(organization, name="Maple Court")
    priya = make_membership(organization, Role.MEMBER, links=[maple])
    return Desk(
        organization,
        maple,
        Principal.system(organization),
        make_principal(organization, Role.OWNER),
        principal_again(priya),
        make_extension(organization, "0003*210", user=priya.user, property=maple),
        make_upstream(organization),
    )


def parties(call: PhoneCall, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of the call's parties, in the order in which they joined."""
    return list(call.parties.order_by("position").values_list(*columns))


def times(call: PhoneCall) -> tuple[datetime | None, ...]:
    """When it came in, was answered, ended."""
    return (call.published_at, call.answered_at, call.ended_at)
