"""Telephone calls in the pages: my work, the queue of missed ones by keyboard, the history."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from callcenter.calls.models import HandledMissedCall
from tests.browser.conftest import DESKTOP, PHONE, SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.browser.pages import missed_phone_call
from tests.browser.telephones import ring

pytestmark = pytest.mark.browser


def test_a_missed_call_is_marked_as_handled_by_keys(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    ring(northgate)
    page.set_viewport_size(DESKTOP)
    sign_in(page, northgate.owner)
    page.goto(site)
    expect(page.locator("#work")).to_contain_text("Answered, not logged")
    expect(page.locator("#work")).to_contain_text("Missed")
    shoot(page, "work-phone")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator("#missed-title")).to_contain_text("5")
    page.wait_for_load_state()  # its scripts know the keys
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("h")
    page.keyboard.type("Left a message")
    page.keyboard.press("Enter")
    expect(page.locator("#missed-title")).to_contain_text("4")
    shoot(page, "missed")
    assert HandledMissedCall.objects.get().reason == "Left a message"
    page.keyboard.press("Enter")  # nothing is chosen
    expect(page.locator("#missed-title")).to_contain_text("4")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#missed-title")).to_contain_text("5")
    row = HandledMissedCall.objects.get()
    assert (row.reason, row.undone_by_id) == ("Left a message", northgate.owner.user_id)
    assert watch.taken() == []


def test_on_the_page_of_a_missed_call_marking_stays_there_and_goes_back(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    address = site + missed_phone_call(northgate)
    page.set_viewport_size(DESKTOP)
    sign_in(page, northgate.owner)
    page.goto(address)
    page.wait_for_load_state()
    page.keyboard.press("h")
    page.keyboard.type("Left a message")
    page.keyboard.press("Enter")
    facts = page.locator(".facts-list")
    expect(facts).to_contain_text("Left a message")
    expect(page).to_have_url(address)
    expect(page.locator("[data-toast]")).to_contain_text("1 missed call is handled.")
    page.keyboard.press("z")
    expect(page.locator("#handle-title")).to_be_visible()
    expect(facts).to_contain_text("Taken back")
    shoot(page, "missed-taken-back")
    assert HandledMissedCall.objects.standing().count() == 0
    assert watch.taken() == []


def test_the_history_opens_from_everywhere_and_leads_to_the_form(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    ring(northgate)
    page.set_viewport_size(DESKTOP)
    sign_in(page, northgate.owner)
    page.goto(site)
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(site + reverse("calls:phone"))
    expect(page.locator(".rail > [aria-current]")).to_contain_text("Phone")
    shoot(page, "phone")
    page.set_viewport_size(PHONE)
    shoot(page, "phone-narrow")
    page.set_viewport_size(DESKTOP)
    page.get_by_role("link", name="not logged").nth(-1).click()
    expect(page).to_have_url(re.compile(r"/new/\?phone_call=\d+$"))
    expect(page.locator("[name=phone]")).not_to_have_value("")
    assert watch.taken() == []


@pytest.mark.parametrize(("view", "box"), [("calls:phone", "state"), ("calls:list", "reason")])
def test_the_view_at_the_left_is_that_of_the_filters_now(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, view: str, box: str
) -> None:
    ring(northgate)
    page.set_viewport_size(DESKTOP)
    sign_in(page, northgate.owner)
    page.goto(site + reverse(view))
    page.wait_for_load_state()
    current, field = page.locator("nav.zone [aria-current] .cut"), page.locator(f"#id_{box}")
    before = current.inner_text()
    if view == "calls:phone":
        field.select_option("missed")
        expect(current).to_have_text("Missed")
    else:
        field.select_option(index=1)
        expect(current).to_have_count(0)
    field.select_option("")
    expect(current).to_have_text(before)


def test_a_log_is_tied_to_its_call_and_untied_by_undo(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    ring(northgate)
    log = northgate.calls[0]
    page.set_viewport_size(DESKTOP)
    sign_in(page, northgate.owner)
    page.goto(site + reverse("calls:detail", args=[log.pk]))
    page.get_by_role("link", name="Link it to its phone call").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which phone call")
    page.wait_for_load_state()  # its scripts know the keys
    page.keyboard.press("j")
    page.keyboard.press("l")
    expect(page).to_have_url(site + reverse("calls:detail", args=[log.pk]))
    expect(page.locator(".facts-list")).to_contain_text("Answered, 3:01")
    page.keyboard.press("z")
    expect(page.locator(".facts-list")).to_contain_text("Link it to its phone call")
    assert watch.taken() == []
