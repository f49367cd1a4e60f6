"""One stream for a browser, whatever its tabs; pages that follow it and manage without it."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import SignIn, Watch
from tests.browser.northgate import Northgate
from tests.factories import make_call_log, status_named
from tests.stream.conftest import StreamProcess

pytestmark = pytest.mark.browser


def open_call_of(northgate: Northgate, words: str) -> None:
    """One more open call, which belongs to the owner."""
    make_call_log(
        northgate.organization,
        call_from=words,
        property=northgate.calls[0].property,
        status=status_named(northgate.organization),
        assignee=northgate.owner.user,
        taken_by=northgate.owner.user,
    )


def counted(page: Page, seen: list[Request]) -> None:
    """Keep the requests for streams of a page."""

    def keep(request: Request) -> None:
        if "/stream/" in request.url:
            seen.append(request)

    page.on("request", keep)


def test_tabs_share_one_stream_and_all_read_again_what_changed(
    page: Page,
    site: str,
    northgate: Northgate,
    sign_in: SignIn,
    stream: StreamProcess,
    watch: Watch,
) -> None:
    streams: list[Request] = []
    counted(page, streams)
    sign_in(page, northgate.owner)
    page.goto(site)
    expect(page.locator("#work")).to_be_visible()
    other = page.context.new_page()
    counted(other, streams)
    other.goto(site)
    page.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
    other.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
    assert len(streams) == 1
    assert re.search(r"\?of=\d+\.\d+$", streams[0].url)
    open_call_of(northgate, "Told to all tabs")
    for tab in (page, other):
        tab.bring_to_front()
        expect(tab.locator("#work")).to_contain_text("Told to all tabs", timeout=8_000)
    page.close()  # the one that read the stream, or not: the other one reads it now
    other.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
    open_call_of(northgate, "Told to the last tab")
    expect(other.locator("#work")).to_contain_text("Told to the last tab", timeout=12_000)
    assert watch.taken() == []
    other.goto("about:blank")


def test_a_stream_that_ends_is_opened_again(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, stream: StreamProcess
) -> None:
    sign_in(page, northgate.owner)
    page.goto(site)
    page.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
    stream.stop()
    page.wait_for_function("import('/static/js/stream.js').then((m) => !m.isLive())")
    stream.start()
    page.wait_for_function("import('/static/js/stream.js').then((m) => m.isLive())")
    open_call_of(northgate, "After the gap")
    expect(page.locator("#work")).to_contain_text("After the gap", timeout=8_000)
    page.goto("about:blank")


def test_a_page_knows_of_a_stream_only_where_there_is_one(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn
) -> None:
    assert settings.STREAM_URL == ""
    streams: list[Request] = []
    counted(page, streams)
    sign_in(page, northgate.owner)
    page.goto(site)
    assert page.locator("body").get_attribute("data-stream") is None
    assert streams == []
    page.goto("about:blank")
