"""Events that come and are worked at the same time, and by a real worker (F06, F22)."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from redis import Redis

from callcenter.embedded.valkey import Valkey
from callcenter.outbox.models import OutboxMessage
from callcenter.telephony.models import EventKind, Extension, PhoneCall, PhoneCallEvent
from callcenter.telephony.taking import take_event
from callcenter.telephony.upstreams import renew_secret
from callcenter.telephony.working import work_event
from tests.conftest import WorkerProcess

from .conftest import Desk, make_desk, parties

TWINS = 20
PATIENCE = 60.0


def at_once[R](act: Callable[[int], R]) -> list[R]:
    """What TWINS threads get that begin together, each with a connection of its own."""
    start = Barrier(TWINS)

    def acting(number: int) -> R:
        try:
            start.wait(60)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(TWINS) as pool:
        return list(pool.map(acting, range(TWINS)))


def raw(extension: str) -> dict[str, str]:
    return {"CallID": "abc1", "CallFlow": "IN", "CalledExtension": extension}


@pytest.mark.usefixtures("committed_db")
def test_f22_twins_of_an_event_are_stored_once() -> None:
    desk = make_desk()

    def push(_: int) -> bool:
        return take_event(upstream=desk.upstream, kind=EventKind.DIAL_IN, fields=raw("0003*210"))

    assert sum(at_once(push)) == 1
    assert (PhoneCallEvent.objects.count(), OutboxMessage.objects.count()) == (1, 1)


@pytest.mark.usefixtures("committed_db")
def test_f06_events_of_one_call_worked_side_by_side_make_one_call() -> None:
    desk = make_desk()
    extensions = [f"0003*{210 + number % 5}" for number in range(TWINS)]
    for extension, kind in zip(extensions, [*EventKind] * TWINS, strict=False):
        take_event(upstream=desk.upstream, kind=kind, fields=raw(extension))
    events = list(PhoneCallEvent.objects.values_list("pk", flat=True))

    def work(number: int) -> None:
        for pk in (events[number % len(events)], events[-1 - number % len(events)]):
            work_event(event_id=pk, actor=desk.system)

    at_once(work)
    call = PhoneCall.objects.get()
    assert Extension.objects.count() == 5
    numbers = [number for (number,) in parties(call, "extension__number")]
    assert sorted(numbers) == [f"0003*{number}" for number in range(210, 215)]


@pytest.mark.worker
def test_what_is_pushed_becomes_a_call_in_the_background(
    worker: WorkerProcess, broker: Valkey
) -> None:
    desk = make_desk()
    secret = renew_secret(upstream_id=desk.upstream.pk, actor=desk.owner)
    for kind in ("dial-in", "answer"):
        assert pushed(desk, secret, kind) == 200
    assert waited(lambda: PhoneCall.objects.filter(answered_at__isnull=False).exists())
    assert pushed(desk, secret, "hangup") == 200
    Redis.from_url(broker.url).flushall()  # the hint is gone; the row is not
    assert waited(lambda: PhoneCall.objects.over().exists())
    assert OutboxMessage.objects.filter(parked_at__isnull=False).count() == 0


def pushed(desk: Desk, secret: str, kind: str) -> int:
    fields = raw("0003*210") | {"CallStatus": "ANSWER"}
    return Client().get(f"/events/voipnow/{secret}/{kind}", fields).status_code


def waited(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < until:
        time.sleep(0.1)
    return is_so()
