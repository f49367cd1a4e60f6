"""The live board follows what happens, and says so when it does not."""

import signal
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from callcenter.calls.models import HandledMissedCall
from callcenter.core.live import origin_of
from callcenter.properties.wallboards import create_wallboard, revoke_wallboard
from callcenter.telephony.models import PhoneCall, PhoneCallParty
from tests.browser.conftest import DESKTOP, SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.browser.pages import living_board
from tests.factories import make_party, make_phone_call, principal_again
from tests.stream.conftest import StreamProcess

pytestmark = pytest.mark.browser
LIVE = "import('/static/js/stream.js').then((m) => m.isLive())"


def test_the_board_follows_calls_and_clears_what_was_missed(
    page: Page,
    site: str,
    northgate: Northgate,
    sign_in: SignIn,
    stream: StreamProcess,
    watch: Watch,
) -> None:
    page.set_viewport_size(DESKTOP)
    url = site + living_board(northgate)
    sign_in(page, northgate.owner)
    page.goto(site)
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page).to_have_url(url)
    now, queue = page.locator("#live-now"), page.locator("#live-queue")
    expect(now.locator("tbody tr")).to_have_count(2 + 3)
    expect(now).to_contain_text("12B, Maple Court")
    expect(now).to_contain_text("On a call")
    expect(queue).to_contain_text("(917) 555-0126")
    expect(page.locator("#live-today")).to_contain_text("Chains running")
    page.wait_for_function(LIVE)
    shoot(page, "live")
    made = make_phone_call(northgate.organization, caller_raw="anonymous")
    expect(now).to_contain_text("withheld", timeout=4_000)
    PhoneCall.objects.filter(pk=made.pk).update(ended_at=timezone.now(), disposition=3)
    expect(now).not_to_contain_text("withheld", timeout=4_000)
    expect(now.locator("[data-live-age]").first).to_contain_text("s old")
    queue.get_by_role("checkbox").check()
    make_party(made, ended_at=timezone.now())  # read again meanwhile: what was chosen stays
    page.wait_for_timeout(2_500)
    expect(queue.get_by_role("checkbox")).to_be_checked()
    queue.locator("input[name='reason']").fill("Rang back")
    queue.get_by_role("button", name="Mark as handled").click()
    expect(queue).to_contain_text("Nobody waits to be rung back")
    assert HandledMissedCall.objects.get().reason == "Rang back"
    page.get_by_role("button", name="Undo").click()
    expect(queue).to_contain_text("(917) 555-0126")
    assert HandledMissedCall.objects.standing().count() == 0
    assert watch.taken() == []
    page.goto("about:blank")


def test_the_board_says_since_when_it_is_stale_and_comes_back(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, stream: StreamProcess
) -> None:
    page.set_viewport_size(DESKTOP)
    url = site + living_board(northgate)
    sign_in(page, northgate.owner)
    page.goto(url)
    page.wait_for_function(LIVE)
    now = page.locator("#live-now")
    page.route("**/live/**", lambda route: route.abort())  # the server is gone, and the stream
    stream.stop(signal.SIGKILL)
    expect(now.locator("[data-live-age]").first).to_contain_text("stale since", timeout=30_000)
    expect(now.locator("[data-live-silence]")).to_be_visible()
    shoot(page, "live-stale")
    PhoneCallParty.objects.update(ended_at=timezone.now())
    PhoneCall.objects.filter(ended_at=None).update(ended_at=timezone.now())
    page.unroute("**/live/**")
    stream.start()
    expect(now).to_contain_text("Nobody rings", timeout=30_000)
    expect(now.locator("[data-live-silence]")).to_be_hidden()
    page.goto("about:blank")


def test_a_screen_on_the_wall_follows_and_ends_with_its_token(
    page: Page, site: str, northgate: Northgate, stream: StreamProcess, watch: Watch
) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    living_board(northgate)
    owner = principal_again(northgate.owner)
    board, token = create_wallboard(name="Wall", actor=owner)
    page.goto(site + reverse("desk:tv", args=[token]))
    waiting = page.locator(".tv-box", has_text="Waiting").locator(".v")
    expect(waiting).to_have_text("1")
    page.wait_for_function(LIVE)
    make_phone_call(northgate.organization, published_at=timezone.now() - timedelta(seconds=3))
    expect(waiting).to_have_text("2", timeout=4_000)
    sizes = page.locator(".tv-box .v").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 120  # of 1,080: readable at 4 m on a screen of 40 inches
    shoot(page, "tv")
    assert origin_of(settings.STREAM_URL) == origin_of(stream.url)
    assert watch.taken() == []
    revoke_wallboard(wallboard_id=board.pk, actor=owner)
    expect(page.locator("[data-live-silence]")).to_be_visible(timeout=40_000)
    expect(waiting).to_be_hidden()
    shoot(page, "tv-silent")
    page.goto("about:blank")
