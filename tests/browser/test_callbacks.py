"""Callbacks with the keyboard alone, in a real browser: promised, found, taken, ended."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from callcenter.calls.callbacks import promise_callback
from callcenter.calls.models import Callback
from callcenter.calls.values import Promise
from tests.browser.conftest import SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.factories import principal_again

pytestmark = pytest.mark.browser


def test_a_callback_is_promised_with_four_keys_and_worked_off_from_the_list(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    log = northgate.calls[1]
    page.goto(site + reverse("calls:detail", args=[log.pk]))
    commands = ["b", "Control+Enter"]
    page.keyboard.press(commands[0])
    expect(page.locator("#promise-due")).to_be_focused()
    page.keyboard.type("tomorrow 9")
    expect(page.locator("#due-said")).to_contain_text("09:00 in New York")
    page.keyboard.press(commands[1])
    expect(page.locator(".promise-row")).to_contain_text("09:00 in New York")
    assert len(commands) <= 4
    mine = Callback.objects.get()
    assert mine.assignee_id == northgate.admin.user_id

    said = Promise(at=timezone.now() - timedelta(minutes=12))
    late = promise_callback(
        call_log_id=northgate.calls[4].pk, promise=said, actor=principal_again(northgate.owner)
    )
    page.keyboard.press("g")
    page.keyboard.press("c")
    rows = page.locator("tbody[data-rows] > tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("12 min late")
    shoot(page, "callbacks")
    page.keyboard.press("a")  # no row has the cursor yet
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(rows.first).to_contain_text("Mine")
    late.refresh_from_db()
    assert late.assignee_id == northgate.admin.user_id
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.get_by_label("What came of it")).to_be_focused()
    expect(page.get_by_role("radio", name="Failed")).to_be_checked()
    page.keyboard.type("No answer, twice")
    shoot(page, "callback-ending")
    page.keyboard.press("Control+Enter")
    expect(rows).to_have_count(1)
    late.refresh_from_db()
    assert late.outcome is not None
    assert late.outcome.text == "Callback failed: No answer, twice"
    assert watch.taken() == []


def test_the_log_form_takes_a_promise_and_tells_what_it_understood(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    unit = northgate.units["4C, Harbor Row"]
    page.goto(f"{site}{reverse('desk:new')}?unit={unit.pk}")
    page.get_by_label("Call from").fill("Vendor")
    page.locator("#notes").fill("Rings about the gate")
    page.get_by_text("2 h", exact=True).click()
    expect(page.locator("#due-said")).to_contain_text("in New York, in 2 h")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.locator("#due")).to_be_focused()
    page.keyboard.type("someday")
    expect(page.locator("#due-said")).to_contain_text("Write it like")
    assert page.locator("#call").get_attribute("data-dirty") == "yes"
    page.keyboard.press("Control+a")
    page.keyboard.type("tomorrow 3")
    expect(page.locator("#due-said")).to_contain_text("At night there")
    shoot(page, "promise-in-the-form")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/*/")
    assert Callback.objects.get().due_text == "tomorrow 3"
    assert watch.taken() == []
    page.goto("about:blank")


def test_the_browser_tells_only_when_it_was_asked_to(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn
) -> None:
    page.context.grant_permissions(["notifications"], origin=site)
    page.add_init_script(
        "window.told = []; window.Notification = class extends EventTarget {"
        " static permission = 'granted'; constructor(words) { super(); window.told.push(words); } }"
    )
    page.clock.install()
    sign_in(page, northgate.admin)
    me = principal_again(northgate.admin)
    said = Promise(at=timezone.now() - timedelta(minutes=1), assignee_id=me.user_id)
    promise_callback(call_log_id=northgate.calls[4].pk, promise=said, actor=me)
    page.goto(site + reverse("calls:callbacks"))
    page.clock.run_for(40_000)
    assert page.evaluate("window.told") == []
    page.get_by_role("button", name="Tell me").click()
    page.clock.run_for(40_000)
    assert page.evaluate("window.told") == ["7A, Cedar Flats"]
    page.goto("about:blank")
