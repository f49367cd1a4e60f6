"""Files of a call in a real browser: chosen, dropped, pasted; never twice, never lost."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from callcenter.calls.models import Attachment, WaitingFile
from tests.browser.conftest import SignIn, Watch, shoot
from tests.browser.northgate import Northgate
from tests.calls.files import picture

pytestmark = pytest.mark.browser

# Puts made-up files where a hand or the clipboard would: (event, [[name, type, base64], ...]).
BRING = """([kind, files]) => {
  const data = new DataTransfer();
  for (const [name, type, text] of files)
    data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, {type}));
  const options = {bubbles: true, cancelable: true};
  const event = kind === 'paste' ? new ClipboardEvent(kind, {...options, clipboardData: data})
    : new DragEvent(kind, {...options, dataTransfer: data});
  (document.activeElement ?? document.body).dispatchEvent(event);
}"""
PNG = base64.b64encode(picture("PNG", (8, 8))).decode()
TEXT = base64.b64encode(b"drips").decode()


@pytest.fixture
def call(
    page: Page,
    site: str,
    northgate: Northgate,
    sign_in: SignIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    """The page of a call, for somebody who sees the whole company."""
    monkeypatch.setattr(settings, "ATTACHMENT_DIRECTORY", tmp_path / "attachments")
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, northgate.admin)
    page.goto(f"{site}/calls/{northgate.calls[0].pk}/")
    yield page
    page.close()  # no request is under way when the database goes


def names(page: Page) -> list[str]:
    """The files that the page shows."""
    return page.locator("#files .file-name").all_inner_texts()


def test_files_come_by_choice_drop_and_paste_and_the_typed_comment_stays(
    call: Page, watch: Watch, tmp_path: Path
) -> None:
    (tmp_path / "ceiling.jpg").write_bytes(picture())
    (tmp_path / "plan.png").write_bytes(picture("PNG", color="teal"))
    call.keyboard.press("c")
    call.keyboard.type("Ray says the valve")
    call.get_by_role("radio", name="Shareable").check()
    call.locator("#files-input").set_input_files([tmp_path / "ceiling.jpg", tmp_path / "plan.png"])
    expect(call.locator("#files .file")).to_have_count(2)
    expect(call.locator("#announce")).to_contain_text("plan.png")
    call.evaluate(BRING, ["drop", [["note.txt", "text/plain", TEXT]]])
    expect(call.locator("#files .file")).to_have_count(3)
    call.evaluate(BRING, ["paste", [["image.png", "image/png", PNG]]])
    expect(call.locator("#files .file")).to_have_count(4)
    assert names(call)[:3] == ["ceiling.jpg", "plan.png", "note.txt"]
    assert re.fullmatch(r"pasted \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png", names(call)[3])
    expect(call.locator("#comment-text")).to_have_value("Ray says the valve")
    assert call.locator("input[name=visibility]:checked").input_value() == "shareable"
    expect(call.locator(".timeline")).to_contain_text("attached a file")
    shoot(call, "files")
    with call.expect_download() as download:
        call.locator("#files .file-view").first.click()
    assert download.value.suggested_filename == "ceiling.jpg"
    assert Path(download.value.path()).read_bytes() == picture()
    assert Attachment.objects.count() == 4
    assert watch.taken() == []


def test_a_refused_file_says_why_beside_it_and_the_others_are_attached(
    call: Page, tmp_path: Path
) -> None:
    (tmp_path / "run.pdf").write_bytes(b"MZ\x90\0" + bytes(100))
    (tmp_path / "note.txt").write_bytes(b"drips")
    (tmp_path / "huge.txt").write_bytes(b"x" * (settings.ATTACHMENT_MAX_BYTES + 1))
    chosen = [tmp_path / name for name in ("huge.txt", "run.pdf", "note.txt")]
    call.locator("#files-input").set_input_files(chosen)
    expect(call.locator("#files .file")).to_have_count(1)
    stays = call.locator("[data-files-queue] li")
    expect(stays).to_have_count(2)
    expect(stays.nth(0)).to_contain_text("larger than 25.0 MB")
    expect(stays.nth(1)).to_contain_text("was not taken")
    shoot(call, "files-refused")
    stays.nth(1).get_by_role("button", name="Remove").click()
    stays.nth(0).get_by_role("button", name="Remove").click()
    expect(call.locator("#files-input")).to_be_focused()
    assert names(call) == ["note.txt"]


def test_b46_a_file_whose_answer_was_lost_is_sent_again_and_attached_once(call: Page) -> None:
    fates = ["request", "answer", "none"]  # what gets lost

    def unreliable(route: Route) -> None:
        fate = fates.pop(0)
        if fate == "answer":
            route.fetch()
        if fate == "none":
            route.continue_()
        else:
            route.abort()

    call.route("**/attach/", unreliable)
    call.evaluate(BRING, ["drop", [["note.txt", "text/plain", TEXT]]])
    line = call.locator("[data-files-queue] li")
    expect(line).to_contain_text("No connection")
    assert Attachment.objects.count() == 0
    line.get_by_role("button", name="Try again").click()
    expect(line).to_contain_text("No connection")
    assert Attachment.objects.count() == 1
    line.get_by_role("button", name="Try again").click()
    expect(call.locator("#files .file")).to_have_count(1)
    expect(line).to_have_count(0)
    assert Attachment.objects.count() == 1


def test_files_of_a_call_that_is_being_logged_outlive_a_crash_and_a_refusal(
    page: Page, site: str, northgate: Northgate, sign_in: SignIn, tmp_path: Path
) -> None:
    (tmp_path / "ceiling.jpg").write_bytes(picture())
    sign_in(page, northgate.admin)
    page.goto(f"{site}/new/")
    page.locator("#files-input").set_input_files(tmp_path / "ceiling.jpg")
    expect(page.locator("[data-files-queue] li")).to_contain_text("KB")
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        page.get_by_label("Subject").fill("Water")
    after = page.context.new_page()
    page.close(run_before_unload=False)  # as a crash would
    after.goto(f"{site}/new/")
    asked = after.get_by_text("You were logging another call")
    expect(asked).to_contain_text("Water")
    assert WaitingFile.objects.get().stored_as not in asked.inner_text()
    after.get_by_role("button", name="Go on").click()
    kept = after.locator("[data-files-queue] li")
    expect(kept).to_contain_text("ceiling.jpg")
    after.evaluate(BRING, ["drop", [["wrong.txt", "text/plain", TEXT]]])
    expect(kept).to_have_count(2)
    expect(kept.nth(1)).to_contain_text("5 bytes")
    kept.nth(1).get_by_role("button", name="Remove").click()
    after.keyboard.press("Control+Enter")  # nobody is named yet: refused
    expect(after.get_by_text("Say who called.")).to_be_visible()
    expect(kept).to_have_count(1)
    expect(kept).to_contain_text("ceiling.jpg")
    shoot(after, "files-of-a-new-call")
    after.get_by_label("Call from").fill("FedEx driver")
    after.evaluate(BRING, ["drop", [["note.txt", "text/plain", TEXT]]])
    after.keyboard.press("Control+Enter")  # waits for the file that is under way
    after.wait_for_url(re.compile(r"/desk/\d+/$"))
    expect(after.locator("#files .file-name")).to_have_text(["ceiling.jpg", "note.txt"])
    assert WaitingFile.objects.count() == 0
    after.close()
