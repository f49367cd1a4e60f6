"""The centre of the desk: one call after the other without a page change."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from callcenter.accounts.models import Membership
from callcenter.calls.models import CallLog
from tests.browser.conftest import DESKTOP, Watch, shoot
from tests.browser.northgate import Northgate

pytestmark = pytest.mark.browser

SignIn = Callable[[Page, Membership], None]


@pytest.fixture
def desk(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> Iterator[Page]:
    """The desk of an admin, with a mark that a page change would wipe away."""
    page.set_viewport_size(DESKTOP)
    sign_in(page, northgate.admin)
    page.goto(site)
    page.evaluate("window.isTheSamePage = true")
    yield page
    assert watch.taken() == []
    page.goto("about:blank")  # no request is under way when the database goes


def is_the_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSamePage === true"))


def choose(page: Page, words: str) -> None:
    page.keyboard.type(words, delay=15)
    page.keyboard.press("Enter")


def test_two_calls_are_logged_without_a_page_change(desk: Page) -> None:
    desk.keyboard.press("n")
    choose(desk, "cruz maple")
    expect(desk.locator("#reason")).to_be_focused()
    expect(desk.locator("#memory")).to_contain_text("Ana de la Cruz")
    expect(desk).to_have_url(re.compile(r"/new/\?resident=\d+"))
    desk.keyboard.type("el")
    desk.keyboard.press("Control+Shift+Enter")
    expect(desk.locator("#onebox")).to_be_focused()
    expect(desk.locator(".saved")).to_contain_text(re.compile(r"#\d+ saved \d\d:\d\d:\d\d"))
    expect(desk.locator("#work")).to_contain_text(str(CallLog.objects.latest("pk").call_from))
    expect(desk.locator("#memory")).not_to_contain_text("Ana de la Cruz")
    shoot(desk, "desk-next")
    choose(desk, "price harbor")
    expect(desk.locator("#place")).to_contain_text("4C, Harbor Row")
    expect(desk.locator("#reason")).to_be_focused()
    desk.keyboard.press("Control+Enter")
    expect(desk).to_have_url(re.compile(r"/desk/\d+/$"))
    expect(desk.locator("#centre")).to_contain_text("D'Angelo Price")
    shoot(desk, "desk-saved")
    desk.keyboard.press("c")
    desk.keyboard.type("Guard is on the way")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#centre .timeline")).to_contain_text("Guard is on the way")
    assert is_the_same_page(desk)
    call = CallLog.objects.latest("pk")
    assert call.comments.get().text == "Guard is on the way"


def test_an_unsaved_call_waits_while_another_one_is_open(desk: Page) -> None:
    desk.keyboard.press("n")
    choose(desk, "cruz maple")
    expect(desk.locator("#reason")).to_be_focused()
    desk.keyboard.press("Tab")
    with desk.expect_response(lambda answer: "/drafts/new" in answer.url):
        desk.keyboard.type("Water everywhere")
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")  # another call
    choose(desk, "price harbor")
    expect(desk.locator("#place")).to_contain_text("4C, Harbor Row")
    expect(desk.locator("#notes")).to_have_value("")
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")
    choose(desk, "cruz maple")
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")
    expect(desk.locator("#notes")).to_have_value("Water everywhere")
    desk.keyboard.press("Escape")
    desk.keyboard.press("/")  # the place of this call is another thing
    expect(desk.locator("#onebox")).to_have_attribute("placeholder", re.compile("this call about"))
    choose(desk, "price harbor")
    expect(desk.locator("#place")).to_contain_text("4C, Harbor Row")
    expect(desk.locator("#notes")).to_have_value("Water everywhere")


def test_back_and_forward_show_whole_pages(desk: Page, site: str) -> None:
    desk.keyboard.press("n")
    choose(desk, "cruz maple")
    expect(desk).to_have_url(re.compile(r"/new/\?resident"))
    desk.go_back()
    expect(desk.locator("#centre h1")).to_have_text("Nobody on the line")
    expect(desk).to_have_url(f"{site}/")
    desk.go_forward()
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")
    expect(desk.locator("#work")).to_be_visible()
    expect(desk.locator("#memory")).to_contain_text("Ana de la Cruz")


def test_nobody_known_is_logged_by_the_words_or_by_none(desk: Page) -> None:
    desk.keyboard.press("n")
    desk.keyboard.type("maple delivery", delay=15)
    desk.keyboard.press("Shift+Enter")  # whatever the words find
    expect(desk.locator("#call_from")).to_have_value("maple delivery")
    expect(desk.locator("#reason")).to_be_focused()
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")
    desk.keyboard.press("Enter")
    expect(desk.locator("#call_from")).to_have_value("")
    assert is_the_same_page(desk)


def test_words_that_choose_no_reason_are_not_lost_by_saving(desk: Page) -> None:
    desk.keyboard.press("n")
    choose(desk, "cruz maple")
    reason = desk.locator("#reason")
    expect(reason).to_be_focused()
    desk.keyboard.type("ncruz maple", delay=15)  # meant for the box of before
    desk.keyboard.press("Tab")
    desk.keyboard.type("Water", delay=15)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("[data-unread]")).to_be_visible()
    expect(reason).to_be_focused()
    assert reason.input_value() == "ncruz maple"
    assert not CallLog.objects.filter(notes="Water").exists()
    desk.keyboard.press("Escape")
    expect(desk.locator("[data-unread]")).to_be_hidden()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".saved")).to_be_visible()
    assert CallLog.objects.filter(notes="Water").count() == 1
