"""Who is on the line and for how long, and the rows of my work in the centre."""

import re

import pytest
from playwright.sync_api import Page, expect

from callcenter.accounts.models import Membership
from callcenter.calls.models import CallLog, MedicalNoteReading
from tests.browser.conftest import DESKTOP, SignIn, Watch, shoot
from tests.browser.northgate import Northgate

pytestmark = pytest.mark.browser


def test_the_line_is_timed_named_and_taken_over_and_my_state_said(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.goto(site)
    state = page.locator("#state summary")
    expect(state).to_contain_text(re.compile(r"Ready \d+:\d\d"))
    page.keyboard.press("w")
    page.keyboard.press("3")
    expect(state).to_contain_text(re.compile(r"Away 0:0\d"))
    assert Membership.objects.get(pk=northgate.admin.pk).availability == "away"
    page.keyboard.press("n")
    page.wait_for_timeout(1_200)
    page.keyboard.type("cruz maple", delay=15)
    page.keyboard.press("Enter")
    line = page.locator("#line")
    expect(line).to_contain_text("Ana de la Cruz, 12B, Maple Court")
    expect(state).to_contain_text("On a call")
    expect(line.get_by_role("timer")).to_have_text(re.compile(r"0:0[1-9]"))  # since `n`
    page.reload()
    expect(line.get_by_role("timer")).to_have_text(re.compile(r"0:0[2-9]|0:1\d"))
    shoot(page, "line")
    page.locator("[data-line-take]").click()
    expect(page.locator("#duration")).to_have_value(re.compile(r"0:\d\d"))
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/desk/\d+/$"))
    expect(line).to_be_hidden()
    expect(state).to_contain_text("Away")
    assert 2 <= (CallLog.objects.latest("pk").duration_seconds or 0) < 60
    assert watch.taken() == []


def test_a_row_of_my_work_opens_in_the_centre_and_the_medical_note_by_a_key(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    log = northgate.calls[0]
    CallLog.objects.filter(pk=log.pk).update(taken_by=northgate.admin.user, closed_at=None)
    sign_in(page, northgate.admin)
    page.set_viewport_size(DESKTOP)
    page.goto(site)
    page.evaluate("window.isSamePage = true")
    row = page.locator(f"#work .item[href='/desk/{log.pk}/']").first
    row.click()
    expect(page.locator("#log-head")).to_contain_text(f"#{log.pk}")
    expect(page).to_have_url(f"{site}/desk/{log.pk}/")
    expect(row).to_have_attribute("aria-current", "true")
    assert page.evaluate("window.isSamePage")
    page.keyboard.press("m")
    note = page.locator("#memory #medical")
    expect(note).to_contain_text("That you opened it is on record.")
    assert MedicalNoteReading.objects.get().reader_id == northgate.admin.user_id
    page.go_back()
    expect(page.locator("#centre")).to_contain_text("Nobody on the line")
    assert watch.taken() == []
