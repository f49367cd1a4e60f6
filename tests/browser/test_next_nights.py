"""From the picture of the next nights to the rehearsal of one, without a mouse."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chains import nights_of, shared_nights_of
from tests.browser.conftest import DESKTOP, SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.browser.pages import nights_with_findings

pytestmark = pytest.mark.browser


def test_a_hole_is_seen_opened_and_rehearsed_by_keys(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    nights_of(northgate)
    shared_nights_of(northgate)
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{site}/escalations/")
    page.get_by_role("link", name="Next nights").press("Enter")
    row = page.get_by_role("row", name="Maple Court")
    expect(row.get_by_role("rowheader")).to_contain_text("Maple Court")
    expect(row.locator(".hole")).to_have_count(4)
    expect(page.get_by_role("row", name="Every other property")).to_contain_text("Noor H.")
    shoot(page, "health-shared")
    hole = row.locator(".hole a").last  # the first may be over in part
    expect(hole).to_contain_text("nobody")
    hole.press("Enter")
    expect(page.locator("#rehearsed [role=status]")).to_contain_text("Nobody would ring.")
    when = page.get_by_label("When")
    when.fill("tonight at")
    expect(page.locator("#due-said")).to_contain_text("Write it like")
    when.fill("fri 9")
    expect(page.locator("#due-said")).to_contain_text("in New York")
    page.get_by_label("Property").select_option("Harbor Row")
    when.press("Enter")
    expect(page.get_by_role("table")).to_contain_text("No verified number")
    expect(page.get_by_role("table")).to_contain_text("(212) 555-0191")
    shoot(page, "rehearsal-hole")
    assert watch.taken() == []


def test_a_finding_is_taken_off_the_list_without_leaving_the_page(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    address = nights_with_findings(northgate)
    sign_in(page, northgate.owner)
    page.set_viewport_size(DESKTOP)
    page.goto(site + address)
    count = page.locator("#findings-title .count")
    expect(count).to_have_text("18")
    first = page.locator(".findings > li").first
    first.locator("summary").press("Enter")
    said = first.get_by_label("What was done")
    said.fill("   ")
    said.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say what was done about it.")
    said.fill("Joe takes that night")
    said.press("Enter")
    expect(count).to_have_text("17")
    page.get_by_text("2 handled, not yet over").press("Enter")
    expect(page.locator("details.in")).to_contain_text("Joe takes that night")
    shoot(page, "findings-handled")
    faults = [fault for fault in watch.taken() if "422" not in fault]
    assert faults == []
