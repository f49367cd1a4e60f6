"""Whatever people type is shown as text, never acts, and never spoils the page (B-11, B-21).

All payloads stand in one company: in comments, notes, instructions and file names of one call and
its place, and one by one as callers, subjects and residents of many. The pages are opened once.
`test_xss_campaign.py` puts them into every field of every model.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Request

from callcenter.calls.attaching import attach_files, receive
from callcenter.calls.models import CallLog, Comment
from callcenter.properties.models import Property, Unit
from tests.browser.conftest import PHONE, SignIn, Watch
from tests.browser.northgate import Northgate
from tests.browser.payloads import HOST, PAYLOADS, UNRULY, WAYS_IN
from tests.calls.files import upload
from tests.factories import (
    make_call_log,
    make_property,
    make_resident,
    make_unit,
    principal_again,
    status_named,
)

pytestmark = pytest.mark.browser

EVERY = 6  # of the payloads one in so many is a caller and a resident, for the sake of time

# Elements that act and came from a text: handlers, foreign addresses, parts that pages never have.
ACTING = f"""() => [...document.querySelectorAll('*')].filter((element) =>
  [...element.attributes].some(({{name, value}}) => name.startsWith('on')
    || /^(data-)?hx-(on|vals|vars|ext)/.test(name)
    || (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(name)
        && (/^\\s*(javascript|data|vbscript):/i.test(value)
            || URL.parse(value, 'http://here.test')?.host === '{HOST}'))
    || (value.includes('{HOST}') && /^(data-hx-|hx-|style|srcset|srcdoc|poster|ping)/.test(name)))
  || element.matches('iframe, object, embed, base, video, audio, math, marquee, plaintext, xmp,'
    + ' foreignObject, animate, body style, body script:not([src]), body link, body meta,'
    + ' main template[data-notice]')
).map((element) => element.outerHTML.slice(0, 200))"""
# Where a page can be moved sideways, and the first elements that are to blame.
SIDEWAYS = """() => [document.scrollingElement, document.querySelector('main')]
  .filter((element) => element && element.scrollWidth > element.clientWidth + 1)
  .map((wide) => `${wide.tagName} ${wide.scrollWidth} > ${wide.clientWidth}: `
    + [...wide.querySelectorAll('*')].filter((one) => {
        if (one.getBoundingClientRect().right <= innerWidth + 1) return false;
        for (let up = one.parentElement; up && up !== wide; up = up.parentElement)
          if (getComputedStyle(up).overflowX !== 'visible') return false;
        return true;
      }).slice(0, 4).map((one) => one.cloneNode(false).outerHTML.slice(0, 90)).join(' '))"""
# A fragment that is opened as a page names no icon, so the browser asks for the usual one.
ICON = "/favicon.ico"


@dataclass
class Eye:
    """Sees what a page asks for beside itself and its static files."""

    page: Page
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        path = urlsplit(request.url).path
        own = ("/static/", "/drafts/", "/new/hints/", "/calls/views/", "/pop/", "/live/")
        if not path.startswith(own) and not path.endswith("/small/"):
            self.asked.append(request.url)

    def look(self, url: str, watch: Watch) -> dict[str, object]:
        """What is wrong with a page, by kind; nothing when it is all right."""
        self.asked.clear()
        self.page.goto(url, wait_until="networkidle")
        found = {
            "acting": self.page.evaluate(ACTING),
            "faults": [fault for fault in watch.taken() if not fault.endswith(ICON)],
            "asked": [asked for asked in self.asked if asked != url],
            "sideways": self.page.evaluate(SIDEWAYS),
        }
        return {kind: what for kind, what in found.items() if what}


@dataclass(frozen=True)
class Spread:
    """Where the payloads stand."""

    home: Property
    unit: Unit
    log: CallLog
    comment: int


def spread(northgate: Northgate) -> Spread:
    """Put every payload into a comment, and into notes, instructions, names and subjects."""
    texts = [*UNRULY, *PAYLOADS]
    organization, all_of_it = northgate.organization, "\n".join(texts)
    home = make_property(organization, name=PAYLOADS[3], instructions=all_of_it)
    unit = make_unit(home, number="66", building=UNRULY[0], instructions=all_of_it, pets=UNRULY[3])
    status = status_named(organization)
    log = CallLog()
    for text in texts[::EVERY]:
        short = clean(text)
        resident = make_resident(unit, first_name=short[:100], last_name="Payload")
        log = make_call_log(
            organization,
            status=status,
            property=home,
            unit=unit,
            resident=resident,
            call_from=short[:300] or "x",
            subject=short[:300],
            notes=all_of_it,
            taken_by=northgate.owner.user,
        )
    Comment.objects.bulk_create(
        Comment(
            organization=organization,
            call_log=log,
            text=clean(text),
            author_name=clean(text)[:120],
            status=status,
            status_name=status.name,
            created_at=timezone.now(),
        )
        for text in texts
    )
    files = [
        receive(upload(f"{n}{clean(text)[:200]}.txt", b"x")) for n, text in enumerate(texts[::60])
    ]
    attach_files(call_log_id=log.pk, files=files, actor=principal_again(northgate.owner))
    return Spread(home, unit, log, Comment.objects.filter(text__contains=HOST)[0].pk)


def clean(text: str) -> str:
    """The text as a database takes it."""
    return text.replace("\x00", "")


def addresses(where: Spread) -> Iterator[str]:
    """Every page that shows those texts."""
    log, unit = where.log, where.unit
    yield reverse("calls:list")
    yield reverse("calls:list") + "?q=Payload"
    yield reverse("calls:detail", args=[log.pk])
    yield reverse("calls:correct", args=[log.pk])
    yield reverse("calls:withdraw", args=[log.pk]) + f"?comment={where.comment}"
    yield reverse("calls:unit", args=[unit.pk])
    yield reverse("calls:resident", args=[log.resident_id])
    yield reverse("desk:home")
    yield reverse("desk:home") + "?q=Payload"
    yield reverse("desk:new") + f"?unit={unit.pk}"
    yield reverse("desk:new") + f"?resident={log.resident_id}"


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 150


def test_the_eye_sees_each_way_in(page: Page) -> None:
    """Without escaping each would be seen, but for two that a browser takes for nothing at all."""
    page.goto("about:blank")
    unseen = []
    for way in WAYS_IN:
        page.evaluate("html => { document.body.innerHTML = `<main>${html}</main>` }", way)
        if not page.evaluate(ACTING):
            unseen.append(way)
    asks_only = [way for way in unseen if "hx-get=/calls/" in way]
    assert len(asks_only) == 1
    assert set(unseen) - set(asks_only) <= {way for way in WAYS_IN if way.startswith(("<!", "<?"))}


def test_b11_b21_typed_text_never_acts_and_never_spoils_a_page(
    site: str, page: Page, northgate: Northgate, watch: Watch, sign_in: SignIn
) -> None:
    where = spread(northgate)
    sign_in(page, northgate.owner)
    page.set_viewport_size(PHONE)
    eye = Eye(page)
    for address in addresses(where):
        assert eye.look(site + address, watch) == {}, address
        is_shown = HOST in page.content() or "Payload" in page.content()
        assert is_shown, address
