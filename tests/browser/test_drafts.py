"""What is typed is there after anything: within two seconds, once, and nobody else reads it."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from callcenter.calls.models import CallLog, Comment, Draft
from tests.browser.conftest import SignIn, shoot
from tests.browser.northgate import Northgate

pytestmark = pytest.mark.browser
CALL_PAGE = re.compile(r"/desk/\d+/$")
ONE_READS = "() => Object.entries(localStorage).map(([name, value]) => name + value).join(' ')"


@pytest.fixture
def desk(page: Page, site: str, northgate: Northgate, sign_in: SignIn) -> Iterator[Page]:
    """The browser of somebody who sees the whole company."""
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    yield page
    page.context.set_offline(False)
    for one in page.context.pages:
        one.goto("about:blank")  # no request is under way when the database goes


def unit_address(site: str, northgate: Northgate, name: str) -> str:
    return f"{site}/new/?unit={northgate.units[name].pk}"


def kept() -> dict[str, str]:
    """What the server has: by key the words of the note or comment."""
    found = {}
    for draft in Draft.objects.exclude(data=[]):
        found[draft.key] = next((v for n, v in draft.data if n in ("notes", "text")), "")
    return found


def within(seconds: float, look: Callable[[], bool]) -> float:
    """How long it took until it was so; AssertionError when it took longer."""
    begun = time.monotonic()
    while not look():
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)
    return time.monotonic() - begun


def test_words_are_kept_within_two_seconds_and_come_back_after_a_crash(
    desk: Page, site: str, northgate: Northgate
) -> None:
    calls = CallLog.objects.count()
    unit = northgate.units["12B, Maple Court"].pk
    here = f"{site}/new/?resident={northgate.residents['Ana de la Cruz'].pk}"
    desk.goto(here)
    desk.keyboard.type("msel")
    desk.locator("#notes").focus()
    for word in ["Water", "through", "the", "kitchen", "ceiling", "since"]:
        desk.keyboard.type(f"{word} ", delay=90)  # never a pause as long as the quiet time
    desk.keyboard.type("ten")
    typed = "Water through the kitchen ceiling since ten"
    within(2, lambda: kept() == {f"new:u{unit}": typed})
    desk.locator("#phone").fill("212 555 0101")
    desk.locator("#status").select_option(index=1)
    expect(desk.locator("#call [data-draft-state]")).to_have_text(
        re.compile(r"^draft saved \d\d:\d\d:\d\d$")
    )
    shoot(desk, "draft-saved")
    desk = crashed(desk)
    desk.goto(site)
    begun = desk.get_by_role("list", name="Not saved yet").get_by_role("listitem")
    expect(begun).to_contain_text("You were logging a call at 12B, Maple Court")
    shoot(desk, "draft-on-the-desk")
    desk.goto(unit_address(site, northgate, "4C, Harbor Row"))
    desk.wait_for_timeout(300)
    expect(desk.locator("#notes")).to_have_value("")
    desk.goto(site)
    begun.get_by_role("link", name="Go on").click()
    expect(desk.locator("#notes")).to_have_value(typed)
    expect(desk.locator("#phone")).to_have_value("212 555 0101")
    assert desk.locator("#status").evaluate("field => field.selectedIndex") == 1
    chosen = desk.locator("[data-chosen] [data-mnemonic]")
    assert chosen.evaluate_all("all => all.map(chip => chip.dataset.mnemonic)") == ["ms", "el"]
    expect(desk.locator(".draft-notice")).to_contain_text("Restored")
    shoot(desk, "draft-restored")
    desk.locator("#notes").press("End")
    desk.keyboard.type("!")
    desk.keyboard.press("Control+Enter")
    expect(desk).to_have_url(CALL_PAGE)
    assert CallLog.objects.count() == calls + 1
    assert CallLog.objects.latest("pk").notes == f"{typed}!"
    desk.wait_for_timeout(1_000)
    assert kept() == {}


def test_without_a_connection_words_wait_here_unreadable_and_are_sent_once(
    desk: Page, site: str, northgate: Northgate
) -> None:
    calls = CallLog.objects.count()
    ana = northgate.residents["Ana de la Cruz"].pk
    desk.goto(f"{site}/new/?resident={ana}")
    expect(desk.locator("#call[data-safe]")).to_be_attached()
    desk.context.set_offline(True)
    desk.locator("#notes").press_sequentially("Water", delay=20)
    said = desk.locator("#call [data-draft-state]")
    expect(said).to_have_text("offline, kept in this browser")
    stored = desk.evaluate(ONE_READS)
    assert "callcenter.tail." in stored
    assert "Water" not in stored
    desk.context.set_offline(False)
    expect(said).to_contain_text("draft saved")
    assert list(kept().values()) == ["Water"]
    assert desk.evaluate(ONE_READS) == ""
    desk.context.set_offline(True)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("alert")).to_contain_text("sent once as soon as the connection is back")
    expect(said).to_contain_text("no connection")
    shoot(desk, "draft-queued")
    assert CallLog.objects.count() == calls
    desk.context.set_offline(False)
    expect(desk).to_have_url(CALL_PAGE)
    assert CallLog.objects.count() == calls + 1
    assert (CallLog.objects.latest("pk").notes, kept()) == ("Water", {})


def test_a_form_that_waits_survives_a_reload_and_is_sent_once(
    desk: Page, site: str, northgate: Northgate
) -> None:
    log = northgate.calls[1]
    desk.goto(f"{site}/calls/{log.pk}/")
    expect(desk.locator("#comment-form[data-safe]")).to_be_attached()
    desk.context.set_offline(True)
    desk.locator("#comment-text").fill("Ray is on the way")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#comment-form [data-draft-state]")).to_contain_text("no connection")
    desk.wait_for_timeout(300)
    desk = crashed(desk)
    desk.context.set_offline(False)
    desk.goto(f"{site}/calls/")
    expect(desk.locator(".flash", has_text="is saved")).to_be_visible()
    said = Comment.objects.filter(call_log=log, text="Ray is on the way")
    assert said.count() == 1
    desk.get_by_role("link", name="Look at it").click()
    expect(desk.locator(".timeline")).to_contain_text("Ray is on the way")
    expect(desk.locator("#comment-text")).to_have_value("")
    assert (said.count(), kept(), desk.evaluate(ONE_READS)) == (1, {}, "")
    desk.context.set_offline(True)
    desk.keyboard.press("s")
    desk.locator(".menu").get_by_role("button", name="Resolved").click()
    expect(desk.get_by_role("alert")).to_contain_text("sent once")
    desk.context.set_offline(False)
    within(10, lambda: CallLog.objects.get(pk=log.pk).status.name == "Resolved")
    expect(desk.locator("#log-head")).to_contain_text("Resolved")


def test_words_move_with_the_place_and_two_tabs_tell_each_other(
    desk: Page, site: str, northgate: Northgate
) -> None:
    unit = northgate.units["12B, Maple Court"].pk
    desk.goto(f"{site}/new/?call_from=FedEx")
    desk.locator("#notes").press_sequentially("Parcel", delay=10)
    within(5, lambda: kept() == {"new": "Parcel"})
    desk.keyboard.press("Control+k")
    desk.keyboard.type("cruz maple", delay=15)
    desk.keyboard.press("Enter")
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")
    within(5, lambda: kept() == {f"new:u{unit}": "Parcel"})
    other = desk.context.new_page()
    other.goto(unit_address(site, northgate, "12B, Maple Court"))
    expect(other.locator("#notes")).to_have_value("Parcel")
    other.locator("#notes").fill("Parcel from the other tab")
    within(5, lambda: kept() == {f"new:u{unit}": "Parcel from the other tab"})
    desk.locator("#notes").press("End")
    desk.keyboard.type(" for Ana")
    notice = desk.locator(".draft-notice", has_text="In another tab")
    expect(notice).to_contain_text("Parcel from the other tab")
    within(5, lambda: kept() == {f"new:u{unit}": "Parcel for Ana"})
    shoot(desk, "draft-two-tabs")
    notice.get_by_role("button", name="Use that text").click()
    expect(desk.locator("#notes")).to_have_value("Parcel from the other tab")
    expect(notice).to_contain_text("Parcel for Ana")
    notice.get_by_role("button", name="Keep this one").click()
    within(5, lambda: kept() == {f"new:u{unit}": "Parcel from the other tab"})
    assert Draft.objects.get(key=f"new:u{unit}").displaced == []
    other.close()
    # another call is opened in place of this one, in the middle of a word
    desk.locator("#notes").press("End")
    desk.keyboard.type(" at two")
    call = reverse("desk:call", args=[northgate.calls[0].pk])
    desk.evaluate(f"htmx.ajax('GET', '{call}', {{target: '#centre', swap: 'outerHTML'}})")
    within(2, lambda: kept() == {f"new:u{unit}": "Parcel from the other tab at two"})
    swapped = (
        "{target: '#centre', swap: 'outerHTML', select: '#centre', headers: {'HX-Boosted': 'true'}}"
    )
    desk.evaluate(f"htmx.ajax('GET', '/new/?unit={unit}', {swapped})")
    expect(desk.locator("#notes")).to_have_value("Parcel from the other tab at two")
    assert kept() == {f"new:u{unit}": "Parcel from the other tab at two"}
    desk.goto(f"{site}/new/")
    desk.wait_for_timeout(400)
    expect(desk.locator("#notes")).to_have_value("")
    expect(desk.locator(".draft-notice")).to_have_count(0)


def test_a_call_without_a_place_is_offered_and_never_put_back_unasked(
    desk: Page, site: str
) -> None:
    desk.goto(f"{site}/new/")
    desk.locator("#call_from").fill("FedEx")
    desk.locator("#notes").fill("Parcel")
    within(5, lambda: kept() == {"new": "Parcel"})
    desk.goto(f"{site}/new/")
    notice = desk.locator(".draft-notice")
    expect(notice).to_contain_text("Parcel")
    expect(desk.locator("#notes")).to_have_value("")
    shoot(desk, "draft-offered")
    notice.get_by_role("button", name="Go on").click()
    expect(desk.locator("#notes")).to_have_value("Parcel")
    expect(desk.locator("#call_from")).to_have_value("FedEx")
    desk.goto(f"{site}/new/")
    desk.locator(".draft-notice").get_by_role("button", name="Discard").click()
    within(5, lambda: kept() == {})
    desk.locator("#notes").fill("Again")
    within(5, lambda: kept() == {"new": "Again"})
    desk.goto(site)
    begun = desk.get_by_role("list", name="Not saved yet").get_by_role("listitem")
    expect(begun).to_contain_text("without a place")
    begun.get_by_role("button", name="Discard").click()
    expect(begun).to_have_count(0)
    assert kept() == {}
    desk.goto(f"{site}/new/")
    expect(desk.locator("#call[data-safe]")).to_be_attached()
    expect(desk.locator(".draft-notice")).to_have_count(0)


def test_b24_signing_out_warns_while_words_are_unsent_and_leaves_nothing_here(
    desk: Page, site: str, northgate: Northgate
) -> None:
    desk.goto(f"{site}/calls/{northgate.calls[0].pk}/")
    expect(desk.locator("#comment-form[data-safe]")).to_be_attached()
    desk.context.set_offline(True)
    desk.locator("#comment-text").fill("Oxygen at night")
    expect(desk.locator("#comment-form [data-draft-state]")).to_contain_text("offline")
    stored = desk.evaluate(ONE_READS)
    desk.locator(".topbar .who:not(.state) summary").click()
    desk.get_by_role("button", name="Sign out").click()
    asked = desk.get_by_role("dialog", name="Some words are not saved yet")
    expect(asked).to_be_visible()
    shoot(desk, "draft-sign-out")
    asked.get_by_role("button", name="Stay").click()
    expect(desk.locator("#comment-text")).to_have_value("Oxygen at night")
    desk.route("**/drafts/**", lambda route: route.abort())
    desk.context.set_offline(False)
    desk.locator(".topbar .who:not(.state) summary").click()
    desk.get_by_role("button", name="Sign out").click()
    expect(asked).to_be_visible()
    asked.get_by_role("button", name="Sign out and lose them").click()
    expect(desk).to_have_url(re.compile("/accounts/login/"))
    assert desk.evaluate(ONE_READS) == ""
    assert "Oxygen" not in stored


def crashed(page: Page) -> Page:
    """Another tab of the same browser, after this one went without hearing that it goes."""
    context = page.context
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('gone')); }")
    page.close(run_before_unload=False)
    return context.new_page()
