"""Every page can be used by everybody: axe, both themes, every width, 200 % (users.md 6.6)."""

import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import DESKTOP, PHONE, SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.browser.pages import HALF_SIGNED_IN, OTHERS, PAGES, SIGNED_OUT, STATES

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"resultTypes": ["violations"], "runOnly": TAGS}
# The themes differ in colours only.
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
# Some colours follow a script, which hears of another theme in the next frame only.
VIOLATIONS = """async (rules) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return (await axe.run(rules)).violations;
}"""
SIDEWAYS = """() => [document.scrollingElement, document.querySelector('main')]
  .filter((element) => element && element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`)"""
TABLET: ViewportSize = {"width": 1024, "height": 768}
ZOOMED: ViewportSize = {"width": 720, "height": 450}  # what 200 % leave of 1440 by 900
EVERY_WIDTH = (DESKTOP, TABLET, ZOOMED, PHONE)
# Where an agent is all day: at every width also when there is little time.
OF_THE_DESK = {"desk:home", "desk:new", "calls:list", "calls:detail"}
WATCH_SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries())
  if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: 'layout-shift', buffered: true});"""


def names(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[str]:
    """The name of every pattern outside Django's admin site, with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.pattern}"
        elif pattern.namespace != "admin":
            below = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, below)


def test_every_page_is_in_the_table() -> None:
    assert set(names()) == PAGES.keys() | OTHERS.keys()


def test_an_address_that_is_not_in_the_table_shows_no_page(
    northgate: Northgate, client: Client
) -> None:
    client.force_login(northgate.owner.user)
    shown = []
    for name in OTHERS:
        path = "/admin/login/" if name == "admin/login/" else first_address(name)
        response = client.get(path)
        if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
            shown.append(name)
        client.force_login(northgate.owner.user)  # some of them sign out
    assert len(OTHERS) > 50
    assert shown == []


def first_address(name: str) -> str:
    """The address of this name, about the row 1 if it is about any."""
    for args in ([], [1], [uuid.UUID(int=1)]):
        with suppress(NoReverseMatch):
            return reverse(name, args=args)
    raise AssertionError(name)


@pytest.mark.parametrize("name", [*PAGES, *STATES])
def test_a_page_serves_everybody(
    name: str,
    site: str,
    page: Page,
    northgate: Northgate,
    watch: Watch,
    sign_in: SignIn,
) -> None:
    page.add_init_script(WATCH_SHIFTS)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
    open_page(name, site, page, northgate, sign_in)
    assert stands_still(page)
    look(page, name, EVERY_WIDTH if name in OF_THE_DESK else (DESKTOP, PHONE))
    faults = [fault for fault in watch.taken() if "404" not in fault or "not-found" not in name]
    assert faults == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*PAGES, *STATES])
def test_a_page_serves_everybody_at_every_width_in_both_themes(
    name: str, site: str, page: Page, northgate: Northgate, sign_in: SignIn
) -> None:
    open_page(name, site, page, northgate, sign_in)
    look(page, name, EVERY_WIDTH, dark=RULES)


def open_page(name: str, site: str, page: Page, northgate: Northgate, sign_in: SignIn) -> None:
    """Open a page of the table as the one who looks at it."""
    shown = (PAGES | STATES)[name]
    address = shown.address(northgate)
    if shown.who == HALF_SIGNED_IN:
        sign_in(page, northgate.admin, without_factor=True)
    elif shown.who != SIGNED_OUT:
        sign_in(page, getattr(northgate, shown.who))
    page.goto(site + address, wait_until="networkidle")
    assert urlsplit(page.url).path == urlsplit(address).path


def look(
    page: Page, name: str, sizes: tuple[ViewportSize, ...], dark: dict[str, Any] | None = None
) -> None:
    """No rule is broken and nothing moves sideways, in these sizes and both themes."""
    page.evaluate(AXE_SCRIPT)
    for size in sizes:
        page.set_viewport_size(size)
        for theme, rules in (("light", RULES), ("dark", dark or COLOURS)):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.set_viewport_size(size)
            shoot(page, f"{re.sub('[^a-z]+', '-', name)}-{size['width']}-{theme}")
            if size == PHONE:  # as tall as the page: what its bar covers now is no smaller for it
                tall = page.evaluate("document.scrollingElement.scrollHeight")
                page.set_viewport_size(
                    {"width": size["width"], "height": max(tall, size["height"])}
                )
            found = page.evaluate(VIOLATIONS, rules)
            assert [told(fault) for fault in found] == [], (size, theme)
        assert page.evaluate(SIDEWAYS) == [], size


def stands_still(page: Page) -> bool:
    """Whether the page does not move by itself: one that does so moves at every load, while on a
    busy machine any page may be painted half once.
    """
    for _ in range(3):
        if page.evaluate("window.shifted") < 0.01:
            return True
        page.reload(wait_until="networkidle")
    return False


def told(violation: dict[str, Any]) -> str:
    """A violation in one line: the rule and the first elements that break it."""
    elements = [node["html"][:160] for node in violation["nodes"][:3]]
    return f"{violation['id']}: {elements}"
