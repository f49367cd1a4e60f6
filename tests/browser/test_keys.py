"""The keyboard map: what a key presses, and when it is only a letter (users.md 6.3)."""

import pytest
from playwright.sync_api import expect

from tests.browser.stage import ORIGIN, Stage

pytestmark = pytest.mark.browser

PAGE = """
<a href="/calls/" data-key="g l">Calls</a> <a href="/imports/" data-key="g i">Imports</a>
<button type="button" data-key="c">Comment <kbd class="key">c</kbd></button>
<button type="button" data-key="q" hidden>Hidden</button>
<button type="button" data-key="w" disabled>Disabled</button>
<label for="box">Find anything</label>
<input id="box" type="search" data-key="/, Mod+k" value="12b">
<form method="get" action="/saved/">
  <label>Note <textarea name="note" id="note"></textarea></label>
  <button data-key="Mod+Enter" name="go" value="save">Save</button>
  <button data-key="Mod+Shift+Enter" name="go" value="next">Save and next</button></form>
<form method="get" action="/other/"><label>Else <textarea id="other"></textarea></label>
  <button data-key="Mod+Enter">Send</button></form>
<table><tbody data-rows><tr><td><a href="/calls/1/">One</a></td></tr>
<tr><td><a href="/calls/2/">Two</a></td></tr></tbody></table>
"""
COUNT = """() => { window.clicks = 0;
  document.querySelectorAll('button[type=button]').forEach(
    b => b.addEventListener('click', () => { window.clicks += 1; })) }"""


@pytest.fixture
def keys(stage: Stage) -> Stage:
    stage.show(PAGE)
    stage.page.evaluate(COUNT)
    return stage


def clicks(stage: Stage) -> int:
    return int(stage.page.evaluate("window.clicks"))


def test_a_letter_presses_its_button_outside_fields_only(keys: Stage) -> None:
    keys.page.keyboard.press("c")
    assert clicks(keys) == 1
    keys.page.focus("#note")
    keys.page.keyboard.type("cost")
    assert clicks(keys) == 1
    expect(keys.page.locator("#note")).to_have_value("cost")


def test_hidden_and_disabled_elements_have_no_keys(keys: Stage) -> None:
    keys.page.keyboard.press("q")
    keys.page.keyboard.press("w")
    assert clicks(keys) == 0


@pytest.mark.parametrize("chord", ["Control+c", "Alt+c", "Meta+c"])
def test_a_letter_with_a_modifier_belongs_to_the_browser(keys: Stage, chord: str) -> None:
    keys.page.keyboard.press(chord)
    assert clicks(keys) == 0


@pytest.mark.parametrize(
    "event",
    [
        "{key: 'c', isComposing: true}",
        "{key: 'c', keyCode: 229}",
        "{key: 'c', modifierAltGraph: true}",
        "{key: 'Dead'}",
        "{key: 'c', repeat: true}",
    ],
)
def test_composed_and_repeated_characters_are_text(keys: Stage, event: str) -> None:
    keys.page.evaluate(
        f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, ...{event}}}))"
    )
    assert clicks(keys) == 0


def test_two_keys_go_somewhere(keys: Stage) -> None:
    keys.page.keyboard.press("g")
    keys.page.keyboard.press("l")
    keys.page.wait_for_url(f"{ORIGIN}/calls/")


def test_the_second_key_of_a_sequence_is_never_a_key_of_its_own(keys: Stage) -> None:
    keys.page.keyboard.press("g")
    keys.page.keyboard.press("c")
    assert clicks(keys) == 0
    keys.page.keyboard.press("c")
    assert clicks(keys) == 1


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_the_box_is_reached_from_anywhere_and_its_text_selected(keys: Stage, key: str) -> None:
    keys.page.keyboard.press(key)
    expect(keys.page.locator("#box")).to_be_focused()
    assert keys.page.evaluate("getSelection().toString()") == "12b"


def test_escape_leaves_the_field_and_keeps_its_text(keys: Stage) -> None:
    keys.page.focus("#box")
    keys.page.keyboard.press("Escape")
    expect(keys.page.locator("#box")).to_have_value("12b")
    expect(keys.page.locator("#box")).not_to_be_focused()


@pytest.mark.parametrize(
    ("field", "chord", "goes_to"),
    [
        ("#note", "Control+Enter", "/saved/?note=&go=save"),
        ("#note", "Control+Shift+Enter", "/saved/?note=&go=next"),
        ("#other", "Control+Enter", "/other/?"),
    ],
)
def test_mod_enter_sends_the_form_one_writes_in(
    keys: Stage, field: str, chord: str, goes_to: str
) -> None:
    keys.page.focus(field)
    keys.page.keyboard.press(chord)
    keys.page.wait_for_url(f"{ORIGIN}{goes_to}")


def test_mod_enter_outside_forms_sends_nothing_when_there_are_two(keys: Stage) -> None:
    keys.page.keyboard.press("Control+Enter")
    keys.page.wait_for_timeout(100)
    assert keys.page.url == f"{ORIGIN}/"


def test_rows_are_walked_and_opened(keys: Stage) -> None:
    for key in "jjjk":
        keys.page.keyboard.press(key)
    expect(keys.page.locator("tr.cursor")).to_have_text("One")
    keys.page.keyboard.press("Enter")
    keys.page.wait_for_url(f"{ORIGIN}/calls/1/")


def test_the_sheet_lists_the_keys_valid_here(keys: Stage) -> None:
    keys.page.keyboard.press("?")
    sheet = keys.page.locator("#keys")
    expect(sheet).to_be_visible()
    lines = sheet.locator("li:visible").all_inner_texts()
    said = [" ".join(line.split()) for line in lines]
    assert "Comment c" in said
    assert "Find anything / Ctrl+k" in said
    assert "Calls g l" in said
    assert "Down and up in the rows j k" in said
    assert not any("Hidden" in line or "Disabled" in line for line in said)
    keys.page.keyboard.press("c")
    assert clicks(keys) == 0
    keys.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_single_keys_can_be_switched_off(stage: Stage) -> None:
    stage.show(PAGE, attributes=' data-single-keys="off"')
    stage.page.evaluate(COUNT)
    for key in ["c", "?", "j", "g", "l", "/"]:
        stage.page.keyboard.press(key)
    assert clicks(stage) == 0
    expect(stage.page.locator("#keys")).to_be_hidden()
    stage.page.keyboard.press("Control+k")
    expect(stage.page.locator("#box")).to_be_focused()
