"""`::word` in a real browser: chosen by keys, undone, and never more than text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from callcenter.accounts.models import Membership
from callcenter.calls.models import Snippet
from tests.browser.conftest import Watch, shoot
from tests.browser.northgate import Northgate
from tests.factories import reason_named

pytestmark = pytest.mark.browser

SignIn = Callable[[Page, Membership], None]
EVIL = "<img src=/stray onerror=alert(1)><b hx-get='/stray' hx-trigger='load'>{resident}</b>"


def test_snippets_are_typed_chosen_undone_and_stay_text(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    house = northgate.organization
    rows = {
        "closed": "Valve closed at {unit}, {property}, told {resident}.",
        "clean": "Floor cleaned.",
        "evil": EVIL,
    }
    for word, text in rows.items():
        Snippet.objects.create(organization=house, word=word, text=text)
    leak = reason_named(house, "el")
    Snippet.objects.create(organization=house, word="zz-leak", text="Where? Since?", reason=leak)
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    page.goto(f"{site}/new/?unit={northgate.units['12B, Maple Court'].pk}&call_from=Ana")
    note, keys, list_ = page.locator("#notes"), page.keyboard, page.get_by_role("listbox")
    keys.type("el")
    keys.press("Tab")
    expect(note).to_be_focused()
    keys.type("Rang. ::")
    expect(list_.get_by_role("option")).to_have_count(4)
    expect(list_.get_by_role("option").first).to_contain_text("::zz-leak")  # the template
    keys.type("cl")
    expect(list_.get_by_role("option")).to_have_count(2)
    shoot(page, "snippets-open")
    keys.press("ArrowDown")
    expect(note).to_have_attribute("aria-activedescendant", "snippet-word-1")
    keys.press("Enter")
    expect(note).to_have_value("Rang. Valve closed at 12B, Maple Court, told Ana.")
    keys.press("Control+z")
    expect(note).to_have_value("Rang. ::cl")
    keys.press("Control+Shift+z")
    keys.type(" ::clea")
    expect(list_).to_be_visible()
    keys.press("Escape")
    expect(list_).to_have_count(0)
    expect(note).to_be_focused()
    keys.type("n")
    expect(list_).to_be_visible()
    keys.press("Tab")
    expect(note).to_have_value("Rang. Valve closed at 12B, Maple Court, told Ana. Floor cleaned.")
    note.fill("")
    keys.type("a::evil b")  # no word begins inside another
    expect(list_).to_have_count(0)
    note.fill("")
    keys.type("::evil")
    expect(list_.get_by_role("option").first).to_contain_text("<img src=/stray")
    keys.press("Enter")
    expect(note).to_have_value(EVIL.replace("{resident}", "Ana"))
    keys.press("Control+Enter")
    expect(page.locator("#log")).to_contain_text("<img src=/stray onerror=alert(1)>")
    keys.press("Escape")
    keys.press("c")
    keys.type("::clean")
    expect(page.get_by_role("option")).to_have_count(1)
    keys.press("Enter")
    expect(page.locator("#comment-text")).to_have_value("Floor cleaned.")
    page.goto(f"{site}/snippets/")
    shoot(page, "snippets-page")
    assert watch.taken() == []
    page.goto("about:blank")
