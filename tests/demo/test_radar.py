"""What agents did not log and what was missed, from the made-up switchboard to their lists."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership
from callcenter.calls.models import CallLog
from callcenter.calls.unlogged import TALKED
from callcenter.demo.loading import Size, load_demo
from callcenter.telephony.models import Flow, PhoneCall, PhoneCallEvent, PhoneCallParty
from tests.calls.conftest import signed_in
from tests.conftest import WorkerProcess
from tests.desk.test_log_form import typed

pytestmark = pytest.mark.slow
CALLS = 12
LATER = timedelta(minutes=31)


def listed(client: Client, page: str, part: str) -> set[int]:
    """The telephone calls in this part of a list."""
    found = client.get(reverse(page)).context[part]
    rows = found if part == "unlogged" else [one.row for one in found.rows]
    return {row.call.pk for row in rows}


def talked(membership: Membership) -> set[int]:
    """The calls that this person answered and talked in for long enough."""
    parties = PhoneCallParty.objects.filter(
        extension__user=membership.user,
        answered_at__isnull=False,
        phone_call__flow=Flow.INCOMING,
    )
    return {
        party.phone_call_id
        for party in parties
        if party.ended_at and party.answered_at and party.ended_at - party.answered_at > TALKED
    }


def over() -> bool:
    calls = PhoneCallEvent.objects.values("call_id").distinct().count()
    return PhoneCall.objects.over().count() == calls


def test_calls_of_the_switchboard_come_to_the_lists_and_leave_them(
    site: str, worker: WorkerProcess
) -> None:
    load_demo(now=timezone.now(), size=Size(units=24, logs=20), seed=1)
    call_command("fake_pbx", url=site, calls=CALLS, rate=300, seed=5, speed=5)
    until = time.monotonic() + 60
    while not over():
        assert time.monotonic() < until
        time.sleep(0.2)
    people = list(Membership.objects.filter(is_active=True).select_related("user"))
    answered = {person.pk: talked(person) for person in people}
    assert any(answered.values())
    for person in people:
        assert listed(signed_in(person), "calls:finish", "unlogged") == set()
    with time_machine.travel(timezone.now() + LATER):
        for person in people:
            assert listed(signed_in(person), "calls:finish", "unlogged") == answered[person.pk]
        person = next(one for one in people if answered[one.pk])
        client, pk = signed_in(person), min(answered[person.pk])
        log_it(client, pk)
        assert listed(client, "calls:finish", "unlogged") == answered[person.pk] - {pk}
        vain = listed(client, "calls:unhandled", "missed")
        rung = PhoneCall.objects.filter(flow=Flow.INCOMING, answered_at=None)
        assert vain <= set(rung.values_list("pk", flat=True))
        if vain:
            log_it(client, min(vain))
            assert listed(client, "calls:unhandled", "missed") == vain - {min(vain)}


def log_it(client: Client, phone_call_id: int) -> None:
    """Open the form of the call and save it as it is, with a name where none is known."""
    page = client.get(reverse("desk:new"), {"phone_call": phone_call_id})
    form = page.context["form"]
    known: dict[str, Any] = {name: value for name, value in form.initial.items() if value != []}
    place = form.place
    for name in ("property", "unit", "resident"):
        if getattr(place, name) is not None:
            known[name] = getattr(place, name).pk
    known["call_from"] = known["call_from"] or "Somebody"
    organization = page.wsgi_request.principal.organization  # type: ignore[attr-defined]
    sent = typed(organization, phone_call=phone_call_id, **known)
    assert client.post(reverse("desk:new"), sent).status_code == 302
    assert CallLog.objects.filter(phone_call=phone_call_id).exists()
