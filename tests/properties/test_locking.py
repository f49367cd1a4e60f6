"""A page whose login ended is opened by its person's password, and by nobody else (B-42)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from callcenter.accounts.models import Membership, Role
from tests.accounts.test_factors import SECRET, code_of
from tests.factories import PASSWORD, make_membership, make_organization

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
BACKGROUND = {"x-background": "1", "hx-request": "true"}


def after(**of_time: float) -> time_machine.travel:
    return time_machine.travel(START + timedelta(**of_time), tick=False)


@pytest.fixture
def kim() -> Membership:
    return make_membership(make_organization(), Role.MEMBER, name="Kim")


class Tab:
    """An open page: what it knows of its login, and the browser that it is open in."""

    def __init__(self, membership: Membership) -> None:
        self.client = Client()
        self.client.force_login(membership.user)
        page = self.client.get("/").text
        self.of = f"{membership.user_id}.{membership.organization_id}"
        assert f'data-page-of="{self.of}"' in page
        found = re.search(r'name="page" value="([^"]+)"', page)
        assert found is not None
        self.page = found[1]

    def ask(self, **headers: str) -> Any:
        return self.client.get("/session/", headers=BACKGROUND | headers)

    def unlock(self, password: str = PASSWORD, **fields: str) -> Any:
        form = {"page": self.page, "password": password, "shown": "/calls/7/"} | fields
        return self.client.post("/session/unlock/", form, headers={"hx-request": "true"})


def test_the_page_is_told_how_long_its_login_lasts_and_asking_does_not_prolong_it(
    kim: Membership,
) -> None:
    with after():
        tab = Tab(kim)
        assert tab.ask().json()["left"] == 1800
    for minutes in range(1, 30):
        with after(minutes=minutes):
            assert tab.ask().json()["left"] == 1800 - 60 * minutes
    with after(minutes=30):
        answer = tab.ask()
        assert (answer.status_code, answer.json()["who"]) == (401, "")
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_real_input_prolongs_it_up_to_the_length_of_a_shift(kim: Membership) -> None:
    with after():
        tab = Tab(kim)
    for minutes in range(25, 12 * 60, 25):
        with after(minutes=minutes):
            answer = tab.client.post("/session/", headers={"hx-request": "true"})
            assert answer.json()["left"] == min(1800, 60 * (12 * 60 - minutes))
    with after(hours=12):
        assert tab.client.post("/session/").status_code == 401
        assert tab.ask().status_code == 401


@pytest.mark.parametrize("limit", [{"minutes": 30}, {"hours": 12}], ids=["idle", "shift"])
def test_the_password_opens_the_page_again(kim: Membership, limit: dict[str, float]) -> None:
    with after():
        tab = Tab(kim)
        key = tab.client.get("/drafts/").json()["key"]
    with after(**limit):
        assert tab.ask().status_code == 401
        wrong = tab.unlock("not it")
        assert (wrong.status_code, wrong.json()["error"]) == (422, "This is not your password.")
        assert tab.ask().status_code == 401
        answer = tab.unlock()
        assert (answer.status_code, answer.json()["who"]) == (200, tab.of)
        assert answer.json()["left"] == 1800
        assert answer.json()["token"]
        assert tab.client.get("/drafts/").json()["key"] not in ("", key)
        assert tab.unlock("anything, as it is open").status_code == 200


def test_unlocking_is_guarded_against_other_sites(kim: Membership) -> None:
    tab = Tab(kim)
    strict = Client(enforce_csrf_checks=True)
    form = {"page": tab.page, "password": PASSWORD}
    assert strict.post("/session/unlock/", form).status_code == 403
    token = strict.get("/session/", headers=BACKGROUND).json()["token"]
    assert strict.post("/session/unlock/", form, headers={"x-csrftoken": token}).status_code == 200


def test_b35_tries_are_counted_as_at_the_sign_in(kim: Membership, settings: Settings) -> None:
    settings.LOGIN_TRIES_PER_ACCOUNT = 3
    tab = Tab(kim)
    tab.client.logout()
    said = [tab.unlock("wrong").status_code for _ in range(4)]
    assert said == [422, 422, 422, 429]
    assert tab.unlock().status_code == 429
    login = Client().post("/accounts/login/", {"login": kim.user.email, "password": PASSWORD})
    assert "Too many tries" in login.text


def test_nobody_else_opens_the_page(kim: Membership) -> None:
    tab = Tab(kim)
    lee = make_membership(kim.organization, password="another horse entirely")
    tab.client.logout()
    assert tab.unlock("another horse entirely").status_code == 422
    tab.client.force_login(lee.user)
    answer = tab.unlock()
    assert (answer.status_code, answer.json()["lead"]) == (409, "/")
    assert tab.ask().json()["who"] == f"{lee.user_id}.{lee.organization_id}"


@pytest.mark.parametrize("page", ["", "1.1", "nonsense:x:y"])
def test_a_page_that_proves_nothing_leads_to_the_sign_in(kim: Membership, page: str) -> None:
    tab = Tab(kim)
    tab.client.logout()
    answer = tab.unlock(page=page)
    assert answer.status_code == 409
    assert answer.json()["lead"] == "/accounts/login/?next=%2Fcalls%2F7%2F"
    assert "next" not in tab.unlock(page=page, shown="//evil.example").json()["lead"]


def test_a_person_who_left_is_led_away(kim: Membership) -> None:
    tab = Tab(kim)
    tab.client.logout()
    kim.is_active = False
    kim.save(update_fields=["is_active"])
    assert tab.unlock().json()["lead"] == "/"
    kim.user.is_active = False
    kim.user.save(update_fields=["is_active"])
    assert "login" in tab.unlock().json()["lead"]


def test_the_page_opens_for_the_organisation_that_it_was_made_for(kim: Membership) -> None:
    there = make_membership(make_organization(), user=kim.user)
    tab = Tab(kim)
    tab.client.logout()
    assert tab.unlock().json()["who"] == tab.of
    session = tab.client.session
    session["organization_id"] = there.organization_id
    session.save()
    assert tab.unlock().json()["lead"] == "/"


def test_a_second_factor_is_asked_for_where_there_is_one(kim: Membership) -> None:
    app = Authenticator.Type.TOTP
    Authenticator.objects.create(user=kim.user, type=app, data={"secret": SECRET})
    tab = Tab(kim)
    tab.client.logout()
    asked = tab.unlock()
    assert (asked.status_code, asked.json()["needs_code"]) == (422, True)
    assert tab.unlock(code="000000").json()["error"]
    assert tab.ask().status_code == 401
    assert tab.unlock(code=code_of(SECRET)).status_code == 200
    tab.client.logout()
    assert tab.unlock(code=code_of(SECRET)).status_code == 422  # a code works once


def test_who_has_only_a_passkey_is_led_to_the_sign_in(kim: Membership) -> None:
    key = Authenticator.Type.WEBAUTHN
    Authenticator.objects.create(user=kim.user, type=key, data={"name": "k", "credential": {}})
    tab = Tab(kim)
    tab.client.logout()
    assert tab.unlock().json()["lead"] == "/accounts/login/?next=%2Fcalls%2F7%2F"
    assert tab.ask().status_code == 401


def test_who_must_set_up_a_factor_does_that_first(settings: Settings) -> None:
    owner = make_membership(make_organization(), Role.OWNER)
    tab = Tab(owner)
    tab.client.logout()
    settings.REQUIRE_MFA = True
    assert tab.unlock().json()["lead"] == "/"


def test_words_of_somebody_elses_page_are_never_taken(kim: Membership) -> None:
    tab = Tab(kim)
    lee = make_membership(kim.organization)
    tab.client.force_login(lee.user)
    form = {"call_from": "Ana", "key": "k", "direction": "inbound"}
    headers = {"hx-request": "true", "x-page-of": tab.of}
    answer = tab.client.post("/new/", form, headers=headers)
    assert answer.status_code == 409
    assert "data-refusal" in answer.text
    there = make_membership(make_organization(), user=lee.user)
    mine = f"{lee.user_id}.{lee.organization_id}"
    assert tab.client.get("/new/", headers=headers | {"x-page-of": mine}).status_code == 200
    other = f"{there.user_id}.{there.organization_id}"
    assert tab.client.get("/new/", headers=headers | {"x-page-of": other}).status_code == 409


def test_the_shown_limits_are_those_of_the_settings(kim: Membership) -> None:
    tab = Tab(kim)
    page = tab.client.get("/").text
    assert f'data-idle="{int(settings.SESSION_IDLE.total_seconds())}"' in page
