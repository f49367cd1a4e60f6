"""Hints while a call is logged: shown as reasons change, followed by one key, counted (M5)."""

import re

import pytest
from playwright.sync_api import Page, expect

from callcenter.calls.building_events import open_event
from callcenter.calls.models import Comment, EventCall
from tests.browser.conftest import SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.factories import principal_again, reason_named

pytestmark = pytest.mark.browser


def test_a_call_joins_an_event_or_becomes_a_comment_by_one_key(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    log = northgate.calls[0]
    event = open_event(
        property_id=log.property_id or 0,
        reason_id=reason_named(northgate.organization, "ep").pk,
        title="No power",
        line="The grid is down, power is back about 16:00.",
        actor=principal_again(northgate.owner),
    )
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    page.goto(f"{site}/new/?unit={log.unit_id}&property={log.property_id}&call_from=Ana")
    hints = page.locator("#hints")
    expect(hints).to_contain_text("Say: The grid is down")
    expect(hints).not_to_contain_text("Logged already")
    page.locator("#reason").focus()
    page.keyboard.type("eh")  # of the family of 12B's open leak
    expect(hints).to_contain_text("Logged already")
    page.locator("#call_from").fill("Ana")
    page.locator("#notes").fill("Also no light")
    shoot(page, "desk-hints")
    page.keyboard.press("Control+i")
    expect(page).to_have_url(re.compile(rf"/{log.pk}/$"))
    assert Comment.objects.filter(call_log=log, text="Also no light").count() == 1
    assert not EventCall.objects.exists()
    page.goto(f"{site}/new/?unit={log.unit_id}&property={log.property_id}&call_from=Ana")
    expect(hints).to_contain_text("Say: The grid is down")
    page.locator("#reason").focus()
    page.keyboard.type("ep")
    page.keyboard.press("Control+j")  # one key: saved and joined
    expect(page).not_to_have_url(re.compile("/new/"))
    joined = EventCall.objects.select_related("call_log").get(event=event)
    assert joined.call_log.unit_id == log.unit_id
    faults = watch.taken()
    page.goto("about:blank")  # no request is under way when the database goes
    assert faults == []
