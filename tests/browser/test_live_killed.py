"""What is killed: the board says that it is stale, and recovers by itself (M15)."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import urlopen

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from callcenter.embedded import postgres, valkey
from callcenter.embedded.places import find_place
from callcenter.embedded.processes import die_with_parent, free_port, port_is_taken
from callcenter.telephony.models import PhoneCallEvent
from callcenter.telephony.upstreams import renew_secret
from tests.browser.northgate import build
from tests.conftest import ROOT, WorkerProcess, environment_of, migrate
from tests.factories import make_extension, make_phone_call, make_upstream, principal_again
from tests.stream.conftest import StreamProcess, cookie_of, stream_process
from tests.stream.gates import Gate

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.worker]
STALE, BACK = 60_000, 60_000  # milliseconds


class WebProcess:
    """The web server that `manage.py serve` becomes, which can be killed.

    Without DEBUG, whose pages of errors take the place of ours; `serve` itself would refuse the
    quick database of the tests.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.environment = environment | {"BASE_URL": f"http://localhost:{self.port}"}
        self._own = {"DEBUG": "0", "DATABASE_POOL": "4"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "granian", "--interface=wsgi", f"--port={self.port}"]
        command += ["--blocking-threads=4", "--log-level=warning", "callcenter.wsgi:application"]
        self.process = subprocess.Popen(  # noqa: S603 (ours)
            command,
            env=self.environment | self._own,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        until = time.monotonic() + 30
        while not port_is_taken(self.port) and time.monotonic() < until:
            time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL, with its workers."""
        if self.process is not None:
            for pid in [*_children(self.process.pid), self.process.pid]:
                with contextlib.suppress(ProcessLookupError):
                    subprocess.run(["kill", "-9", str(pid)], check=False)  # noqa: S603, S607
            self.process.wait(10)


def _children(pid: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            found += [int(child), *_children(int(child))]
    return found


class House:
    """Everything as an operator runs it, with a gate before the database."""

    def __init__(self, database: str, broker: valkey.Valkey, folder: Path) -> None:
        environment = environment_of(database)
        parts = urlsplit(environment["DATABASE_URL"])
        self.gate = Gate(parts.port or 5432)
        place = parts.netloc.replace(f":{parts.port}", f":{self.gate.port}")
        address = urlunsplit(parts._replace(netloc=place))
        environment |= {"DATABASE_URL": address, "BROKER_URL": broker.url, "SWEEP_SECONDS": "1"}
        environment |= {"OUTBOX_PATIENCE_SECONDS": "2", "LOCAL": "1"}
        self.broker = broker
        self.stream: StreamProcess = stream_process("", folder)
        environment["STREAM_URL"] = self.stream.url
        self.web = WebProcess(environment)
        self.stream.environment = self.web.environment
        self.worker = WorkerProcess(environment, folder / "worker.log")

    def start(self) -> None:
        """All of it."""
        self.web.start()
        self.stream.start()
        self.worker.start()

    def kill(self) -> None:
        """All of it."""
        self.web.kill()
        self.stream.stop(signal.SIGKILL)
        self.worker.kill()


class KilledServer:
    """A PostgreSQL of one test, which is killed and comes back on another port."""

    def __init__(self) -> None:
        self._place, self._name = find_place(), f"killed-{os.getpid()}"
        self._stack = contextlib.ExitStack()
        self.server = self._start()

    def _start(self) -> postgres.Postgres:
        running = postgres.running(self._place, self._name, postgres.FAST)
        return self._stack.enter_context(running)

    def kill(self) -> None:
        """SIGKILL; the processes that served somebody see it and go as well."""
        served = _children(self.server.pid)
        os.kill(self.server.pid, signal.SIGKILL)
        self._stack.close()
        until = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in served):
            assert time.monotonic() < until, served
            time.sleep(0.05)

    def start_again(self) -> int:
        """Recover what was committed; the port."""
        self.server = self._start()
        return self.server.port

    def remove(self) -> None:
        """Stop it and forget all it held."""
        self._stack.close()
        shutil.rmtree(self._place.root / self._name, ignore_errors=True)
        (self._place.root / f"{self._name}.log").unlink(missing_ok=True)


@pytest.fixture
def killed_server(
    django_db_setup: None, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> Iterator[KilledServer]:
    """A server of its own, over a migrated database that this process uses as well."""
    killed = KilledServer()
    server = killed.server
    monkeypatch.setenv("DATABASE_URL", server.url(postgres.APP, "live"))
    monkeypatch.setenv("MIGRATE_DATABASE_URL", server.url(postgres.OWNER, "postgres"))
    postgres.create_database(server, "live")
    migrate("live")
    with django_db_blocker.unblock():
        usual = dict(connections["default"].settings_dict)
        reach(server.port)
        try:
            yield killed
        finally:
            connections["default"].close()
            connections["default"].settings_dict.update(usual)
            killed.remove()


def reach(port: int) -> None:
    """Let this process talk to the server of the test."""
    connections["default"].close()
    connections["default"].settings_dict.update(
        NAME="live", HOST="127.0.0.1", PORT=port, PASSWORD=find_place().secret("postgres")
    )


class Board:
    """The live board of an owner in a browser, and the telephone system that rings there."""

    def __init__(self, house: House, page: Page) -> None:
        self.northgate = build()
        make_extension(self.northgate.organization, "0003*210", user=self.northgate.admin.user)
        upstream = make_upstream(self.northgate.organization)
        owner = principal_again(self.northgate.owner)
        self._secret = renew_secret(upstream_id=upstream.pk, actor=owner)
        self._site = f"http://localhost:{house.web.port}"
        name, _, value = cookie_of(self.northgate.owner.user).partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": self._site}])
        page.goto(self._site + reverse("desk:live"))
        page.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
        self.now = page.locator("#live-now")
        self.age = self.now.locator("[data-live-age]").first
        self.rows = self.now.locator("[aria-labelledby='calls-now'] tbody tr")

    def ring(self, call: str) -> None:
        """A telephone system tells that it rings, and is told that this is kept."""
        told = urlencode({"CallID": call, "CallFlow": "IN", "CalledExtension": "0003*210"})
        address = f"{self._site}/events/voipnow/{self._secret}/dial-in?{told}"
        with urlopen(address, timeout=10) as answer:  # noqa: S310
            assert answer.status == 200


@pytest.fixture
def house(committed_db: str, broker: valkey.Valkey, tmp_path: Path) -> Iterator[House]:
    house = House(committed_db, broker, tmp_path)
    house.start()
    yield house
    house.kill()


def test_the_board_says_that_it_is_stale_and_recovers_whatever_was_killed(
    house: House, page: Page
) -> None:
    board = Board(house, page)
    northgate, now, age, rows = board.northgate, board.now, board.age, board.rows
    board.ring("first")
    expect(rows).to_have_count(1, timeout=BACK)  # the worker has come up, too

    house.gate.shut()  # PostgreSQL is gone
    expect(age).to_contain_text("stale since", timeout=STALE)
    expect(now.locator("[data-live-silence]")).to_be_visible()
    make_phone_call(northgate.organization, caller_raw="while it was away")
    house.gate.open()
    expect(age).to_contain_text("s old", timeout=BACK)
    expect(rows).to_have_count(2, timeout=BACK)

    house.web.kill()
    make_phone_call(northgate.organization, caller_raw="nobody can read it")
    expect(age).to_contain_text("stale since", timeout=STALE)
    house.web.start()
    expect(age).to_contain_text("s old", timeout=BACK)
    expect(rows).to_have_count(3, timeout=BACK)

    subprocess.run(["kill", "-9", str(house.broker.pid)], check=True)  # noqa: S603, S607
    board.ring("second")  # acknowledged without a broker
    assert PhoneCallEvent.objects.count() == 2
    expect(now).to_contain_text("waits to be worked", timeout=STALE)
    with valkey.running(find_place(), f"again-{house.broker.port}", port=house.broker.port):
        expect(rows).to_have_count(4, timeout=2 * BACK)
        expect(now).not_to_contain_text("waits to be worked", timeout=BACK)
        page.goto("about:blank")


def test_the_board_recovers_after_postgresql_was_killed(
    killed_server: KilledServer, broker: valkey.Valkey, page: Page, tmp_path: Path
) -> None:
    house = House("live", broker, tmp_path)
    house.start()
    try:
        board = Board(house, page)
        board.ring("before")
        expect(board.rows).to_have_count(1, timeout=BACK)

        killed_server.kill()
        house.gate.shut()  # its port is refused
        expect(board.age).to_contain_text("stale since", timeout=STALE)
        port = killed_server.start_again()
        house.gate.open(port)
        reach(port)

        expect(board.age).to_contain_text("s old", timeout=BACK)
        board.ring("after")
        expect(board.rows).to_have_count(2, timeout=2 * BACK)
        assert PhoneCallEvent.objects.count() == 2
        page.goto("about:blank")
    finally:
        house.kill()
