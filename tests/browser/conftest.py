"""What browser tests share: a company, a signed-in browser, and eyes for what goes wrong."""

import os
import pickle
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as PROVED_BY,
)
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Dialog, Page, Request, ViewportSize
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from callcenter.accounts.models import Membership
from callcenter.core.live import origin_of
from tests.browser.northgate import Northgate, build
from tests.browser.stage import Stage
from tests.conftest import ROOT, as_owner, use_database
from tests.factories import PASSWORD
from tests.stream.conftest import StreamProcess, stream_process

# Playwright's loop runs in the tests' thread; Django would take its queries for asynchronous ones.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FRESH = 60.0  # seconds
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
GIVEN_UP = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
WATCH_CSP = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.blockedURI))"


@pytest.fixture(autouse=True)
def _import_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep uploaded files of a test with the test."""
    monkeypatch.setattr(settings, "IMPORT_DIRECTORY", tmp_path / "imports")


class Company:
    """A database that holds the company, made anew when its "a moment ago" has grown old."""

    def __init__(self, template: str, blocker: DjangoDbBlocker) -> None:
        self._template, self._blocker = template, blocker
        self._mine = settings.DATABASES["default"]["NAME"]
        self.name = f"{self._mine}_northgate"
        self._made = -FRESH
        self._kept = b""

    def refresh(self) -> str:
        """The name of the database, which is at most FRESH seconds old."""
        if time.monotonic() - self._made >= FRESH:
            self.drop()
            as_owner("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", self.name, self._template)
            with self._blocker.unblock():
                use_database(self.name)
                try:
                    self._kept = pickle.dumps(build())
                finally:
                    use_database(self._mine)
            self._made = time.monotonic()
        return self.name

    def rows(self) -> Northgate:
        """The company's rows as they were read, for a test of its own."""
        company: Northgate = pickle.loads(self._kept)  # noqa: S301 (ours)
        return company

    def drop(self) -> None:
        """Forget it."""
        as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)


@pytest.fixture(scope="session")
def company(
    django_db_setup: None, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Company]:
    """The company, built once in a while and not for each of hundreds of tests."""
    made = Company(template, django_db_blocker)
    yield made
    made.drop()


@pytest.fixture
def committed_from(request: pytest.FixtureRequest, template: str) -> str:
    """A copy with the company in it for those who ask for it."""
    if "northgate" not in request.fixturenames:
        return template
    company: Company = request.getfixturevalue("company")
    return company.refresh()


@pytest.fixture
def northgate(site: str, company: Company) -> Northgate:
    """The company, committed, behind the server of `site`."""
    return company.rows()


class SignIn(Protocol):
    """Gives a browser somebody's session, without the sign-in page."""

    def __call__(self, page: Page, membership: Membership, *, without_factor: bool = False) -> None:
        """With `without_factor` the person has yet to give the second factor."""


@pytest.fixture
def sign_in(site: str) -> SignIn:
    """Gives a browser the session of a person, without the sign-in page."""

    def sign_in(page: Page, membership: Membership, *, without_factor: bool = False) -> None:
        client = Client()
        if without_factor:
            person = {"login": membership.user.email, "password": PASSWORD}
            client.post(reverse("account_login"), person)
        else:
            client.force_login(membership.user)
            session = client.session
            proof = {"method": "password", "at": time.time(), "reauthenticated": True}
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [proof]
            session[PROVED_BY] = str(session["_auth_user_id"])
            session.save()
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])

    return sign_in


@dataclass
class Watch:
    """What went wrong in a page since the last look.

    What the browser gave up because somebody went on is no fault, nor what htmx says of it.
    """

    faults: list[str] = field(default_factory=list)
    has_given_up: bool = False

    def taken(self) -> list[str]:
        """The faults so far, which are then forgotten."""
        faults, self.faults = self.faults, []
        if self.has_given_up:
            faults = [fault for fault in faults if not fault.startswith(GIVEN_UP)]
        return faults


@pytest.fixture
def watch(page: Page) -> Watch:
    """Listens for console errors, broken policies, script errors and failed requests."""
    seen = Watch()
    page.add_init_script(WATCH_CSP)

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.faults.append(f"{message.text} {message.location['url']}")

    def lose(request: Request) -> None:
        if request.failure == "net::ERR_ABORTED":
            seen.has_given_up = True
        else:
            seen.faults.append(f"failed: {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on("requestfailed", lose)

    def refuse(dialog: Dialog) -> None:
        seen.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    return seen


def shoot(page: Page, name: str) -> None:
    """A picture in test-results/ when SCREENSHOTS=1, to look at and to compare."""
    if os.environ.get("SCREENSHOTS") == "1":
        folder = Path(ROOT) / "test-results"
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")


@pytest.fixture
def stage(page: Page) -> Stage:
    """An empty page of ours without a server, to try scripts on."""
    return Stage(page)


@pytest.fixture
def stream(
    site: str, committed_db: str, tmp_path: Path, settings: Settings
) -> Iterator[StreamProcess]:
    """A stream process beside the web server, on a port of its own as in the demo."""
    process = stream_process(committed_db, tmp_path, BASE_URL=site)
    settings.STREAM_URL = process.url
    follow(settings)
    process.start()
    yield process
    process.stop(signal.SIGKILL)


def follow(settings: Any) -> None:
    """Let pages connect to the stream."""
    policy = {**settings.SECURE_CSP}
    policy["connect-src"] = ["'self'", origin_of(settings.STREAM_URL)]
    settings.SECURE_CSP = policy
