"""The live part: hints to 300 browsers, lists beside them, a ring to the pop, events received."""

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median, quantiles

import psycopg
from django.conf import settings
from django.test import Client
from django.utils import timezone

from callcenter.accounts.models import Membership, Role
from callcenter.outbox.models import OutboxMessage
from callcenter.properties.access import principal_for
from callcenter.telephony.models import Extension, PhoneCall, PhoneCallParty
from callcenter.telephony.taking import TASK
from callcenter.telephony.upstreams import UpstreamWish, close_upstream, create_upstream

from .databases import Database
from .endpoints import owner
from .processes import HEADERS, SESSION_COOKIE, Browser, broker, environment_of, stream, web, worker
from .report import Figure

STREAMS = 300
HINTS = 40
EVERY = 0.25  # seconds between two hints
P95_SECONDS = 0.25
LIST_FACTOR = 1.5
LISTS = 120
RINGS = 50
POP_SECONDS = 1.0
EVENTS_A_SECOND = 250
RECEIVING = 5.0  # seconds
SENDERS = 12
EXTENSION = "9999*210"
TOUCH = "UPDATE accounts_membership SET availability = availability WHERE id = %s"


def measured(database: Database) -> list[Figure]:
    """All figures, over a small database."""
    database.use()
    with broker() as url, _switchboard() as secret:
        environment = environment_of(database, BROKER_URL=url)
        with web(environment) as web_port:
            with stream(environment) as stream_port:
                with worker(environment):
                    popped = _popping(web_port, stream_port, secret)
                streamed = _streaming(database, web_port, stream_port)
            received = _receiving(web_port, secret)
    return [popped, *streamed, received]


@contextmanager
def _switchboard() -> Iterator[str]:
    """The secret of a telephone system that rings an extension of the owner."""
    user = owner()
    membership = Membership.objects.filter(user=user, role=Role.OWNER).first()
    assert membership is not None
    actor = principal_for(
        user_id=user.pk, organization_id=membership.organization_id, request_id="bench"
    )
    assert actor is not None
    Extension.objects.update_or_create(
        organization_id=actor.organization_id, number=EXTENSION, defaults={"user": user}
    )
    _forget_earlier_runs()
    wish = UpstreamWish(name=f"Bench {time.time()}", time_zone="America/New_York")
    upstream, secret = create_upstream(wish=wish, actor=actor)
    try:
        yield secret
    finally:
        close_upstream(upstream_id=upstream.pk, actor=actor)


def _forget_earlier_runs() -> None:
    """What a run before left on the line, or for the worker."""
    now = timezone.now()
    OutboxMessage.objects.filter(task=TASK, done_at=None).update(done_at=now, parked_at=None)
    PhoneCallParty.objects.filter(ended_at=None).update(ended_at=now)
    PhoneCall.objects.filter(ended_at=None).update(ended_at=now)


def _cookies() -> str:
    client = Client()
    client.force_login(owner())
    return f"{SESSION_COOKIE}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


# Streams --------------------------------------------------------------------------


class Crowd:
    """So many browsers that read the stream, in a thread of their own."""

    def __init__(self, port: int, cookies: str, size: int) -> None:
        self._address = (port, cookies, size)
        self.hints: list[float] = []  # when each browser read each hint
        self._open = threading.Semaphore(0)
        self._end = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._read()), daemon=True)

    def __enter__(self) -> "Crowd":
        self._thread.start()
        for _ in range(self._address[2]):
            if not self._open.acquire(timeout=60):
                raise RuntimeError("a stream did not open")
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(10)

    async def _read(self) -> None:
        readers = [asyncio.create_task(self._one()) for _ in range(self._address[2])]
        while not self._end.is_set():
            await asyncio.sleep(0.1)
        for reader in readers:
            reader.cancel()

    async def _one(self) -> None:
        port, cookies, _size = self._address
        reader, writer = await asyncio.open_connection("localhost", port)
        lines = "".join(f"{k}: {v}\r\n" for k, v in (HEADERS | {"Cookie": cookies}).items())
        writer.write(f"GET /stream/ HTTP/1.1\r\n{lines}\r\n".encode())
        is_open = False
        while line := await reader.readline():
            if line.startswith(b"event: alive") and not is_open:
                is_open = True
                self._open.release()
            elif line.startswith(b"event: hint"):
                self.hints.append(time.perf_counter())


def _streaming(database: Database, web_port: int, stream_port: int) -> list[Figure]:
    cookies = _cookies()
    browser = Browser(web_port, cookies)
    before = _lists(browser)
    with Crowd(stream_port, cookies, STREAMS) as crowd:
        delivered = _delivering(database, crowd)
        teller = threading.Event()
        talking = threading.Thread(target=_tell, args=(database, teller), daemon=True)
        talking.start()
        beside = _lists(browser)
        teller.set()
        talking.join()
    p95, ratio = quantiles(delivered, n=20)[-1], beside / before
    return [
        Figure(
            f"a hint to {STREAMS} streams, p95 of {len(delivered):,}",
            f"{1000 * p95:.0f} ms (median {1000 * median(delivered):.0f} ms)",
            f"under {1000 * P95_SECONDS:.0f} ms",
            p95 < P95_SECONDS,
        ),
        Figure(
            f"a list of calls beside {STREAMS} streams with 4 hints a second",
            f"{ratio:.2f} x ({1000 * before:.1f} ms, {1000 * beside:.1f} ms)",
            f"at most {LIST_FACTOR}",
            ratio <= LIST_FACTOR,
        ),
    ]


def _delivering(database: Database, crowd: Crowd) -> list[float]:
    """Seconds from the commit to each browser, of all hints."""
    found: list[float] = []
    key = Membership.objects.filter(user=owner()).values_list("pk", flat=True)[0]
    with psycopg.connect(database.url("DATABASE_URL"), autocommit=True) as writer:
        for _ in range(HINTS):
            crowd.hints.clear()
            begun = time.perf_counter()
            writer.execute(TOUCH, [key])
            time.sleep(EVERY)
            until = begun + 5
            while len(crowd.hints) < STREAMS and time.perf_counter() < until:
                time.sleep(0.01)
            if len(crowd.hints) < STREAMS:
                raise RuntimeError(f"{len(crowd.hints)} of {STREAMS} were told")
            found += [at - begun for at in crowd.hints[:STREAMS]]
    return found


def _tell(database: Database, is_over: threading.Event) -> None:
    key = Membership.objects.filter(user=owner()).values_list("pk", flat=True)[0]
    with psycopg.connect(database.url("DATABASE_URL"), autocommit=True) as writer:
        while not is_over.wait(EVERY):
            writer.execute(TOUCH, [key])


def _lists(browser: Browser) -> float:
    """The median seconds of a list of calls."""
    times = []
    for _ in range(LISTS):
        begun = time.perf_counter()
        browser.get("/calls/")
        times.append(time.perf_counter() - begun)
    return median(times[10:])


# Rings ----------------------------------------------------------------------------


def _event(secret: str, kind: str, call: str, **more: str) -> str:
    told = {"CallID": call, "CallFlow": "IN", "CalledExtension": EXTENSION} | more
    return f"/events/voipnow/{secret}/{kind}?" + "&".join(f"{k}={v}" for k, v in told.items())


def _popping(web_port: int, stream_port: int, secret: str) -> Figure:
    """From the event that it rings to the fragment that shows it, as a browser does it."""
    cookies = _cookies()
    system, desk = Browser(web_port), Browser(web_port, cookies)
    times = []
    with Crowd(stream_port, cookies, 1) as mine:
        for n in range(RINGS + 3):
            call = f"pop-{time.time()}-{n}"
            mine.hints.clear()
            begun = time.perf_counter()
            system.get(_event(secret, "dial-in", call, CallerIDNum=f"+1212555{n:04}"))
            times.append(_shown(desk, mine, begun, f"555-{n:04}".encode()))
            system.get(_event(secret, "hangup", call, CallStatus="NOANSWER"))
            time.sleep(0.3)
    kept = times[3:]  # the first ones wait for the worker to come up
    return Figure(
        f"from a ring to its pop, median of {RINGS}",
        f"{1000 * median(kept):.0f} ms (p95 {1000 * quantiles(kept, n=20)[-1]:.0f} ms)",
        f"under {1000 * POP_SECONDS:.0f} ms",
        median(kept) < POP_SECONDS,
    )


def _shown(desk: Browser, mine: Crowd, begun: float, number: bytes) -> float:
    read = 0
    while time.perf_counter() - begun < 30:
        if len(mine.hints) > read:
            read = len(mine.hints)
            time.sleep(0.08)  # data-live-wait of the part, and as much again at most
            part = desk.get("/pop/", **{"HX-Request": "true", "X-Background": "1"})
            if number in part:
                return time.perf_counter() - begun
        time.sleep(0.005)
    raise RuntimeError("a ring did not pop")


def _receiving(port: int, secret: str) -> Figure:
    """Events acknowledged in a second; what is acknowledged is in the database."""
    numbers = itertools.count()
    mark = time.time()
    until = time.perf_counter() + RECEIVING

    def send(_: int) -> int:
        system, sent = Browser(port), 0
        while time.perf_counter() < until:
            system.get(_event(secret, "dial-in", f"load-{mark}-{next(numbers)}"))
            sent += 1
        return sent

    begun = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        n = sum(pool.map(send, range(SENDERS)))
    a_second = n / (time.perf_counter() - begun)
    return Figure(
        "events of telephone systems, stored with their outbox message",
        f"{a_second:.0f} a second",
        f"at least {EVENTS_A_SECOND}",
        a_second >= EVENTS_A_SECOND,
    )
