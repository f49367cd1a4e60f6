"""Reasons as a tree and their cards by keys alone: four letters for a card, then the note."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from callcenter.accounts.models import Membership
from callcenter.calls.models import CallLog, CardAnswer, CardReply, ReasonSet
from tests.browser.conftest import PHONE, Watch, shoot
from tests.browser.northgate import Northgate
from tests.factories import reason_named

pytestmark = pytest.mark.browser

SignIn = Callable[[Page, Membership], None]


def test_a_card_takes_four_keys_and_its_answers_are_corrected_by_new_ones(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    unit = northgate.units["12B, Maple Court"]
    page.goto(f"{site}/new/?unit={unit.pk}&call_from=Ana")
    keys = page.keyboard
    keys.type("elcn")
    card = page.get_by_role("region", name="Active leak or burst")
    expect(card.get_by_text("3 more answers decide")).to_be_visible()
    keys.press("Enter")
    keys.type("nt")  # a letter answers and goes on; x, k and other letters would do nothing
    expect(card.get_by_text("2 of 4 answered")).to_be_visible()
    shoot(page, "card-half")
    keys.type("xky")
    expect(card.get_by_text("Emergency by the rule of Northgate Residential")).to_be_visible()
    keys.type("n")
    expect(page.locator("#notes")).to_be_focused()
    keys.type("Bucket is in place")
    expect(card.get_by_text("4 of 4 answered")).to_be_visible()
    shoot(page, "card-emergency")
    page.set_viewport_size(PHONE)
    shoot(page, "card-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    keys.press("Control+Enter")
    expect(page.locator("#log")).to_contain_text("Emergency by the rule of Northgate Residential")
    call = CallLog.objects.latest("pk")
    assert call.notes == "Bucket is in place"
    said = CardAnswer.objects.filter(reply__call_log=call).order_by("pk")
    assert [row.value for row in said] == ["n", "t", "y", "n"]

    expect(page.locator(".htmx-request, .htmx-settling, .htmx-added")).to_have_count(0)
    keys.press("Escape")
    keys.press("q")
    expect(page.locator("#answers [data-question]")).to_have_count(4)
    page.locator("#answers input[value='n']").first.focus()
    keys.type("u")
    keys.press("Control+Enter")
    expect(page.locator("#log .said-list .before")).to_have_text("No")
    expect(page.locator(".timeline")).to_contain_text("“No” → “Not sure”")
    shoot(page, "card-told")
    assert CardReply.objects.filter(call_log=call).count() == 2
    assert watch.taken() == []
    page.goto("about:blank")


def test_a_reason_that_is_taken_back_takes_its_answers_along(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(page, northgate.admin)
    page.goto(f"{site}/new/?call_from=FedEx")
    keys = page.keyboard
    keys.type("ehel")
    expect(page.locator(".decision")).to_have_count(2)
    keys.press("Enter")
    keys.type("59")
    heat = page.get_by_role("region", name="No heat or no A/C")
    expect(heat.get_by_text("Emergency by the rule")).to_be_visible()
    keys.press("Enter")
    keys.press("Backspace")
    keys.type("n")
    page.locator("#reason").focus()
    keys.press("Backspace")
    expect(page.locator(".decision")).to_have_count(1)
    expect(heat.locator("input").first).to_have_value("59")
    keys.press("Tab")
    expect(page.locator("#notes")).to_be_focused()
    keys.press("Shift+Tab")
    expect(page.locator(".decision input:focus")).to_have_count(1)
    keys.press("Control+Enter")
    expect(page.locator("#log")).to_contain_text(re.compile("59 °F"))
    reply = CardReply.objects.get(call_log=CallLog.objects.latest("pk"))
    assert [row.value for row in reply.answers.order_by("pk")] == ["59", "n"]
    assert watch.taken() == []
    page.goto("about:blank")


def test_the_first_letter_shows_a_family_and_the_second_takes_its_leaf(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    only = ReasonSet.objects.create(
        organization=northgate.organization, name="Out", direction="outbound"
    )
    only.reasons.add(reason_named(northgate.organization, "al"))
    sign_in(page, northgate.admin)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{site}/new/?call_from=FedEx")
    shown = page.locator("[data-chips] [data-mnemonic]:visible")
    likely = shown.count()
    page.keyboard.type("m")
    expect(shown).to_have_count(8)
    expect(page.locator("[data-picker-said]")).to_contain_text("mp plumbing drip or clog")
    shoot(page, "picker-family")
    page.keyboard.type("p")
    expect(page.locator("[data-chosen] [data-mnemonic]")).to_have_text(re.compile("Plumbing"))
    expect(page.locator("[data-picker-said]")).to_contain_text("Plumbing drip")
    page.keyboard.type("e")
    expect(shown).to_have_count(8)
    page.keyboard.press("Escape")
    expect(shown).to_have_count(likely)
    page.keyboard.type(" elev")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen] [data-mnemonic]")).to_have_count(2)
    page.locator("label", has_text="Outbound").click()
    expect(page.get_by_role("radio", name="Outbound")).to_be_checked()
    expect(shown).to_have_count(1)  # what is offered for calls that one makes
    page.locator("[data-all] > summary").click()
    expect(page.locator("[data-family='c'] [data-mnemonic]:visible").first).to_be_visible()
    shoot(page, "picker-all")
    page.locator("#reason").focus()
    page.keyboard.type("cn")
    expect(page.locator("[data-chosen] [data-mnemonic]")).to_have_count(3)
    assert watch.taken() == []
    page.goto("about:blank")
