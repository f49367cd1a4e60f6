"""Logging a call with the keyboard alone, in a real browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from callcenter.accounts.models import Membership
from callcenter.calls.models import CallLog
from callcenter.properties.models import Property, Resident, Unit
from tests.browser.conftest import Watch, shoot
from tests.browser.keyboard import Keyboard
from tests.browser.northgate import Northgate
from tests.factories import make_phone, make_resident, make_unit

pytestmark = pytest.mark.browser

SignIn = Callable[[Page, Membership], None]
SAVED = re.compile(r"/desk/\d+/$")


@pytest.fixture
def desk(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> Iterator[Page]:
    """The desk of somebody who sees the whole company."""
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    page.goto(site)
    yield page
    page.goto("about:blank")  # no request is under way when the database goes


def chosen(page: Page) -> list[str]:
    """The mnemonics of the chosen reasons, in order."""
    chips = page.locator("[data-chosen] [data-mnemonic]")
    found: list[str] = chips.evaluate_all("all => all.map(chip => chip.dataset.mnemonic)")
    return found


def test_a_call_of_a_known_resident_is_logged_with_five_keys(desk: Page, watch: Watch) -> None:
    calls = CallLog.objects.count()
    keys = Keyboard(desk)
    keys.press("n")
    keys.type("cruz maple")
    keys.press("Enter")  # perhaps before the choices are here: it waits for them
    expect(desk.locator("#reason")).to_be_focused()
    assert desk.get_by_role("radio", name="Ana de la Cruz").is_checked()
    keys.reason("el")
    assert chosen(desk) == ["el"]
    keys.press("Tab")
    keys.type("Water through the ceiling")
    keys.press("Control+Enter")
    expect(desk).to_have_url(SAVED)
    call = CallLog.objects.get(pk=int(desk.url.rstrip("/").rsplit("/", 1)[1]))
    assert call.call_from == "Ana de la Cruz"
    assert call.notes == "Water through the ceiling"
    assert [link.reason.mnemonic for link in call.reason_links.select_related("reason")] == ["el"]
    assert keys.commands == 5
    assert CallLog.objects.count() == calls + 1
    assert watch.taken() == []


def test_the_logged_call_is_commented_and_moved_on_by_keys(desk: Page, watch: Watch) -> None:
    keys = Keyboard(desk)
    keys.press("n")
    keys.type("cruz maple")
    keys.press("Enter")
    expect(desk.locator("#reason")).to_be_focused()
    keys.reason("el")
    keys.press("Control+Enter")
    expect(desk).to_have_url(SAVED)
    expect(desk.locator(".saved")).to_have_text(re.compile(r"#\d+ saved \d\d:\d\d:\d\d"))
    keys.press("c")
    keys.type("Plumber is on the way")
    keys.press("Control+Enter")
    expect(desk.locator(".timeline")).to_contain_text("Plumber is on the way")
    keys.press("Escape")
    keys.press("s")
    keys.press("1")
    expect(desk.locator(".timeline > .event")).to_have_count(3)
    call = CallLog.objects.select_related("status").get(pk=int(desk.url.rsplit("/", 2)[1]))
    assert call.status.name == "In progress"
    rows = call.comments.order_by("seq").values_list("kind", "text", "status_name")
    assert list(rows) == [
        ("comment", "Plumber is on the way", "New"),
        ("status", "", "In progress"),
    ]
    assert keys.commands == 9
    assert watch.taken() == []


def test_arrows_choose_escape_keeps_the_text_and_nothing_is_taken_without_enter(
    desk: Page,
) -> None:
    box = desk.get_by_role("combobox")
    desk.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    desk.keyboard.type("maple", delay=15)
    expect(desk.get_by_role("listbox")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    first = box.get_attribute("aria-activedescendant")
    desk.keyboard.press("ArrowDown")
    second = box.get_attribute("aria-activedescendant")
    assert first != second
    assert desk.locator("[role=option][aria-selected=true]").get_attribute("id") == second
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") == "choice-other"
    shoot(desk, "desk-choices")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("maple")
    expect(box).to_be_focused()
    desk.keyboard.press("Tab")
    assert desk.url.endswith("/")


def test_enter_waits_for_the_choices_of_what_stands_in_the_box(desk: Page) -> None:
    box = desk.get_by_role("combobox")
    box.fill("harbor")
    expect(desk.get_by_role("option").first).to_contain_text("Harbor")

    def later(route: Route) -> None:
        desk.wait_for_timeout(300)
        route.continue_()

    desk.route("**/search/**", later)
    box.fill("cruz maple")
    desk.keyboard.press("Enter")
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")


def test_another_place_leaves_all_that_was_typed(desk: Page, site: str) -> None:
    desk.goto(f"{site}/new/?call_from=FedEx")
    desk.keyboard.type("ov")
    desk.locator("#notes").fill("Parcel for Ana")
    desk.keyboard.press("Escape")
    desk.keyboard.press("/")
    desk.keyboard.type("cruz maple", delay=15)
    desk.keyboard.press("Enter")
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")
    expect(desk.locator("#memory")).to_contain_text("Ana de la Cruz")
    expect(desk.locator("#reason")).to_be_focused()
    expect(desk.locator("#notes")).to_have_value("Parcel for Ana")
    assert chosen(desk) == ["ov"]
    desk.keyboard.press("Control+Enter")
    expect(desk).to_have_url(SAVED)
    call = CallLog.objects.latest("pk")
    assert (call.call_from, call.notes) == ("Ana de la Cruz", "Parcel for Ana")


def test_reasons_are_typed_searched_given_back_and_kept_in_order(desk: Page, site: str) -> None:
    desk.goto(f"{site}/new/?call_from=FedEx")
    desk.keyboard.type("mscn")
    assert chosen(desk) == ["ms", "cn"]
    desk.keyboard.type(" elevator")
    expect(desk.locator("[data-chips] [data-mnemonic]:visible")).to_have_count(1)
    desk.keyboard.press("Enter")
    assert chosen(desk) == ["ms", "cn", "ev"]
    desk.keyboard.press("Backspace")
    desk.keyboard.press("Backspace")
    desk.keyboard.type("el")
    assert chosen(desk) == ["ms", "el"]
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Space")
    assert len(chosen(desk)) == 3
    desk.locator("#notes").focus()
    desk.keyboard.press("Control+Enter")
    expect(desk).to_have_url(SAVED)
    links = CallLog.objects.latest("pk").reason_links.order_by("position").select_related("reason")
    assert [link.reason.mnemonic for link in links][:2] == ["ms", "el"]


def test_a_refusal_takes_one_to_the_field_and_keeps_the_words(desk: Page, site: str) -> None:
    desk.goto(f"{site}/new/?call_from=FedEx")
    desk.keyboard.type("el")
    desk.locator("#notes").fill("Water <b>everywhere</b>")
    desk.locator("#contacted").fill("soon")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#contacted")).to_be_focused()
    expect(desk.get_by_role("alert")).to_contain_text("Not saved yet")
    expect(desk.locator("#notes")).to_have_value("Water <b>everywhere</b>")
    assert chosen(desk) == ["el"]
    shoot(desk, "desk-refused")
    desk.locator("#contacted").fill("")
    desk.keyboard.press("Control+Enter")
    expect(desk).to_have_url(SAVED)


def test_b48_a_double_press_saves_one_call(desk: Page, site: str) -> None:
    calls = CallLog.objects.count()
    desk.goto(f"{site}/new/?call_from=FedEx")
    save = desk.get_by_role("button", name="Save Ctrl+Enter")
    save.dblclick()
    expect(desk).to_have_url(SAVED)
    assert CallLog.objects.count() == calls + 1


def test_b11_what_people_are_called_runs_nothing(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    home = Property.objects.create(
        organization=northgate.organization,
        name="Evil <img src=/stray onerror=alert(1)>",
        time_zone="America/New_York",
        instructions="<script>alert(1)</script><div hx-get='/stray' hx-trigger='load'>",
    )
    unit: Unit = make_unit(home, number="66", pets="<svg onload=alert(1)>")
    evil: Resident = make_resident(
        unit, first_name='<a hx-get="/stray" hx-trigger="load">', last_name='"><script>alert(1)'
    )
    make_phone(evil, raw="<img src=/stray onerror=alert(1)>", e164="")
    strays: list[str] = []
    page.on("request", lambda r: strays.append(r.url) if "stray" in r.url.split("?")[0] else None)
    sign_in(page, northgate.owner)
    page.goto(f"{site}/new/?resident={evil.pk}")
    box = page.locator("#onebox")
    for query in ("66 evil", "<img src=/stray onerror=alert(1)>"):
        box.fill(query)
        expect(page.locator("#choices[data-query]")).to_have_attribute("data-query", query)
        page.wait_for_timeout(200)
    faults = watch.taken()
    page.goto("about:blank")
    assert (strays, faults) == ([], [])


def test_the_box_understands_a_reason_too(desk: Page, northgate: Northgate) -> None:
    page, keys = desk, Keyboard(desk)
    keys.press("n")
    keys.type("12b maple leak")
    expect(page.locator("#choice-0")).to_contain_text("Active leak or burst preselected")
    keys.press("Enter")
    expect(page.locator("#call h1")).to_have_text("12B, Maple Court")
    assert chosen(page) == ["el"]
    page.locator("#notes").fill("Water everywhere")
    for line, place, reasons in (
        ("4c harbor lock", "4C, Harbor Row", ["el", "al"]),
        ("loud music", "4C, Harbor Row", ["el", "al", "cn"]),
    ):
        page.keyboard.press("Control+k")
        keys.type(line)
        expect(page.locator("#choice-0 mark, #choice-0[data-kind='reason']").first).to_be_visible()
        keys.press("Enter")
        expect(page.locator("[data-chosen] [data-mnemonic]")).to_have_count(len(reasons))
        expect(page.locator("#call h1")).to_have_text(place)
        assert chosen(page) == reasons
    expect(page.locator("#notes")).to_have_value("Water everywhere")
    page.locator("#call_from").fill("Neighbour")
    keys.press("Control+Enter")
    page.wait_for_url(SAVED)
