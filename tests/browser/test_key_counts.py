"""How many keys the everyday things take; a count that grows fails here (users.md 5).

Counted is every key and chord that is pressed, and a mnemonic as one; words that somebody types
anyway are not. Nothing here touches the mouse.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from callcenter.accounts.models import Membership
from callcenter.calls.models import CallLog
from tests.browser.conftest import DESKTOP
from tests.browser.keyboard import Keyboard
from tests.browser.northgate import Northgate

pytestmark = pytest.mark.browser

SignIn = Callable[[Page, Membership], None]
SAVED = re.compile(r"#\d+ saved \d\d:\d\d:\d\d")

KNOWN_RESIDENT = 5  # n, Enter, reason, Tab, save
UNKNOWN_CALLER = 5  # the same: what was typed is the caller, and Shift+Enter takes it at once
CALLBACK = 4  # Escape out of the note, b, save: one less than allowed
COMMENT = 2  # c, save
STATUS = 2  # s, the digit beside the status
REOPENED = 3  # s, the digit, save: opening again asks why


@pytest.fixture
def desk(page: Page, site: str, northgate: Northgate, sign_in: SignIn) -> Iterator[Page]:
    """The desk of somebody who sees the whole company."""
    page.set_viewport_size(DESKTOP)
    sign_in(page, northgate.admin)
    page.goto(site)
    yield page
    page.goto("about:blank")  # no request is under way when the database goes


def last_call() -> CallLog:
    return CallLog.objects.select_related("status").latest("pk")


def test_a_call_from_n_to_saved(desk: Page) -> None:
    keys = Keyboard(desk)
    keys.press("n")
    keys.type("cruz maple")
    keys.press("Enter")
    expect(desk.locator("#reason")).to_be_focused()
    keys.reason("el")
    keys.press("Tab")
    keys.type("Water through the ceiling")
    keys.press("Control+Enter")
    expect(desk.locator(".saved")).to_contain_text(SAVED)
    assert (last_call().call_from, last_call().notes) == (
        "Ana de la Cruz",
        "Water through the ceiling",
    )
    assert keys.commands <= KNOWN_RESIDENT

    keys = Keyboard(desk)
    keys.press("n")
    keys.type("FedEx driver")
    keys.press("Shift+Enter")
    expect(desk.locator("#call_from")).to_have_value("FedEx driver")
    expect(desk.locator("#reason")).to_be_focused()
    keys.reason("ov")
    keys.press("Tab")
    keys.type("At the gate")
    keys.press("Control+Enter")
    expect(desk.locator("#centre")).to_contain_text("At the gate")
    assert (last_call().call_from, last_call().resident) == ("FedEx driver", None)
    assert keys.commands <= UNKNOWN_CALLER


def test_a_callback_is_promised_in_the_form(desk: Page) -> None:
    desk.keyboard.press("n")
    Keyboard(desk).type("cruz maple")
    desk.keyboard.press("Enter")
    expect(desk.locator("#reason")).to_be_focused()
    desk.keyboard.press("Tab")
    keys = Keyboard(desk)  # from the note on
    keys.press("Escape")
    keys.press("b")
    keys.type("tomorrow 9")
    keys.press("Control+Enter")
    expect(desk.locator(".saved")).to_contain_text(SAVED)
    expect(desk.locator("#centre .promise-row")).to_be_visible()
    assert last_call().callbacks.count() == 1
    assert keys.commands <= CALLBACK


def test_a_call_is_commented_and_moved_on(desk: Page, site: str, northgate: Northgate) -> None:
    call = northgate.calls[1]
    desk.goto(f"{site}/calls/{call.pk}/")
    keys = Keyboard(desk)
    keys.press("c")
    keys.type("Guard is on the way")
    keys.press("Control+Enter")
    expect(desk.locator(".timeline")).to_contain_text("Guard is on the way")
    assert keys.commands <= COMMENT

    desk.keyboard.press("Escape")
    keys = Keyboard(desk)
    keys.press("s")
    choice = desk.locator(".menu [data-key]", has_text="Resolved").first
    keys.press(str(choice.get_attribute("data-key")))
    expect(desk.locator("#log-head .status").last).to_contain_text("Resolved")
    call.refresh_from_db()
    assert call.closed_at is not None
    assert keys.commands <= STATUS

    keys = Keyboard(desk)
    keys.press("s")
    open_again = desk.locator(".menu input[data-key]").first
    keys.press(str(open_again.get_attribute("data-key")))
    expect(desk.locator("#status-comment")).to_be_focused()
    keys.type("Locked out again")
    keys.press("Control+Enter")
    expect(desk.locator(".timeline")).to_contain_text("Locked out again")
    call.refresh_from_db()
    assert call.closed_at is None
    assert keys.commands <= REOPENED
