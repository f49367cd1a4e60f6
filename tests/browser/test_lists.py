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


def test_keys_act_on_the_row_of_the_cursor_and_with_a_selection_on_that(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{site}/calls/?state=open")
    bar, cursor = page.locator(".row-bar"), page.locator("[data-rows] > .cursor")
    expect(bar).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = CallLog.objects.filter(organization=northgate.organization, closed_at=None)
    log = second.order_by("-contacted_at", "-pk")[1]
    expect(bar).to_contain_text(f"#{log.pk}")
    shoot(page, "list-cursor")
    page.keyboard.press("?")
    for words in ("Comment on", "Status of", "Take the", "Promise a callback for"):
        expect(page.locator("#keys")).to_contain_text(f"{words}")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("1 call changed.")
    log.refresh_from_db()
    assert log.assignee == northgate.admin.user
    expect(cursor).to_contain_text(str(log.pk))
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("Undone.")
    log.refresh_from_db()
    assert log.assignee is None
    for key, place in (("c", "#comment-text"), ("b", "#promise-due"), ("s", "summary[data-key=s]")):
        expect(cursor).to_contain_text(str(log.pk))
        page.keyboard.press(key)
        expect(page).to_have_url(f"{site}/calls/{log.pk}/")
        expect(page.locator(place)).to_be_focused()
        if key != "s":
            page.go_back()
    expect(page.locator("#log details.menu[open]")).to_contain_text("The matter goes to")
    page.go_back()
    for key in ("x", "k", "x", "a"):
        page.keyboard.press(key)
    expect(bar).to_be_hidden()
    expect(page.locator("#bulk-who")).to_be_focused()
    page.keyboard.type("Dana")
    shoot(page, "list-assign")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("2 calls changed.")
    assert second.filter(assignee=northgate.owner.user).count() == 2
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("Undone: 2.")
    assert not second.filter(assignee=northgate.owner.user).exists()
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


def test_a_view_is_saved_found_by_v_and_the_columns_are_ones_own(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{site}/calls/?q=kitchen")
    expect(page.locator(".found mark").first).to_have_text("kitchen")
    page.keyboard.press("v")
    page.get_by_label("Save these filters as").fill("Wet kitchens")
    page.get_by_label("Save these filters as").press("Enter")
    expect(page.locator("#views")).to_contain_text("Wet kitchens")
    page.goto(f"{site}/calls/?view=all")
    page.keyboard.press("v")
    expect(page.locator(".view-line a").first).to_be_focused()
    shoot(page, "list-views")
    page.keyboard.press("Enter")
    expect(page.locator("[data-rows] [name='call']")).to_have_count(1)
    shoot(page, "list-found")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Talk time").check()
    page.get_by_role("checkbox", name="Due", exact=True).check()
    page.get_by_role("button", name="Move Status up").click()
    shoot(page, "list-columns")
    page.get_by_role("button", name="Show these").click()
    heads = page.locator("thead th:visible")
    expect(heads.nth(6)).to_have_text("Status")
    expect(page.locator("thead")).to_contain_text("Talk time")
    expect(page.locator("thead .c-due")).to_be_visible()
    count = page.locator("#views a", has_text="Wet kitchens").locator(".count")
    expect(count).to_have_text("1")
    with page.expect_download() as begun:
        page.get_by_role("button", name="Export these").click()
    assert begun.value.suggested_filename.startswith("calls-")
    page.locator("[name='call']").first.check()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Export", exact=True).click()
    lines = begun.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Call,When (UTC),")
    assert len(lines) == 2
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".filters-on .btn").first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".printed")).to_contain_text("Printed by Leo Brandt")
    expect(page.locator(".printed time")).not_to_be_empty()
    shoot(page, "list-print")
    assert watch.taken() == []


def test_fields_propose_names_while_one_types_and_take_any(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(page, northgate.admin)
    page.goto(f"{site}/calls/?view=all")
    names = page.locator("#property-names option")
    expect(names).to_have_count(0)
    page.get_by_role("combobox", name="Property").focus()
    expect(names).to_have_count(len(northgate.properties))
    page.keyboard.type("maple")
    expect(names).to_have_count(1)
    expect(names).to_have_attribute("value", "Maple Court")
    with page.expect_response(re.compile(r"property=maple")):
        page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_contain_text("maple")
    people = page.locator("#people-names option")
    page.get_by_role("combobox", name="Taken by").focus()
    expect(people).to_have_count(4)  # me and the three of them
    assert watch.taken() == []
