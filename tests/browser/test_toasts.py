"""Toasts in a real browser: undone by one key, gone by themselves, never in the way of a text."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, SignIn, Watch, shoot
from tests.browser.northgate import Northgate

pytestmark = pytest.mark.browser


def test_a_status_is_undone_by_z_and_the_text_beside_it_stays(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.clock.install()
    log = northgate.calls[5]
    page.goto(f"{site}/calls/{log.pk}/")
    note = page.locator("[data-toast]")

    def resolve() -> None:
        page.keyboard.press("s")
        page.locator("details.menu[open]").get_by_role("button", name="Resolved").click()
        expect(note).to_have_count(1)

    resolve()
    expect(page.locator("#toasts")).to_contain_text("Status changed.")
    shoot(page, "toast")
    page.locator("#comment-text").fill("Half a thought")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#log-head .status").last).to_have_text("New")
    expect(note).to_contain_text("Undone.")
    expect(page.locator("#comment-text")).to_have_value("Half a thought")
    assert page.evaluate("document.activeElement.id") == "main"
    page.clock.fast_forward(11_000)
    expect(note).to_have_count(0)

    resolve()
    note.get_by_role("button", name="Undo").focus()
    page.clock.fast_forward(11_000)
    expect(note).to_have_count(1)  # somebody stands in it
    page.locator("#comment-text").focus()
    page.clock.fast_forward(11_000)
    expect(note).to_have_count(0)
    assert watch.taken() == []
