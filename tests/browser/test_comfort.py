"""What people chose holds on every page: density, less motion (users.md 6.2, 6.6)."""

import pytest
from playwright.sync_api import Page

from callcenter.accounts.models import User
from tests.browser.conftest import DESKTOP, SignIn
from tests.browser.northgate import Northgate
from tests.browser.pages import PAGES

pytestmark = pytest.mark.browser

LOOKED_AT = ("desk:home", "desk:new", "calls:list", "calls:detail", "calls:unit", "calls:resident")
# Everything that moves by itself, or would when something else changes.
MOVING = """() => [...document.querySelectorAll('*')].filter((element) => {
  const {animationName, transitionDuration} = getComputedStyle(element);
  return animationName !== 'none' || /[1-9]/.test(transitionDuration);
}).map((element) => element.cloneNode(false).outerHTML.slice(0, 120))"""
ROW = """() => document.querySelector('tbody[data-rows] > tr')?.getBoundingClientRect().height"""
CONTROL = """() => document.querySelector('.btn:not(.btn-quiet)')?.getBoundingClientRect().height"""


def sizes(page: Page, site: str, addresses: dict[str, str]) -> dict[str, tuple[float, float]]:
    """The height of the first row and of the first button of each page."""
    found = {}
    for name, address in addresses.items():
        page.goto(site + address)
        found[name] = (page.evaluate(ROW) or 0, page.evaluate(CONTROL) or 0)
    return found


def test_every_page_obeys_the_density_and_the_wish_for_less_motion(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn
) -> None:
    addresses = {name: PAGES[name].address(northgate) for name in LOOKED_AT}
    sign_in(page, northgate.owner)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(reduced_motion="reduce")
    wide = sizes(page, site, addresses)
    User.objects.filter(pk=northgate.owner.user_id).update(density="compact")
    dense = sizes(page, site, addresses)
    for name in LOOKED_AT:
        for before, after in zip(wide[name], dense[name], strict=True):
            assert after < before or before == 0, name
    assert wide["calls:list"][0] == 32
    assert dense["calls:list"][0] == 28
    for address in addresses.values():
        page.goto(site + address)
        assert page.evaluate(MOVING) == [], address
