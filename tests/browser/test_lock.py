"""The page locks in place when its login ends, with everything that was typed (B-42)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django import Settings

from callcenter.calls.models import CallLog
from tests.browser.conftest import SignIn, shoot
from tests.browser.northgate import Northgate
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page: Page, site: str, northgate: Northgate, sign_in: SignIn) -> Iterator[Page]:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    yield page
    for one in page.context.pages:
        one.goto("about:blank")


def end_all_logins() -> None:
    """As if the night had passed."""
    Session.objects.all().delete()


def test_the_page_locks_with_all_text_and_the_password_opens_it(
    desk: Page, site: str, northgate: Northgate, settings: Settings
) -> None:
    ana = northgate.residents["Ana de la Cruz"].pk
    desk.goto(f"{site}/new/?resident={ana}")
    desk.keyboard.type("el")
    desk.locator("#notes").fill("Water through the ceiling")
    expect(desk.locator("#call [data-draft-state]")).to_contain_text("draft saved")
    end_all_logins()
    desk.locator("#notes").press("End")
    desk.keyboard.type(" since ten")
    veil = desk.get_by_role("dialog", name="Locked")
    expect(veil).to_be_visible()
    expect(veil.get_by_label("Password")).to_be_focused()
    expect(desk.locator("#notes")).to_be_hidden()
    shoot(desk, "lock")
    desk.keyboard.press("Escape")
    expect(veil).to_be_visible()
    desk.keyboard.type("not it")
    desk.keyboard.press("Enter")
    expect(veil.get_by_role("alert")).to_have_text("This is not your password.")
    desk.keyboard.type(PASSWORD)
    desk.keyboard.press("Enter")
    expect(veil).to_be_hidden()
    expect(desk.locator("#notes")).to_be_focused()
    expect(desk.locator("#notes")).to_have_value("Water through the ceiling since ten")
    expect(desk.locator("#call [data-draft-state]")).to_contain_text("draft saved")
    desk.keyboard.type("!")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/desk/*/")
    assert CallLog.objects.latest("pk").notes == "Water through the ceiling since ten!"
    # by its own clock, with nobody there; a tab that was opened again opens the others too
    settings.SESSION_IDLE = timedelta(seconds=4)
    other = desk.context.new_page()
    other.goto(f"{site}/calls/")
    for page in (desk, other):
        expect(page.get_by_role("dialog", name="Locked")).to_be_visible(timeout=15_000)
    settings.SESSION_IDLE = timedelta(minutes=30)
    other.bring_to_front()
    other.get_by_label("Password").fill(PASSWORD)
    other.keyboard.press("Enter")
    expect(other.get_by_role("dialog", name="Locked")).to_be_hidden()
    desk.bring_to_front()
    desk.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(desk.get_by_role("dialog", name="Locked")).to_be_hidden()


def test_a_page_of_somebody_who_left_stays_closed_for_the_next_one(
    desk: Page, site: str, northgate: Northgate, sign_in: SignIn
) -> None:
    log = northgate.calls[0]
    desk.goto(f"{site}/calls/{log.pk}/")
    desk.locator("#comment-text").fill("Leo's words")
    expect(desk.locator("#comment-form [data-draft-state]")).to_contain_text("draft saved")
    end_all_logins()
    sign_in(desk, northgate.owner)
    comments = log.comments.count()
    desk.locator("#comment-text").press("Control+Enter")
    expect(desk.get_by_role("alert").first).to_contain_text("not yours any more")
    assert log.comments.count() == comments
    desk.evaluate("document.dispatchEvent(new CustomEvent('session:over'))")
    desk.evaluate("window.dispatchEvent(new Event('focus'))")
    veil = desk.get_by_role("dialog", name="Locked")
    expect(veil).to_contain_text("This page stays closed")
    expect(veil.get_by_label("Password")).to_be_hidden()
    shoot(desk, "lock-other")
    veil.get_by_role("link", name="Leave this page").click()
    desk.wait_for_url(f"{site}/")
    desk.goto(f"{site}/calls/{log.pk}/")
    expect(desk.locator("#comment-form[data-safe]")).to_be_attached()
    expect(desk.locator("#comment-text")).to_have_value("")
