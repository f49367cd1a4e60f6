"""An organisation with a telephone system that tells of calls at three extensions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from callcenter.accounts.models import Organization, Role
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from callcenter.telephony.models import (
    EventKind,
    Extension,
    PhoneCall,
    PhoneCallEvent,
    Upstream,
    UpstreamPoll,
)
from callcenter.telephony.polling import poll_upstream
from callcenter.telephony.taking import take_event
from callcenter.telephony.upstreams import start_polling
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

from .fake_upstream import FakeUpstream, running

LIVE, CDR, TOKEN = "/uapi/phoneCalls/@me/@self", "/uapi/cdr/@me", "/oauth/token.php"


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


def call(number: int, **fields: Any) -> dict[str, Any]:
    """A listed call at 0003*210 that was answered."""
    view = {
        "id": "00",
        "extension": "0003*210",
        "source": "+13055550142",
        "destination": "0003*210",
        "flow": "8",
        "status": "5",
        "answered": "2026-11-20T14:03:19Z",
    }
    times = {"published": "2026-11-20T14:03:11Z", "answered": "2026-11-20T14:03:19Z"}
    return {"id": f"{number:020x}", **times, "phoneCallView": [view], **fields}


def over(number: int) -> dict[str, Any]:
    """The same call, as the history has it."""
    known = call(number)
    return known | {"phoneCallView": [known["phoneCallView"][0] | {"disposition": "0"}]}


@pytest.fixture
def pbx() -> Iterator[FakeUpstream]:
    """A telephone system that answers on loopback."""
    with running(FakeUpstream()) as server:
        yield server


@pytest.fixture
def polled(db: None, pbx: FakeUpstream, settings: Any) -> Desk:
    """A desk that polls it."""
    settings.UPSTREAM_INNER_ORIGINS = [pbx.url]
    return started(make_desk(), pbx)


def started(desk: Desk, pbx: FakeUpstream) -> Desk:
    """The desk, which polls this system from now on."""
    wish = {"base_url": pbx.url, "client_id": "app", "secret": pbx.secret}
    start_polling(upstream_id=desk.upstream.pk, actor=desk.owner, **wish)
    return desk


def poll(desk: Desk) -> UpstreamPoll:
    """Poll now, whatever was before; how polling stands then."""
    assert poll_upstream(upstream_id=desk.upstream.pk, actor=desk.system)
    return state(desk)


def state(desk: Desk) -> UpstreamPoll:
    """How polling stands."""
    return UpstreamPoll.objects.get(upstream=desk.upstream)


def live_ids() -> list[str]:
    """The wire ids of the calls that go on."""
    return list(PhoneCall.objects.live().order_by("wire_id").values_list("wire_id", flat=True))
