"""One effect per press, no text lost, refusals where they belong (B-45, B-48, users.md 6.5)."""

from typing import Any

import pytest
from playwright.sync_api import Dialog, Request, expect

from tests.browser.stage import ORIGIN, Stage

pytestmark = pytest.mark.browser

FORM = """
<form method="post" action="/save/" id="part" hx-post="/save/" hx-target="this"
 hx-swap="outerHTML">
<label>Comment <textarea name="text" id="text"></textarea></label>
<button class="btn">Add <kbd class="key">Ctrl+Enter</kbd></button></form>"""
PLAIN = FORM.replace('hx-post="/save/"', "")
REFUSED = """
<form method="post" action="/save/" id="part" hx-post="/save/" hx-target="this"
 hx-swap="outerHTML">
<label>Comment <textarea name="text" id="text" aria-invalid="true">as typed</textarea></label>
<p class="error" role="alert">Too long</p><button class="btn">Add</button></form>"""


def answer(status: int, body: str = "", **headers: str) -> Any:
    return lambda _: {
        "status": status,
        "body": body,
        "content_type": "text/html; charset=utf-8",
        "headers": headers,
    }


def write(stage: Stage, text: str = "Plumber rung") -> None:
    stage.page.fill("#text", text)


@pytest.mark.parametrize("form", [FORM, PLAIN], ids=["htmx", "plain"])
def test_b48_a_double_click_sends_once(stage: Stage, form: str) -> None:
    stage.show(form)
    stage.answers["/save/"] = answer(200, "<p id='part' role='status'>Saved 14:02:07</p>")
    write(stage)
    stage.page.evaluate(
        "document.querySelector('button').click()||document.querySelector('button').click()"
    )
    expect(stage.page.locator("[role=status]").first).to_contain_text("Saved")
    assert stage.sent("/save/") == 1


def test_the_button_says_that_it_waits_and_keeps_its_width(stage: Stage) -> None:
    stage.show(FORM)
    held: list[Any] = []
    stage.page.route(f"{ORIGIN}/save/", lambda route: held.append(route))
    write(stage)
    button = stage.page.locator("#part button")
    before = button.bounding_box()
    button.click()
    expect(button).to_have_text("saving…")
    expect(button).to_be_disabled()
    assert button.bounding_box() == before
    held[0].fulfill(status=500, body="")
    expect(button).to_have_text("Add Ctrl+Enter")
    expect(button).to_be_enabled()


def test_a_lost_connection_is_said_and_the_text_stays(stage: Stage) -> None:
    stage.show(FORM)
    stage.page.route(f"{ORIGIN}/save/", lambda route: route.abort())
    write(stage)
    stage.page.click("#part button")
    expect(stage.page.get_by_role("alert")).to_contain_text("Your text is still here")
    expect(stage.page.locator("#text")).to_have_value("Plumber rung")
    stage.page.unroute(f"{ORIGIN}/save/")
    stage.answers["/save/"] = answer(200, "<p id='part' role='status'>Saved</p>")
    stage.page.click("#part button")
    expect(stage.page.locator("#part")).to_have_text("Saved")
    expect(stage.page.get_by_role("alert")).to_have_count(0)


def test_a_session_that_is_over_is_said_and_the_text_stays(stage: Stage) -> None:
    stage.show(FORM)
    stage.answers["/save/"] = answer(401, **{"HX-Redirect": "/accounts/login/"})
    write(stage)
    stage.page.click("#part button")
    expect(stage.page.get_by_role("alert")).to_contain_text("session is over")
    expect(stage.page.locator("#text")).to_have_value("Plumber rung")


def test_a_session_that_is_over_leads_to_the_login_when_nothing_was_typed(stage: Stage) -> None:
    stage.show(FORM)
    stage.answers["/save/"] = answer(401, **{"HX-Redirect": "/accounts/login/"})
    stage.page.click("#part button")
    stage.page.wait_for_url(f"{ORIGIN}/accounts/login/")


def test_a_form_from_before_signing_in_again_works_the_second_time(stage: Stage) -> None:
    token = "<input type='hidden' name='csrfmiddlewaretoken' value='old'>"
    stage.show(FORM.replace("<label>", token + "<label>"))
    words = "<p role='alert' data-refusal data-token='new'>Send it once more</p>"
    stage.answers["/save/"] = answer(403, words)
    write(stage)
    stage.page.click("#part button")
    expect(stage.page.get_by_role("alert")).to_have_text("Send it once more")
    with stage.page.expect_request(f"{ORIGIN}/save/") as sent:
        stage.page.click("#part button")
    assert sent.value.post_data == "csrfmiddlewaretoken=new&text=Plumber%20rung"
    assert sent.value.headers["x-csrftoken"] == "new"


def test_the_sign_in_page_is_never_swapped_into_a_form(stage: Stage) -> None:
    stage.show(FORM)
    stage.answers["/save/"] = answer(200, "<form id='part'>Sign in</form>")
    stage.page.evaluate(
        """document.addEventListener('htmx:beforeSwap', (event) =>
             Object.defineProperty(event.detail.xhr, 'responseURL',
               {value: location.origin + '/accounts/login/'}), true)"""
    )  # as after a redirect, which a stage cannot answer with
    write(stage)
    stage.page.click("#part button")
    expect(stage.page.get_by_role("alert")).to_contain_text("session is over")
    expect(stage.page.locator("#text")).to_have_value("Plumber rung")


def test_a_servers_refusal_is_shown_above_the_page(stage: Stage) -> None:
    stage.show(FORM)
    words = "<div class='notice flash' role='alert' data-refusal>Not allowed. Request abc</div>"
    stage.answers["/save/"] = answer(403, words)
    write(stage)
    stage.page.click("#part button")
    expect(stage.page.get_by_role("alert")).to_have_text("Not allowed. Request abc")
    expect(stage.page.locator("#text")).to_have_value("Plumber rung")


@pytest.mark.parametrize("status", [409, 422])
def test_a_refusal_that_no_view_placed_never_replaces_the_form(stage: Stage, status: int) -> None:
    stage.show(FORM)
    stage.answers["/save/"] = answer(status, "<p role='alert' data-refusal>Changed meanwhile</p>")
    write(stage)
    stage.page.click("#part button")
    expect(stage.page.get_by_role("alert")).to_have_text("Changed meanwhile")
    expect(stage.page.locator("#text")).to_have_value("Plumber rung")


def test_the_first_wrong_field_gets_the_focus_and_the_form_works_again(stage: Stage) -> None:
    stage.show(FORM)
    stage.answers["/save/"] = answer(422, REFUSED)
    write(stage)
    stage.page.click("#part button")
    expect(stage.page.locator("#text")).to_be_focused()
    expect(stage.page.locator("#text")).to_have_value("as typed")
    stage.page.click("#part button")
    stage.page.wait_for_timeout(100)
    assert stage.sent("/save/") == 2


def test_what_was_saved_is_announced(stage: Stage) -> None:
    stage.show(FORM)
    stage.answers["/save/"] = answer(200, "<p id='part' role='status'>Saved 14:02:07</p>")
    write(stage)
    stage.page.click("#part button")
    expect(stage.page.locator("#announce")).to_have_text("Saved 14:02:07")


def leave(stage: Stage) -> list[str]:
    asked: list[str] = []

    def go(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    stage.page.on("dialog", go)
    stage.page.evaluate("location.href = '/elsewhere/'")
    stage.page.wait_for_url(f"{ORIGIN}/elsewhere/")
    return asked


def test_leaving_a_form_with_unsaved_text_asks_first(stage: Stage) -> None:
    stage.show(FORM)
    stage.page.click("#text")
    stage.page.keyboard.type("half a sentence")
    assert leave(stage) == ["beforeunload"]


def test_leaving_after_saving_or_without_typing_asks_nothing(stage: Stage) -> None:
    stage.show(FORM + "<p id='out'></p>")
    stage.answers["/save/"] = answer(200, FORM)
    stage.page.click("#text")
    stage.page.keyboard.type("a sentence")
    with stage.page.expect_response(f"{ORIGIN}/save/"):
        stage.page.click("#part button")
    expect(stage.page.locator("#text")).to_have_value("")
    assert leave(stage) == []


def test_a_plain_post_sends_the_pressed_buttons_name(stage: Stage) -> None:
    stage.show(PLAIN.replace("<button", "<button name='next' value='yes'"))
    posted: list[str | None] = []

    def saved(request: Request) -> dict[str, Any]:
        posted.append(request.post_data)
        return {"status": 200, "body": "ok", "content_type": "text/html"}

    stage.answers["/save/"] = saved
    write(stage)
    stage.page.click("#part button")
    stage.page.wait_for_url(f"{ORIGIN}/save/")
    assert posted == ["text=Plumber+rung&next=yes"]


def test_times_stay_true_while_the_page_is_open(stage: Stage) -> None:
    stage.page.clock.install(time="2026-11-17T10:00:30Z")
    stage.show('<time datetime="2026-11-17T10:00:00Z" data-relative>just now</time>')
    time = stage.page.locator("time")
    stage.page.clock.run_for(3 * 60_000)
    expect(time).to_have_text("3 min ago")
    stage.page.clock.run_for(2 * 3_600_000)
    expect(time).to_have_text("2 h ago")
