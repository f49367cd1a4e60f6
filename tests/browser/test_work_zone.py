"""The left zone refreshes itself, and the page of a call tells who else is there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from callcenter.calls.actions import append_comment
from callcenter.calls.callbacks import promise_callback
from callcenter.calls.models import CallLog, Presence
from callcenter.calls.values import Promise
from tests.browser.conftest import SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.factories import principal_again

pytestmark = pytest.mark.browser


def test_my_work_refreshes_without_taking_focus_cursor_or_the_login(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    actor = principal_again(northgate.owner)
    late = CallLog.objects.filter(pk=northgate.calls[8].pk)
    late.update(resolve_due_at=timezone.now() - timedelta(minutes=3))
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.owner)
    page.goto(site)
    page.keyboard.press("j")
    page.keyboard.press("j")
    cursor = page.locator("#work .cursor a")
    before = cursor.get_attribute("href")
    expect(page.locator("#work")).to_contain_text("3 min late")
    said = Promise(at=timezone.now() - timedelta(minutes=12), assignee_id=actor.user_id)
    promise_callback(call_log_id=northgate.calls[4].pk, promise=said, actor=actor)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.evaluate("htmx.trigger(document.querySelector('[data-work]'), 'refresh')")
    expect(page.locator("#work")).to_contain_text("12 min late")
    assert asked[0].headers["x-background"] == "1"
    expect(cursor).to_have_attribute("href", before or "")
    expect(cursor).to_be_focused()
    shoot(page, "my-work")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page).to_have_url(site + reverse("calls:unhandled"))
    shoot(page, "unhandled")
    page.goto(site + reverse("calls:due"))
    shoot(page, "due")
    assert watch.taken() == []


def test_the_page_of_a_call_tells_who_types_and_what_changed_and_keeps_the_text(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, watch: Watch
) -> None:
    log, other = northgate.calls[0], northgate.admin
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.owner)
    page.goto(site + reverse("calls:detail", args=[log.pk]))
    page.locator("#comment-text").fill("Half a sent")
    Presence.objects.create(
        organization=log.organization, call_log=log, user=other.user, typing="comment"
    )
    append_comment(call_log_id=log.pk, text="From Leo", actor=principal_again(other))
    page.evaluate("htmx.trigger(document.querySelector('[data-presence]'), 'beat')")
    here = page.locator("#presence")
    expect(here).to_contain_text("Leo Brandt types a comment")
    expect(here).to_contain_text("Changed by Leo Brandt at")
    expect(page.locator("#comment-text")).to_be_focused()
    expect(page.locator("#comment-text")).to_have_value("Half a sent")
    shoot(page, "presence")
    here.get_by_role("link", name="show").click()
    expect(page.locator(".timeline")).to_contain_text("From Leo")
    expect(page.locator("#comment-text")).to_have_value("Half a sent")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("The call is yours.")
    page.keyboard.press("z")
    expect(page.locator(".timeline")).to_contain_text("Undone.")
    log.refresh_from_db()
    assert log.assignee is None
    assert watch.taken() == []
    page.goto("about:blank")
