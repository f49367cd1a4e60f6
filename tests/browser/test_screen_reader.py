"""The five-key call as a screen reader tells it: roles, names and what is said, in order."""

import re

import pytest
from playwright.sync_api import Page, expect

from callcenter.calls.models import CallLog
from tests.browser.conftest import SignIn
from tests.browser.northgate import Northgate

pytestmark = pytest.mark.browser

# What live regions say, in the order in which they say it.
HEAR = """window.heard = [];
new MutationObserver((changes) => {
  for (const {target} of changes) {
    const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
    const region = element?.closest('[role=status], [role=alert], [aria-live]');
    const words = region?.textContent.trim().replace(/\\s+/g, ' ');
    if (words && window.heard.at(-1) !== words) window.heard.push(words);
  }
}).observe(document, {subtree: true, childList: true, characterData: true});"""


def heard(page: Page) -> str:
    """Everything that was said so far, in one line."""
    return " | ".join(page.evaluate("window.heard"))


def test_the_five_key_call_can_be_heard(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn
) -> None:
    page.add_init_script(HEAR)
    sign_in(page, northgate.admin)
    page.goto(site)
    page.keyboard.press("n")
    box = page.get_by_role("combobox", name=re.compile("Find"))
    expect(box).to_be_focused()
    page.keyboard.type("cruz maple", delay=15)
    expect(box).to_have_attribute("aria-expanded", "true")
    first = page.get_by_role("listbox", name="Found").get_by_role("option").first
    expect(first).to_have_accessible_name(re.compile("Ana de la Cruz.*Maple Court"))
    chosen = box.get_attribute("aria-activedescendant")
    assert chosen == first.get_attribute("id")
    assert re.search(r"\d+ found", heard(page)), heard(page)

    page.keyboard.press("Enter")
    reason = page.get_by_role("textbox", name="Find a reason")
    expect(reason).to_be_focused()
    call = page.get_by_role("form", name="Call log")
    expect(call).to_match_aria_snapshot(
        """
        - form "Call log":
          - heading /12B, Maple Court/ [level=1]
          - group "Who is calling":
            - radio "Ana de la Cruz" [checked]
            - radio "Somebody else"
          - group /Reasons/:
            - textbox "Find a reason"
        """
    )
    page.keyboard.type("el")
    expect(page.get_by_role("checkbox", name=re.compile("Active leak"))).to_be_checked()
    assert "Active leak or burst" in heard(page)

    page.keyboard.press("Tab")
    note = page.get_by_role("textbox", name="Note")
    expect(note).to_be_focused()
    page.keyboard.type("Water through the ceiling")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/desk/\d+/$"))
    log = CallLog.objects.order_by("-pk")[0]
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_accessible_name(re.compile(rf"#{log.pk} Active leak or burst"))
    saved = page.get_by_role("status").filter(has_text=f"#{log.pk} saved")
    expect(saved.first).to_be_visible()
    assert page.title().startswith(f"#{log.pk}")
    assert page.get_by_role("region", name=re.compile("Active leak")).is_visible()
