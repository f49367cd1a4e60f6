"""`fake_pbx` rings a real server through its receiver."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from callcenter.accounts.models import Organization
from callcenter.demo.loading import Size, load_demo
from callcenter.demo.telephones import EXTENSIONS, demo_owner, give_telephones
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, PhoneCall, PhoneCallEvent, Upstream
from callcenter.telephony.upstreams import renew_secret
from callcenter.telephony.working import work_event

from .conftest import NOW


def ring(url: str, **options: Any) -> str:
    said = StringIO()
    call_command("fake_pbx", url=url, stdout=said, **options)
    return said.getvalue()


def test_calls_come_through_the_receiver_over_http(site: str) -> None:
    load_demo(now=NOW, size=Size(units=24, logs=20), seed=1)
    organization = Organization.objects.get(slug="demo")
    many = len(EXTENSIONS) + Property.objects.count()
    assert Extension.objects.count() == many
    said = ring(site, calls=6, seed=2, speed=5_000)
    assert f"6 calls, {PhoneCallEvent.objects.count()} events sent to {site}." in said
    system = Principal.system(organization)
    for pk in PhoneCallEvent.objects.order_by("pk").values_list("pk", flat=True):
        work_event(event_id=pk, actor=system)
    assert PhoneCall.objects.over().count() == 6
    assert not PhoneCall.objects.live().exists()
    assert PhoneCall.objects.filter(property__isnull=False).exists()
    assert Extension.objects.count() == many  # it rings those that are there
    ring(site, calls=1, speed=5_000)  # again: no second system, no CallID twice
    assert Upstream.objects.count() == 1
    assert PhoneCallEvent.objects.values("call_id").distinct().count() == 7


def test_a_run_whose_secret_was_renewed_stops(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    load_demo(now=NOW, size=Size(units=24, logs=20), seed=1)
    owner = demo_owner(Organization.objects.get(slug="demo"))
    assert owner is not None

    def overtaken(**of: Any) -> str:
        secret = renew_secret(**of)
        renew_secret(**of)
        return secret

    monkeypatch.setattr("callcenter.demo.management.commands.fake_pbx.renew_secret", overtaken)
    with pytest.raises(CommandError, match="another fake_pbx"):
        ring(site, calls=1, speed=5_000)
    assert give_telephones(owner) == Upstream.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "options", "why"),
    [
        ("http://callcenter.example", {}, "on this machine"),
        ("ftp://localhost", {}, "on this machine"),
        ("http://localhost:1", {"rate": 0.0}, "--rate"),
        ("http://localhost:1", {"calls": -1}, "--calls"),
        ("http://localhost:1", {}, "no demo organisation"),
    ],
)
def test_made_up_calls_ring_the_demo_of_this_machine_only(
    url: str, options: dict[str, Any], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        ring(url, **options)
