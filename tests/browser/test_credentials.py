"""A credential by keyboard: issued, its secret seen and copied, revoked."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from callcenter.accounts.models import ApiCredential
from callcenter.properties.credentials import find_caller
from tests.browser.conftest import DESKTOP, PHONE, SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.browser.test_axe import RULES, SIDEWAYS

pytestmark = pytest.mark.browser


def looks_right(page: Page, name: str) -> None:
    """Axe in both themes, desk and phone; nothing runs out sideways."""
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            shoot(page, f"{name}-{size['width']}-{theme}")
            assert Axe().run(page, options=RULES).response["violations"] == []
        assert page.evaluate(SIDEWAYS) == [], size
    page.set_viewport_size(DESKTOP)


def test_a_credential_is_issued_seen_and_revoked_by_keyboard(
    site: str, page: Page, northgate: Northgate, watch: Watch, sign_in: SignIn
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    sign_in(page, northgate.owner)
    page.goto(f"{site}/credentials/")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Resident portal")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # from reading all to member
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")

    secret = page.get_by_label("Secret", exact=True)
    expect(secret).to_be_visible()
    found = find_caller(secret.input_value(), request_id="r")
    assert found is not None
    assert found.principal.role == "admin"
    looks_right(page, "credential-made")
    secret.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied the secret")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret.input_value()

    page.get_by_role("link", name="Open Resident portal").focus()
    page.keyboard.press("Enter")
    page.get_by_text("End this credential").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Resident portal does not work any more.")).to_be_visible()
    assert ApiCredential.objects.get().revoked_at is not None
    assert watch.taken() == []


def test_a_refused_form_tells_why_beside_the_field(
    site: str, page: Page, northgate: Northgate, watch: Watch, sign_in: SignIn
) -> None:
    sign_in(page, northgate.owner)
    page.goto(f"{site}/credentials/")
    page.get_by_label("Name", exact=True).fill("Resident portal")
    page.get_by_label("Only the properties ticked below").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Tick at least one property.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Resident portal")
    page.get_by_text("Tick at least one property.").scroll_into_view_if_needed()
    looks_right(page, "credential-refused")
    assert all("422" in fault for fault in watch.taken())
