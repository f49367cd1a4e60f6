"""The telephone rings: the call is in the centre, and three keys later it is logged."""

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from callcenter.calls.models import CallLog
from callcenter.telephony.upstreams import renew_secret
from tests.browser.conftest import DESKTOP, PHONE, SignIn, Watch, shoot
from tests.browser.keyboard import Keyboard
from tests.browser.northgate import Northgate
from tests.conftest import WorkerProcess
from tests.factories import make_extension, make_upstream, principal_again
from tests.stream.conftest import StreamProcess

pytestmark = [pytest.mark.browser, pytest.mark.worker]

POPPED = 3  # reason, Tab, save
POPPED_WHILE_TYPING = 4  # Ctrl+. first
# The pause before the form takes the focus (PAUSE_MS), too short to press a key in it for certain.
LONG_PAUSE = """() => {
    const soon = window.setTimeout;
    window.setTimeout = (task, ms, ...more) => soon(task, ms === 250 ? 20_000 : ms, ...more);
}"""
ANA, STRANGER, WITHHELD = "+12125550143", "+13475550199", "anonymous"


@dataclass
class Switchboard:
    """A telephone system that pushes events to the site, about an extension of the admin."""

    address: str
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ring(self, caller: str) -> str:
        """Let it ring; the id of the call."""
        call = f"call-{next(self.ids)}"
        self.push("dial-in", call, CallerIDNum=caller)
        return call

    def push(self, kind: str, call: str, **more: str) -> None:
        """One event, acknowledged."""
        told = {"CallID": call, "CallFlow": "IN", "CalledExtension": "0003*210"} | more
        with urlopen(f"{self.address}/{kind}?{urlencode(told)}", timeout=10) as answer:  # noqa: S310
            assert answer.status == 200


@pytest.fixture
def switchboard(
    site: str, northgate: Northgate, worker: WorkerProcess, stream: StreamProcess
) -> Switchboard:
    """Whole: receiver, worker, stream; the worker has come up."""
    company = northgate.organization
    home = northgate.properties["Maple Court"]
    make_extension(company, "0003*210", user=northgate.admin.user, property=home)
    upstream = make_upstream(company)
    secret = renew_secret(upstream_id=upstream.pk, actor=principal_again(northgate.owner))
    return Switchboard(f"{site}/events/voipnow/{secret}")


@pytest.fixture
def desk(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, switchboard: Switchboard
) -> Iterator[Page]:
    """The desk of the admin, which follows the stream."""
    page.set_viewport_size(DESKTOP)
    sign_in(page, northgate.admin)
    page.goto(site)
    page.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
    yield page
    page.goto("about:blank")


def logged(desk: Page, keys: Keyboard, note: str) -> CallLog:
    """What rings, written down from the reason on: a leak with this note."""
    keys.reason("el")
    keys.press("Tab")
    keys.type(note)
    keys.press("Control+Enter")
    expect(desk.locator(".saved")).to_be_visible()
    return last_call()


def last_call() -> CallLog:
    return CallLog.objects.latest("pk")


def test_a_call_that_rings_is_logged_in_three_keys(
    desk: Page, switchboard: Switchboard, watch: Watch
) -> None:
    call = switchboard.ring(ANA)
    expect(desk.locator("#reason")).to_be_focused(timeout=30_000)  # the worker may just start
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")
    expect(desk.locator("#memory")).to_contain_text("Ana de la Cruz")
    expect(desk.locator("#pop [data-pop]")).to_be_hidden()
    switchboard.push("answer", call)
    keys = Keyboard(desk)
    log = logged(desk, keys, "Water through the ceiling")
    assert log.phone_call is not None
    assert log.phone_call.external_id == call
    assert (log.call_from, log.notes) == ("Ana de la Cruz", "Water through the ceiling")
    assert keys.commands <= POPPED
    expect(desk.locator("#pop [data-pop]")).to_have_count(0)

    for caller, name in ((STRANGER, "Unknown caller"), (WITHHELD, "Withheld number")):
        switchboard.push("hangup", call, CallStatus="ANSWER")
        call = switchboard.ring(caller)
        expect(desk.locator("#place")).to_contain_text("Maple Court")
        expect(desk.locator("#call_from")).to_have_value(name)
        expect(desk.locator("#reason")).to_be_focused()
        switchboard.push("answer", call)
        keys = Keyboard(desk)
        keys.reason("ov")
        keys.press("Tab")
        keys.type("At the gate")
        keys.press("Control+Enter")
        expect(desk.locator(".saved")).to_be_visible()
        log = last_call()
        assert log.phone_call is not None
        assert (log.phone_call.external_id, log.call_from) == (call, name)
        assert keys.commands <= POPPED
    assert watch.taken() == []


def test_focus_and_words_stay_while_somebody_types(desk: Page, switchboard: Switchboard) -> None:
    desk.keyboard.press("/")
    desk.keyboard.type("harbor")
    call = switchboard.ring(ANA)
    pop = desk.locator("#pop")
    for word in (" row", " and", " more"):  # rings, is read again, and rings on
        desk.keyboard.type(word, delay=120)
        expect(pop).to_contain_text("Ana de la Cruz", timeout=30_000)
        time.sleep(0.8)
        expect(desk.locator("#onebox")).to_be_focused()
    expect(desk.locator("#onebox")).to_have_value("harbor row and more")
    expect(pop).to_contain_text("Ringing")
    shoot(desk, "pop-while-typing")
    switchboard.push("answer", call)
    expect(pop).to_contain_text("On the line")
    expect(desk.locator("#onebox")).to_be_focused()
    keys = Keyboard(desk)
    keys.press("Control+.")
    expect(desk.locator("#reason")).to_be_focused()
    keys.reason("el")
    keys.press("Tab")
    keys.type("Dripping")
    keys.press("Control+Enter")
    expect(desk.locator(".saved")).to_be_visible()
    log = last_call()
    assert log.phone_call is not None
    assert (log.call_from, keys.commands) == ("Ana de la Cruz", POPPED_WHILE_TYPING)


def test_a_form_with_words_is_never_taken_away_and_enter_takes_the_call(
    desk: Page, switchboard: Switchboard, northgate: Northgate
) -> None:
    desk.keyboard.press("n")
    desk.keyboard.type("price harbor", delay=15)
    desk.keyboard.press("Enter")
    expect(desk.locator("#reason")).to_be_focused()
    desk.keyboard.press("Tab")
    desk.keyboard.type("A note that is not saved", delay=15)
    switchboard.ring(ANA)
    expect(desk.locator("#pop")).to_contain_text("12B, Maple Court", timeout=30_000)
    time.sleep(1.5)
    expect(desk.locator("#notes")).to_be_focused()
    expect(desk.locator("#notes")).to_have_value("A note that is not saved")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#centre")).to_contain_text("A note that is not saved")
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")  # now that it is saved


def waits_as_a_card(desk: Page, site: str) -> None:
    """The search has the keys, the call that rings is a card, and what stood there is back."""
    expect(desk.locator("#onebox")).to_be_focused()
    expect(desk.locator("#pop [data-pop]")).to_contain_text("12B, Maple Court")
    expect(desk.locator("#centre")).to_contain_text("Nobody on the line")
    expect(desk.locator("#memory")).not_to_contain_text("Ana de la Cruz")
    expect(desk).to_have_url(f"{site}/")
    expect(desk).to_have_title(re.compile("Desk"))


def test_a_key_just_after_it_opened_is_a_key_of_the_desk(
    desk: Page, site: str, switchboard: Switchboard, watch: Watch
) -> None:
    desk.evaluate(LONG_PAUSE)
    call = switchboard.ring(ANA)
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court", timeout=30_000)
    expect(desk.locator("#memory")).to_contain_text("Ana de la Cruz")
    expect(desk.locator("#reason")).not_to_be_focused()
    desk.keyboard.press("n")
    desk.keyboard.type("price harbor", delay=15)
    waits_as_a_card(desk, site)
    desk.keyboard.press("Enter")
    expect(desk.locator("#place")).to_contain_text("Harbor")
    expect(desk.locator("#reason")).to_be_focused()
    log = logged(desk, Keyboard(desk), "Something else")
    assert (log.phone_call, log.property and log.property.name) == (None, "Harbor Row")

    expect(desk.locator("#pop [data-pop]")).to_be_visible()  # it is not opened a second time
    desk.keyboard.press("Enter")
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")
    log = logged(desk, Keyboard(desk), "Dripping")
    assert log.phone_call is not None
    assert (log.phone_call.external_id, log.call_from) == (call, "Ana de la Cruz")
    assert watch.taken() == []


def test_enter_just_after_it_opened_takes_it(desk: Page, switchboard: Switchboard) -> None:
    desk.evaluate(LONG_PAUSE)
    switchboard.ring(ANA)
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court", timeout=30_000)
    desk.keyboard.press("Enter")
    expect(desk.locator("#reason")).to_be_focused()
    assert logged(desk, Keyboard(desk), "Dripping").phone_call is not None


def test_a_key_while_it_opens_is_a_key_of_the_desk(
    desk: Page, site: str, switchboard: Switchboard
) -> None:
    on_their_way: list[Route] = []
    desk.route(re.compile("phone_call="), lambda route: on_their_way.append(route))
    with desk.expect_request(re.compile("phone_call="), timeout=30_000):
        switchboard.ring(ANA)
    desk.keyboard.press("/")
    with desk.expect_response(re.compile("phone_call=")):
        for route in on_their_way:
            route.continue_()
    time.sleep(0.5)
    waits_as_a_card(desk, site)


@pytest.mark.parametrize("view", ["calls:list", "calls:unit"])
def test_it_shows_on_other_pages_and_enter_leads_to_the_form(
    desk: Page, site: str, switchboard: Switchboard, northgate: Northgate, watch: Watch, view: str
) -> None:
    of = [northgate.units["12B, Maple Court"].pk] if view == "calls:unit" else []
    desk.goto(site + reverse(view, args=of))
    desk.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
    desk.keyboard.press("/")
    desk.keyboard.type("harb")
    call = switchboard.ring(ANA)
    pop = desk.locator("#pop")
    expect(pop).to_contain_text("12B, Maple Court", timeout=30_000)
    expect(desk.locator("#pop-told")).to_contain_text("Ringing")
    time.sleep(0.8)
    expect(desk.locator("#onebox")).to_be_focused()
    desk.keyboard.type("or")
    expect(desk.locator("#onebox")).to_have_value("harbor")
    shoot(desk, f"pop-{view.replace(':', '-')}")
    switchboard.push("answer", call)
    expect(pop).to_contain_text("On the line")
    desk.set_viewport_size(PHONE)
    shoot(desk, f"pop-{view.replace(':', '-')}-narrow")
    desk.set_viewport_size(DESKTOP)
    desk.locator("#onebox").fill("")
    desk.keyboard.press("Escape")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/new/\?.*phone_call="))
    expect(desk.locator("#place")).to_contain_text("12B, Maple Court")
    expect(desk.locator("#memory")).to_contain_text("Ana de la Cruz")
    desk.wait_for_load_state()
    log = logged(desk, Keyboard(desk), "Dripping")
    assert log.phone_call is not None
    assert (log.phone_call.external_id, log.call_from) == (call, "Ana de la Cruz")
    assert watch.taken() == []


def test_what_somebody_wrote_on_another_page_is_kept_when_the_call_is_taken(
    desk: Page, site: str, switchboard: Switchboard, northgate: Northgate
) -> None:
    desk.goto(site + reverse("calls:detail", args=[northgate.calls[0].pk]))
    desk.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
    note = desk.locator("textarea[name=text]").first
    note.fill("Half a sentence")
    switchboard.ring(ANA)
    expect(desk.locator("#pop")).to_contain_text("Ana de la Cruz", timeout=30_000)
    expect(note).to_be_focused()
    desk.keyboard.press("Control+.")
    desk.wait_for_url(re.compile(r"/new/\?.*phone_call="))
    desk.go_back()
    expect(desk.locator("textarea[name=text]").first).to_have_value("Half a sentence")


def test_what_opened_by_itself_goes_when_somebody_else_took_the_call(
    desk: Page, switchboard: Switchboard
) -> None:
    call = switchboard.ring(STRANGER)
    expect(desk.locator("#call_from")).to_have_value("Unknown caller", timeout=30_000)
    switchboard.push("hangup", call, CallStatus="NO ANSWER")
    expect(desk.locator("#centre")).to_contain_text("Nobody on the line")
    expect(desk.locator("#pop [data-pop]")).to_have_count(0)
