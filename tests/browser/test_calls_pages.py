"""The list and the page of a call in a real browser, by keyboard and without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from callcenter.accounts.models import Membership
from callcenter.calls.actions import edit_notes
from callcenter.calls.models import CallLog, Comment
from tests.browser.conftest import DESKTOP, PHONE, Watch, shoot
from tests.browser.northgate import Northgate
from tests.factories import principal_again

pytestmark = pytest.mark.browser

SignIn = Callable[[Page, Membership], None]


@pytest.fixture
def desk(page: Page, site: str, northgate: Northgate, sign_in: SignIn) -> Page:
    """An admin's browser at the list of calls."""
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{site}/calls/")
    return page


def test_a_call_is_opened_commented_and_moved_on_by_keyboard_alone(
    desk: Page, northgate: Northgate, watch: Watch
) -> None:
    log = northgate.calls[0]
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk).to_have_title(re.compile(f"#{log.pk}"))
    desk.wait_for_load_state()  # its scripts know the keys
    desk.keyboard.press("c")
    desk.keyboard.type("Rang Ana back: the water stopped.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".timeline")).to_contain_text("Rang Ana back: the water stopped.")
    expect(desk.locator("#comment-text")).to_have_value("")
    desk.locator("#comment-text").press("Escape")
    desk.keyboard.press("s")
    shoot(desk, "calls-status")
    with_digit = desk.locator(".menu [data-key]", has_text="Resolved")
    desk.keyboard.press(str(with_digit.get_attribute("data-key")))
    expect(desk.locator("#log-head .status").last).to_contain_text("Resolved")
    log.refresh_from_db()
    assert (log.status.name, log.closed_at is not None) == ("Resolved", True)
    assert watch.taken() == []


def test_b45_the_loser_of_two_editors_sees_both_and_brings_them_together(
    desk: Page, site: str, northgate: Northgate
) -> None:
    log = northgate.calls[1]
    desk.goto(f"{site}/calls/{log.pk}/")
    desk.keyboard.press("t")
    desk.locator("#notes-text").fill("Mine: locked out, waits at the gate")
    other = principal_again(northgate.owner)
    edit_notes(call_log_id=log.pk, notes="Hers: the guard helps", seen_version=None, actor=other)
    desk.keyboard.press("Control+Enter")
    alert = desk.get_by_role("alert")
    expect(alert).to_contain_text("Somebody else changed this call")
    expect(alert).to_contain_text("Hers: the guard helps")
    expect(alert).to_contain_text("Mine: locked out, waits at the gate")
    shoot(desk, "calls-conflict")
    field = desk.locator("#notes-text")
    expect(field).to_have_value("Mine: locked out, waits at the gate")
    field.fill("Both")
    field.press("Control+Enter")
    expect(desk.locator(".facts-list")).to_contain_text("Both")
    log.refresh_from_db()
    assert log.notes == "Both"


def test_words_in_one_form_outlive_the_act_of_another(
    desk: Page, site: str, northgate: Northgate
) -> None:
    log = northgate.calls[4]
    desk.goto(f"{site}/calls/{log.pk}/")
    desk.locator("#comment-text").fill("Half a thought")
    desk.locator("#notes-editor summary").click()
    desk.locator("#notes-text").fill("Half a note")
    desk.locator(".menu summary", has_text="Status").click()
    desk.locator(".menu").get_by_role("button", name="In progress").click()
    expect(desk.locator("#log-head .status").last).to_contain_text("In progress")
    expect(desk.locator("#comment-text")).to_have_value("Half a thought")
    expect(desk.locator("#notes-text")).to_have_value("Half a note")
    desk.get_by_role("button", name="Save the notes").click()
    expect(desk.locator(".facts-list .written")).to_contain_text("Half a note")
    expect(desk.locator("#comment-text")).to_have_value("Half a thought")


def test_b48_a_double_click_makes_one_comment(desk: Page, site: str, northgate: Northgate) -> None:
    log = northgate.calls[4]
    desk.goto(f"{site}/calls/{log.pk}/")
    desk.locator("#comment-text").fill("Only once")
    desk.locator("#comment-form").get_by_role("button", name="Add").dblclick()
    expect(desk.locator(".timeline")).to_contain_text("Only once")
    desk.reload()
    assert Comment.objects.filter(call_log=log, text="Only once").count() == 1


def test_filters_narrow_as_one_types_and_stay_in_the_address(
    desk: Page, northgate: Northgate, watch: Watch
) -> None:
    desk.keyboard.press("q")
    desk.keyboard.type("abara")
    expect(desk.locator("#rows tbody tr")).to_have_count(1)
    expect(desk).to_have_url(re.compile("q=abara"))
    expect(desk.locator("#rows .count")).to_have_text("1 call")
    desk.locator(".chip.on").click()
    expect(desk.locator("#rows tbody tr")).to_have_count(len(northgate.calls))
    desk.get_by_role("link", name=re.compile("When")).click()
    expect(desk).to_have_url(re.compile("order=oldest"))
    expect(desk.locator("#rows tbody tr").last).to_contain_text("Ana de la Cruz")
    desk.go_back()
    expect(desk.locator("#rows tbody tr").first).to_contain_text("Ana de la Cruz")
    # a request that a newer one overtakes is called off, which is no fault
    assert [fault for fault in watch.taken() if not fault.startswith("failed: ")] == []


def test_counts_for_rows_that_are_gone_go_nowhere(desk: Page, watch: Watch) -> None:
    held: list[Route] = []
    desk.route("**/calls/views/counts/", lambda route: held.append(route), times=1)
    with desk.expect_request("**/calls/views/counts/"):
        desk.reload()
    with desk.expect_response("**/calls/views/counts/"):  # for the rows that take their place
        desk.get_by_role("link", name=re.compile("When")).click()
    with desk.expect_response("**/calls/views/counts/"):
        held[0].continue_()
    desk.wait_for_timeout(200)  # that the script has had it
    assert watch.taken() == []


def test_list_comment_status_and_correction_work_without_script(
    browser: Browser, site: str, northgate: Northgate, sign_in: SignIn
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, northgate.member)
    northgate.member.property_links.create(
        organization=northgate.organization, property=northgate.properties["Harbor Row"]
    )
    page.goto(f"{site}/calls/")
    page.get_by_label("Words, #call or last digits").fill("0118")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="4C, Harbor Row").click()
    page.locator("#comment-text").fill("Written without script")
    page.locator("#comment-form").get_by_role("button", name="Add").click()
    expect(page.locator(".timeline")).to_contain_text("Written without script")
    page.locator(".menu summary", has_text="Status").click()
    page.locator(".menu").get_by_role("button", name="Resolved").click()
    expect(page.locator("#log-head .status").last).to_contain_text("Resolved")
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("Subject").fill("Locked out at night")
    page.get_by_label("Why is it corrected?").fill("It had none")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.locator(".facts-list")).to_contain_text("Locked out at night")
    log = CallLog.objects.get(pk=northgate.calls[1].pk)
    assert (log.status.name, log.subject) == ("Resolved", "Locked out at night")
    page.context.close()


def test_a_correction_is_made_in_place_and_takes_the_memory_along(
    desk: Page, site: str, northgate: Northgate, watch: Watch
) -> None:
    log = northgate.calls[13]
    desk.goto(f"{site}/calls/{log.pk}/")
    desk.keyboard.press("o")
    expect(desk).to_have_url(f"{site}/calls/{log.pk}/correct/")
    desk.get_by_label("Find another place").fill("2F maple")
    desk.get_by_role("button", name="Find").click()
    desk.get_by_label("2F, Maple Court").check()
    desk.get_by_label("Why is it corrected?").fill("He said it in the end")
    shoot(desk, "calls-correct")
    desk.keyboard.press("Control+Enter")
    expect(desk).to_have_url(f"{site}/calls/{log.pk}/")
    expect(desk.locator("#memory")).to_contain_text("R. Abara")
    expect(desk.locator(".timeline")).to_contain_text("He said it in the end")
    assert watch.taken() == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_is_wider_than_its_window_and_none_complains(
    desk: Page,
    site: str,
    northgate: Northgate,
    watch: Watch,
    size: dict[str, int],
    theme: str,
) -> None:
    desk.set_viewport_size({"width": size["width"], "height": size["height"]})
    northgate.admin.user.theme = theme
    northgate.admin.user.save(update_fields=["theme"])
    log, unit = northgate.calls[0], northgate.units["12B, Maple Court"]
    resident = northgate.residents["Ana de la Cruz"]
    pages = {
        "list": "calls/",
        "empty": "calls/?q=zebra",
        "log": f"calls/{log.pk}/",
        "correct": f"calls/{log.pk}/correct/",
        "withdraw": f"calls/{log.pk}/withdraw/",
        "unit": f"units/{unit.pk}/",
        "resident": f"residents/{resident.pk}/",
    }
    for name, address in pages.items():
        desk.goto(f"{site}/{address}")
        wide = desk.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name
        shoot(desk, f"calls-{name}-{size['width']}-{theme}")
    assert watch.taken() == []
