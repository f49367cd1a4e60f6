"""Whatever people type is shown as text and never acts (B-11)."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Request

from callcenter.calls.actions import append_comment, log_call
from callcenter.calls.models import CallLog
from callcenter.calls.values import NewCall
from callcenter.properties.models import Property, Unit
from tests.browser.conftest import SignIn, Watch
from tests.browser.northgate import Northgate
from tests.browser.payloads import HOST, PAYLOADS
from tests.factories import make_property, make_resident, make_unit, principal_again

pytestmark = pytest.mark.browser

# Elements that act and came from a text: handlers, foreign addresses, parts that pages never have.
ACTING = f"""() => [...document.querySelectorAll('*')].filter((element) =>
  [...element.attributes].some(({{name, value}}) => name.startsWith('on')
    || /^(data-)?hx-on/.test(name)
    || (value.includes('{HOST}') && !['value', 'title', 'content', 'aria-label'].includes(name)))
  || element.matches('iframe, object, embed, base, video, body style, body script, body link')
).map((element) => element.outerHTML.slice(0, 200))"""


def spread(northgate: Northgate) -> tuple[Property, Unit, CallLog]:
    """Put every payload into a name, a subject, notes and a comment."""
    actor = principal_again(northgate.owner)
    home = make_property(northgate.organization, name=PAYLOADS[0], instructions="\n".join(PAYLOADS))
    unit = make_unit(
        home,
        number="66",
        building=PAYLOADS[1][:60],
        instructions="\n".join(PAYLOADS),
        pets=PAYLOADS[2],
    )
    for payload in PAYLOADS:
        resident = make_resident(unit, first_name=payload[:100], last_name="Payload")
        log = log_call(
            call=NewCall(
                property_id=home.pk,
                unit_id=unit.pk,
                resident_id=resident.pk,
                subject=payload,
                notes="\n".join(PAYLOADS),
            ),
            actor=actor,
        )
    for payload in PAYLOADS:
        append_comment(call_log_id=log.pk, text=payload, actor=actor)
    return home, unit, log


def addresses(unit: Unit, log: CallLog) -> list[str]:
    """Every page that shows those texts."""
    return [
        reverse("calls:list"),
        reverse("calls:list") + "?q=Payload",
        reverse("calls:detail", args=[log.pk]),
        reverse("calls:correct", args=[log.pk]),
        reverse("calls:unit", args=[unit.pk]),
        reverse("calls:resident", args=[log.resident_id]),
        reverse("desk:home"),
        reverse("desk:home") + "?q=Payload",
        reverse("desk:new") + f"?unit={unit.pk}",
        reverse("desk:new") + f"?resident={log.resident_id}",
    ]


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 150


def test_b11_typed_text_never_acts(
    site: str,
    page: Page,
    northgate: Northgate,
    watch: Watch,
    sign_in: SignIn,
) -> None:
    _, unit, log = spread(northgate)
    sign_in(page, northgate.owner)
    asked: list[str] = []

    def note(request: Request) -> None:
        path = urlsplit(request.url).path
        if not path.startswith("/static/"):
            asked.append(request.url)

    page.on("request", note)
    for address in addresses(unit, log):
        asked.clear()
        page.goto(site + address, wait_until="networkidle")
        assert "evil.test" in page.content() or "Payload" in page.content(), address
        assert page.evaluate(ACTING) == [], address
        assert watch.taken() == [], address
        assert [url for url in asked if url != site + address] == [], address
