"""The list that people live in: picked, moved and taken back by keys; nothing jumps."""

import re

import pytest
from playwright.sync_api import Page, expect

from callcenter.calls.models import CallLog
from tests.browser.conftest import DESKTOP, SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.factories import make_call_log

pytestmark = pytest.mark.browser


def statuses(northgate: Northgate) -> list[str]:
    """Where the four calls stand that began as new ones."""
    new = [northgate.calls[n].pk for n in (4, 5, 8, 15)]
    return sorted(CallLog.objects.filter(pk__in=new).values_list("status__name", flat=True))


def test_rows_are_picked_moved_and_taken_back_by_keys_alone(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{site}/calls/?status={northgate.calls[4].status_id}")
    expect(page.locator("[data-rows] tr")).to_have_count(4)
    expect(page.locator(".select-bar")).to_be_hidden()
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("[data-picked]")).to_have_text("Selected calls: 3")
    page.keyboard.press("s")
    shoot(page, "list-bulk")
    page.get_by_role("radio", name="In progress").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("3 calls changed.")
    assert statuses(northgate) == ["In progress"] * 3 + ["New"]
    page.keyboard.press("z")
    expect(page.locator("[data-rows] tr")).to_have_count(4)
    assert statuses(northgate) == ["New"] * 4
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(page.locator(".select-bar")).to_be_hidden()
    page.get_by_label("Select all calls of this page").check()
    expect(page.locator("[data-picked]")).to_have_text("Selected calls: 4")
    assert watch.taken() == []


def test_new_calls_wait_in_a_pill_and_come_when_asked_for(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.clock.install()
    page.goto(f"{site}/calls/?state=open")
    rows = page.locator("[data-rows] tr")
    count = rows.count()
    page.keyboard.press("j")
    page.keyboard.press("x")
    for _ in range(3):
        make_call_log(northgate.organization, call_from="Ines Prado")
    page.clock.fast_forward(21_000)
    pill = page.locator("#newer .pill")
    expect(pill).to_contain_text("3 new")
    expect(rows).to_have_count(count)
    shoot(page, "list-pill")
    page.keyboard.press(".")
    expect(rows).to_have_count(count + 3)
    expect(rows.first).to_contain_text("Ines Prado")
    expect(page.locator("[data-picked]")).to_have_text(re.compile("1$"))  # the tick stayed
    assert watch.taken() == []
