"""Signing in as people do it: by keyboard, by passkey, on a phone, in the dark, under the CSP."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from callcenter.accounts.models import Role, User
from tests.browser.conftest import DESKTOP, PHONE, WATCH_CSP, shoot
from tests.factories import PASSWORD, make_membership, make_organization, make_property

pytestmark = pytest.mark.browser


@pytest.fixture
def faults(page: Page) -> Iterator[list[str]]:
    """What the console complained about, which must be nothing."""
    seen: list[str] = []
    page.add_init_script(WATCH_CSP)
    page.on("console", lambda m: seen.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    yield seen
    assert [line for line in seen if "status of 4" not in line] == []


@pytest.fixture
def owner(site: str) -> User:
    organization = make_organization(name="Northgate Residential")
    place = make_property(organization, name="Harbor Point")
    make_membership(organization, links=[place], name="Luis Ortega")
    return make_membership(organization, Role.OWNER, name="Priya Nair").user


def sign_in(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/accounts/login/?next=/profile/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("My profile - callcenter")


def confirm(page: Page) -> None:
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def add_passkey(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/factors/webauthn/add/")
    confirm(page)
    page.get_by_label("Name").fill("Front desk")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_a_passkey_is_added_and_signs_in_without_a_password(
    page: Page, site: str, owner: User, faults: list[str]
) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, site, owner)
    add_passkey(page, site)

    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    page.goto(f"{site}/accounts/factors/")
    expect(page.get_by_text("1 key.")).to_be_visible()


PAGES = {
    "login": "/accounts/login/?ended=idle",
    "reset": "/accounts/password/reset/",
    "factors": "/accounts/factors/?needed=1",
    "confirm": "/accounts/confirm/?next=/accounts/factors/totp/activate/",
    "password": "/accounts/password/",
    "profile": "/profile/",
    "members": "/members/",
    "member": "/members/{member}/",
    "organizations": "/organizations/",
}
FIRST = ("login", "reset")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_people_are_accessible_and_fit(
    page: Page, site: str, owner: User, faults: list[str], theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    other = owner.memberships.get().organization.memberships.exclude(user=owner).get()
    found = []
    for name, path in PAGES.items():
        if name == "factors":
            sign_in(page, site, owner)
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            page.goto(site + path.format(member=other.pk))
            shoot(page, f"people-{name}-{theme}-{size['width']}")
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            found += [f"{name} {size['width']}: wider than the window"] if wide else []
        report = Axe().run(page)
        found += [
            f"{name}: {v['id']} {v['nodes'][0]['html']}" for v in report.response["violations"]
        ]
    assert found == []


def test_an_invitation_is_accepted_without_javascript(
    site: str, owner: User, browser: Browser
) -> None:
    client = Client()
    client.force_login(owner)
    form = {"key": "1", "role": "member", "email": "kim@example.com"}
    made = client.post("/members/invite/", form).content.decode()
    path = made.split('value="http')[1].split('"')[0].split("/invitation/")[1]
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{site}/invitation/{path}")
    shoot(plain, "people-invitation")
    plain.get_by_label("Your name").fill("Kim Osei")
    plain.get_by_label("Password", exact=True).fill("a longer and better horse")
    plain.get_by_label("Password again").fill("a longer and better horse")
    plain.get_by_role("button", name="Join").click()
    expect(plain.get_by_text("Welcome.")).to_be_visible()
    plain.get_by_label("E-mail").fill("kim@example.com")
    plain.get_by_label("Password", exact=True).fill("a longer and better horse")
    plain.get_by_role("button", name="Sign in").click()
    plain.goto(f"{site}/profile/")
    expect(plain.get_by_label("Name", exact=True)).to_have_value("Kim Osei")
    context.close()
