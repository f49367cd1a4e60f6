"""The demo's people write down and ring back most of its telephone calls, and leave some."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from callcenter.accounts.models import Organization
from callcenter.calls.missed import missed
from callcenter.calls.models import CallLog, HandledMissedCall
from callcenter.demo.colleagues import AT_LAST, SOON, catch_up
from callcenter.demo.loading import Size, load_demo
from callcenter.demo.telephones import demo_owner, give_telephones
from callcenter.properties.models import ResidentPhone
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, PhoneCall, Upstream
from tests.factories import make_party, make_phone_call

from .conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> Principal:
    load_demo(now=NOW, size=Size(units=24, logs=20), seed=1)
    owner = demo_owner(Organization.objects.get(slug="demo"))
    assert owner is not None
    return owner


@pytest.fixture
def upstream(owner: Principal) -> Upstream:
    return give_telephones(owner)


def came(upstream: Upstream, ago: timedelta, *, talked: bool, end: str, **fields: Any) -> PhoneCall:
    """A call of a resident that ended so long ago; the wire id ends so."""
    phone = ResidentPhone.objects.exclude(e164="").order_by("pk")[0]
    ended = timezone.now() - ago
    begun = ended - timedelta(seconds=90)
    number = {
        "caller_raw": phone.e164,
        "caller_e164": phone.e164,
        "caller_digits_reversed": phone.digits_reversed,
    }
    call = make_phone_call(
        upstream.organization,
        upstream=upstream,
        published_at=begun,
        answered_at=begun + timedelta(seconds=5) if talked else None,
        ended_at=ended,
        wire_id=f"{PhoneCall.objects.count():019x}{end}",
        caller_name="ANA CRUZ",
        **number | fields,
    )
    kim = Extension.objects.get(number="0003*203")
    make_party(call, extension=kim, answered_at=call.answered_at, ended_at=ended, disposition=0)
    return call


def look(owner: Principal, upstream: Upstream) -> int:
    return catch_up(owner, upstream, timezone.now(), random.Random(1))  # noqa: S311


def test_what_kim_answered_is_written_down_by_kim_once(
    owner: Principal, upstream: Upstream
) -> None:
    before = CallLog.objects.count()
    call = came(upstream, SOON, talked=True, end="1")
    came(upstream, SOON / 2, talked=True, end="2", caller_digits_reversed="")  # wait
    assert look(owner, upstream) == 1
    assert look(owner, upstream) == 0
    assert CallLog.objects.count() == before + 1
    log = call.call_logs.get()
    assert log.taken_by is not None
    assert log.taken_by.email == "kim@example.com"
    assert log.duration_seconds == 85
    assert log.reasons.get().mnemonic[0] != "e"


def test_some_are_left_to_the_visitor_for_two_hours(owner: Principal, upstream: Upstream) -> None:
    left = came(upstream, AT_LAST / 2, talked=True, end="0")
    assert look(owner, upstream) == 0
    late = came(upstream, AT_LAST, talked=True, end="0", caller_digits_reversed="0010555212")
    assert look(owner, upstream) == 1
    assert late.call_logs.exists()
    assert not left.call_logs.exists()


def test_missed_ones_are_rung_back(owner: Principal, upstream: Upstream) -> None:
    vain = came(upstream, SOON, talked=False, end="3")
    assert missed(owner).filter(pk=vain.pk).exists()
    assert look(owner, upstream) == 1
    assert HandledMissedCall.objects.get().reason.startswith("Rang back")
    assert not missed(owner).filter(pk=vain.pk).exists()
