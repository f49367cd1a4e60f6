"""Pictures of the desk from the demo's data: `make screenshots`.

A database of its own is migrated and loaded, a server of this process shows it to a real browser,
and each page is photographed in both themes and three widths, into .data/screenshots/, outside
git. Nothing that runs elsewhere is touched. With names of pictures as arguments only these are
made.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "callcenter.settings",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's loop runs in this thread
    "LOG_LEVEL": "ERROR",
    "ATTACHMENT_DIRECTORY": tempfile.mkdtemp(prefix="callcenter-screenshots-"),
}

import django

django.setup()

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import Page, ViewportSize, sync_playwright  # noqa: E402

from callcenter.accounts.models import User  # noqa: E402
from callcenter.calls.models import Attachment, BuildingEvent, CallLog  # noqa: E402
from callcenter.embedded import chromium  # noqa: E402
from callcenter.properties.models import ResidentPhone  # noqa: E402
from callcenter.properties.principals import Principal  # noqa: E402
from callcenter.telephony.models import EventKind, PhoneCallEvent, Upstream  # noqa: E402
from callcenter.telephony.working import work_event  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".data" / "screenshots"
WIDTHS: tuple[ViewportSize, ...] = (
    {"width": 1440, "height": 900},
    {"width": 1024, "height": 768},
    {"width": 390, "height": 844},
)
DEMO = ("demo_data", "--units=1100", "--logs=6000", "--seed=1")
WHO = "admin@example.com"  # who sees the whole organisation


@dataclass(frozen=True)
class Shot:
    """A page: its name in the file, its address, and what is done there before the picture."""

    name: str
    address: str
    act: Callable[[Page], None] = lambda _: None


def main(names: list[str]) -> int:
    """Load, serve, photograph; the names of the pictures are printed."""
    atexit.register(shutil.rmtree, os.environ["ATTACHMENT_DIRECTORY"], ignore_errors=True)
    for arguments in (("migrate", "--verbosity=0"), DEMO):
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    FOLDER.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with serving() as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.ensure(), args=flags)
        page = browser.new_page()
        sign_in(page, site)
        for shot in shots():
            if names and shot.name not in names:
                continue
            photograph(page, site, shot)
        page.close()
        browser.close()
    return 0


def shots() -> Iterator[Shot]:
    """Every page that is photographed.

    The event is the one that goes on; call, unit and resident are those of the call at its
    property with most to tell, which has another one folded into it.
    """
    event = BuildingEvent.objects.open().latest("opened_at")
    calls = CallLog.objects.filter(property=event.property, resident__isnull=False, closed_at=None)
    told = calls.annotate(folds=Count("folded", distinct=True), told=Count("comments"))
    log = told.order_by("-folds", "-told", "-contacted_at")[0]
    joined = CallLog.objects.filter(in_event__event=event).earliest("contacted_at")
    yield Shot("desk-idle", reverse("desk:home"))
    yield Shot("desk-call", f"{reverse('desk:new')}?resident={log.resident_id}", type_call)
    yield Shot("log", reverse("calls:detail", args=[log.pk]))
    yield Shot("log-files", reverse("calls:detail", args=[with_files().pk]))
    yield Shot("fold", reverse("calls:fold", args=[joined.pk]))
    yield Shot("list", reverse("calls:list"))
    yield Shot("unit", reverse("calls:unit", args=[log.unit_id]))
    yield Shot("resident", reverse("calls:resident", args=[log.resident_id]))
    yield Shot("event", reverse("calls:event", args=[event.pk]))
    for name in ("callbacks", "due", "finish", "unhandled", "events", "alarms", "snippets"):
        yield Shot(name, reverse(f"calls:{name}"))
    for name in ("phone", "phone_days"):
        yield Shot(name.replace("_", "-"), reverse(f"calls:{name}"))
    ring(log)
    yield Shot("live", reverse("desk:live"), look_at_live)
    yield Shot("pop", reverse("desk:home"), wait_for_pop)
    yield Shot("pop-list", reverse("calls:list"), look_at_pop)


# Extensions of the demo's people, what they do on the telephone, and since how many seconds.
LINES = (
    ("0003*203", EventKind.ANSWER, 131),
    ("0003*204", EventKind.ANSWER, 46),
    ("0003*201", EventKind.DIAL_IN, 17),
    ("0003*202", EventKind.DIAL_IN, 4),
)


def ring(log: CallLog) -> None:
    """Let the demo's telephones ring; at that of WHO it is the resident of this call."""
    upstream, now = Upstream.objects.get(), timezone.now()
    known = ResidentPhone.objects.exclude(e164="").exclude(resident=log.resident)
    others = known.order_by("-pk").values_list("e164", flat=True)
    own = ResidentPhone.objects.filter(resident=log.resident).exclude(e164="").first()
    numbers = [*others[: len(LINES) - 1], own.e164 if own else "+12125550199"]
    for caller, (number, kind, ago) in zip(numbers, LINES, strict=True):
        raw = {"CallFlow": "IN", "CalledExtension": number, "CallerIDNum": caller}
        for told in dict.fromkeys((EventKind.DIAL_IN, kind)):
            event = PhoneCallEvent.objects.create(
                organization=upstream.organization,
                upstream=upstream,
                call_id=f"picture-{number}",
                kind=told,
                extension=number,
                raw=raw,
                received_at=now - timedelta(seconds=ago),
            )
            work_event(event_id=event.pk, actor=Principal.system(upstream.organization))
    for person in User.objects.filter(extensions__number__in=[number for number, *_ in LINES]):
        Client().force_login(person, "callcenter.properties.backends.DeskBackend")


def look_at_live(page: Page) -> None:
    """Until the figures are there."""
    page.wait_for_timeout(1500)


def wait_for_pop(page: Page) -> None:
    """Until what rings has opened in the centre by itself."""
    page.locator("#call").wait_for(timeout=15_000)
    page.wait_for_timeout(1000)


def look_at_pop(page: Page) -> None:
    """Until what rings stands in the corner."""
    page.locator("#pop .pop-call").first.wait_for(timeout=15_000)


def with_files() -> CallLog:
    """The newest call that has pictures."""
    pictured = Attachment.objects.exclude(thumbnail_as="").values("call_log")
    return CallLog.objects.filter(pk__in=pictured).latest("contacted_at")


def type_call(page: Page) -> None:
    """Half of a call, as it looks while somebody speaks."""
    page.locator("#reason").press_sequentially("mp")
    page.locator("#notes").fill("Water stands in the sink again, the plumber has not come.")
    page.wait_for_timeout(600)  # until hints and the draft are there


def photograph(page: Page, site: str, shot: Shot) -> None:
    """A page in every theme and width."""
    for size in WIDTHS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(site + shot.address, wait_until="networkidle")
        shot.act(page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            picture = FOLDER / f"{shot.name}-{size['width']}-{theme}.png"
            page.screenshot(path=picture)
            say(str(picture.relative_to(ROOT)))


def sign_in(page: Page, site: str) -> None:
    """Give the browser a session of WHO."""
    client = Client()
    client.force_login(User.objects.get(email=WHO), "callcenter.properties.backends.DeskBackend")
    session = client.session
    proof = {"method": "password", "at": time.time(), "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [proof]
    session.save()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page.on("dialog", lambda dialog: dialog.accept())  # leaving a call that is half typed


class QuietHandler(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of this process."""
    server = ThreadedWSGIServer(("localhost", 0), QuietHandler, allow_reuse_address=False)
    server.daemon_threads = True
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
