"""An unknown number is put on a person by one key, and taken back by another."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from callcenter.accounts.models import Membership
from callcenter.calls.models import CallLog, RememberedNumber
from callcenter.calls.remembering import go_on
from callcenter.properties.models import ResidentPhone
from tests.browser.conftest import Watch, shoot
from tests.browser.northgate import Northgate
from tests.factories import make_call_log, make_phone, make_resident

pytestmark = pytest.mark.browser

SignIn = Callable[[Page, Membership], None]
NUMBER = {
    "phone_raw": "(646) 555-0199",
    "phone_e164": "+16465550199",
    "phone_digits_reversed": "9910555646",
}


def test_r_remembers_a_number_and_z_forgets_it(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    ana = northgate.residents["Ana de la Cruz"]
    assert ana.unit
    earlier = make_call_log(northgate.organization, call_from="won't say", **NUMBER)
    call = make_call_log(
        northgate.organization,
        property=ana.property,
        unit=ana.unit,
        call_from="a woman",
        **NUMBER,
    )
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    page.goto(f"{site}/calls/{call.pk}/")
    offer = page.locator("#number-offer")
    expect(offer).to_contain_text("Nobody has (646) 555-0199 yet.")
    shoot(page, "number-offer")
    page.locator("#comment-text").fill("half a thought")
    page.locator("#log-title").click()
    page.keyboard.press("r")
    expect(page.locator("#remembered")).to_contain_text("remembered for Ana de la Cruz")
    while go_on(RememberedNumber.objects.latest("pk").pk):
        pass  # what the worker does
    expect(page.locator("#remembered")).to_contain_text("1 earlier call linked.")
    expect(page.locator("#memory")).to_contain_text("(646) 555-0199")
    expect(page.locator("#comment-text")).to_have_value("half a thought")
    shoot(page, "number-remembered")
    earlier.refresh_from_db()
    assert earlier.resident_id == ana.pk
    page.keyboard.press("z")
    expect(offer).to_be_visible()
    assert not ResidentPhone.objects.filter(e164="+16465550199").exists()
    assert set(
        CallLog.objects.filter(phone_e164="+16465550199").values_list("resident", flat=True)
    ) == {None}
    make_resident(ana.unit, first_name="Mateo", last_name="Cruz")
    page.reload()
    page.keyboard.press("r")
    page.keyboard.press("2")
    expect(page.locator("#remembered")).to_contain_text("remembered for Mateo Cruz")
    page.locator("#comment-text").fill("")


def test_the_log_form_says_whose_number_it_is_and_a_digit_picks(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    ana = northgate.residents["Ana de la Cruz"]
    make_phone(northgate.residents["R. Abara"], "+12125550143")
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    page.goto(f"{site}/new/?resident={ana.pk}")
    page.locator("#phone").fill("646 555 0199")
    page.keyboard.press("Enter")
    expect(page.locator("#whose")).to_contain_text("Nobody has this number yet.")
    expect(page.locator("#whose button")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("#whose")).to_contain_text("Who has this number")
    assert ResidentPhone.objects.get(e164="+16465550199").resident_id == ana.pk
    page.locator("#phone").fill("212 555 0143")
    page.keyboard.press("Enter")
    expect(page.locator("#whose a")).to_have_count(2)
    expect(page.locator("#whose a").first).to_be_focused()
    shoot(page, "number-whose")
    page.keyboard.press("2")
    expect(page.locator("#call h1")).to_have_text("2F, Maple Court")
    page.goto("about:blank")
