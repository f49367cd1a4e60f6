"""From a call that cannot wait to a person who takes over, in at most eight keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from callcenter.escalations.models import Escalation
from tests.browser.chains import emergencies_of
from tests.browser.conftest import DESKTOP, SignIn, Watch, shoot
from tests.browser.northgate import Northgate

pytestmark = pytest.mark.browser
MOST_KEYS = 8


def test_a_chain_of_three_rings_takes_at_most_eight_keys(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    emergencies_of(northgate)
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{site}/calls/{northgate.calls[0].pk}/")
    pressed = 0

    def press(key: str) -> None:
        nonlocal pressed
        pressed += 1
        page.keyboard.press(key)

    press("e")
    expect(page.locator("#plan")).to_contain_text("Maple Court emergencies")
    page.wait_for_load_state("networkidle")
    shoot(page, "chain-plan")
    press("1")
    expect(page.locator("#now-title")).to_contain_text("Ringing Joe Tran")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#chain .timer")).to_have_text(re.compile(r"0:0\d"))
    shoot(page, "chain-ringing")
    press("n")
    expect(page.locator("#now-title")).to_have_text("Ring next")
    press("2")
    expect(page.locator("#now-title")).to_contain_text("Marta Lindqvist")
    press("v")
    expect(page.locator("#now-title")).to_have_text("Ring next")
    press("3")
    expect(page.locator("#now-title")).to_contain_text("Ray Okafor")
    press("a")
    expect(page.locator("#say")).to_contain_text("will ring you back")
    shoot(page, "chain-accepted")
    chain = Escalation.objects.get()
    assert (chain.status, chain.items.count()) == ("Completed", 3)
    assert pressed <= MOST_KEYS
    assert watch.taken() == []
