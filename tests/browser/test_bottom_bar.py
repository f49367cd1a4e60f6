"""The bottom bar of a phone: few pages and a menu of the others, which hides nothing."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, Watch, shoot
from tests.browser.northgate import Northgate

pytestmark = pytest.mark.browser

TARGET = 44  # pixels that a thumb needs


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_in_the_bar_or_its_menu(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch, theme: str
) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    sign_in(page, northgate.owner)
    page.goto(site + reverse("calls:phone"))
    bar, menu = page.locator(".rail"), page.locator(".rail .more")
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    links = page.locator(".rail > a:visible:not(.visually-hidden)")
    assert links.all_inner_texts() == ["Desk", "Calls", "Callbacks", "Escalate"]
    shoot(page, f"bottom-bar-{theme}")
    summary = menu.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    rest = menu.get_by_role("link")
    assert rest.all_inner_texts() == [
        *("Phone", "Due", "Live", "Events", "Imports", "People", "API", "Admin")
    ]
    expect(menu.locator("[aria-current]")).to_have_text("Phone")
    for target in (*links.all(), summary, *rest.all()):
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= TARGET
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert box["y"] + box["height"] <= PHONE["height"]
    shoot(page, f"bottom-bar-{theme}-more")
    page.keyboard.press("Tab")
    expect(rest.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(rest).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("b")  # the keys hold, though the menu is closed
    expect(page).to_have_url(site + reverse("desk:live"))
    assert watch.taken() == []
