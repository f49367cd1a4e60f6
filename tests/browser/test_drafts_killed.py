"""Browser, web server, worker or broker killed at any moment of a call: every word that is two
seconds old is there, once, and the call is there once (B-46, users.md ask 9)."""

import contextlib
import os
import random
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from callcenter.calls.models import CallLog, Draft
from callcenter.embedded import valkey
from callcenter.embedded.processes import free_port
from tests.api.connect.test_killed import Server, kill, serve
from tests.browser.conftest import SignIn
from tests.browser.northgate import Northgate, build
from tests.conftest import WorkerProcess

pytestmark = pytest.mark.browser
PROMISED = 2.0  # seconds after which a word is safe
CALL_PAGE = re.compile(r"/desk/\d+/$")
PATIENCE = 60_000  # milliseconds until a killed server must have served again


@dataclass
class Desk:
    """A real server, and an agent at a browser in front of it."""

    database: str
    northgate: Northgate
    sign_in: SignIn
    page: Page
    port: int = field(default_factory=free_port)
    server: Server | None = None
    typed: list[tuple[float, str]] = field(default_factory=list)

    def start(self) -> None:
        """Serve, and wait until pages come."""
        self.server = serve(self.database, self.port)

    def kill_server(self) -> None:
        """SIGKILL for the server and its workers, and a new one at once."""
        assert self.server is not None
        kill(self.server)
        self.start()

    def open(self) -> None:
        """The log form for one known resident, as soon as the server serves."""
        ana = self.northgate.residents["Ana de la Cruz"].pk
        until = time.monotonic() + PATIENCE / 1000
        while True:
            try:
                self.page.goto(f"http://localhost:{self.port}/new/?resident={ana}")
                break
            except Exception as error:
                if "ERR_CONNECTION" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.1)
        expect(self.page.locator("#call[data-safe]")).to_be_attached(timeout=PATIENCE)

    def type(self, word: str) -> None:
        """A word at the end of the note, and when it was typed."""
        self.page.locator("#notes").press("End")
        self.page.keyboard.type(f"{word} ")
        self.typed.append((time.monotonic(), word))

    def crash(self) -> None:
        """The browser's tab goes without hearing that it goes; another one is opened."""
        context = self.page.context
        self.page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()); }")
        self.page.close(run_before_unload=False)
        self.page = context.new_page()

    def promised(self, at: float) -> list[str]:
        """The words that were safe at that moment."""
        return [word for when, word in self.typed if when < at - PROMISED]

    def open_again(self, at: float) -> None:
        """What was safe when the tab died is there; what was not is forgotten here, too."""
        promised = self.promised(at)
        self.open()
        if promised:
            expect(self.page.locator("#notes")).to_have_value(
                re.compile(re.escape(promised[-1])), timeout=PATIENCE
            )
        kept = self.note()
        assert kept[: len(promised)] == promised
        self.typed = [(when, word) for when, word in self.typed if word in kept]

    def note(self) -> list[str]:
        """The words in the form."""
        return self.page.locator("#notes").input_value().split()

    def save(self) -> None:
        """Press the key once and wait until the call is there."""
        self.page.keyboard.press("Control+Enter")
        expect(self.page).to_have_url(CALL_PAGE, timeout=PATIENCE)


@pytest.fixture
def desk(committed_db: str, page: Page, sign_in: SignIn, site: str) -> Iterator[Desk]:
    desk = Desk(committed_db, build(), sign_in, page)
    desk.start()
    sign_in(page, desk.northgate.admin)
    yield desk
    for one in desk.page.context.pages:
        one.close()
    assert desk.server is not None
    kill(desk.server)


def test_a_call_survives_the_death_of_tab_and_server_at_each_step(desk: Desk) -> None:
    """The short one: no worker and no broker at all, each of the others killed once."""
    calls = CallLog.objects.count()
    desk.open()
    for word in ["Water", "through", "the", "ceiling"]:
        desk.type(word)
    time.sleep(PROMISED)
    desk.type("since")
    promised = desk.promised(time.monotonic())
    desk.crash()
    desk.open()
    expect(desk.page.locator("#notes")).to_have_value(re.compile(" ".join(promised)))
    assert desk.note()[: len(promised)] == promised == ["Water", "through", "the", "ceiling"]
    assert desk.server is not None
    kill(desk.server)
    desk.type("ten")
    words = desk.note()
    said = desk.page.locator("#call [data-draft-state]")
    expect(said).to_have_text("offline, kept in this browser", timeout=PATIENCE)
    desk.page.keyboard.press("Control+Enter")
    expect(said).to_contain_text("no connection", timeout=PATIENCE)
    desk.start()
    expect(desk.page).to_have_url(CALL_PAGE, timeout=PATIENCE)
    assert CallLog.objects.count() == calls + 1
    assert CallLog.objects.latest("pk").notes.split() == words
    assert not Draft.objects.exclude(data=[]).exists()


@pytest.mark.slow
@pytest.mark.worker
def test_words_and_calls_survive_kills_at_random_moments(
    desk: Desk, worker: WorkerProcess, broker: valkey.Valkey
) -> None:
    luck = random.Random(4)  # noqa: S311 (not for secrets)
    before = CallLog.objects.count()

    def restart_worker() -> None:
        worker.kill()
        worker.start()

    def kill_broker() -> None:
        with contextlib.suppress(ProcessLookupError):  # it stays dead
            os.kill(broker.pid, signal.SIGKILL)

    deaths = [desk.crash, desk.kill_server, restart_worker, kill_broker]
    for call in range(8):
        desk.typed.clear()
        desk.open()
        for number in range(40):
            desk.type(f"c{call}w{number}")
            time.sleep(luck.uniform(0, 0.15))
            if luck.random() < 0.06:
                death = luck.choice(deaths)
                at = time.monotonic()
                death()
                if death == desk.crash:
                    desk.open_again(at)
        words = desk.note()
        assert words == [word for _, word in desk.typed]
        if luck.random() < 0.5:
            desk.page.keyboard.press("Control+Enter")
            time.sleep(luck.uniform(0, 0.3))
            desk.kill_server()
            expect(desk.page).to_have_url(CALL_PAGE, timeout=PATIENCE)
        else:
            desk.save()
        assert CallLog.objects.count() == before + call + 1
        assert CallLog.objects.latest("pk").notes.split() == words
        assert not Draft.objects.exclude(data=[]).exists()
