"""A login ends when nobody is there, and after a shift at the latest (B-33, B-34, B-42)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callcenter.accounts.models import User
from tests.factories import PASSWORD, make_membership, make_organization

pytestmark = pytest.mark.django_db
PAGE = "/accounts/factors/"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def user() -> User:
    return make_membership(make_organization()).user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def after(**of_time: float) -> time_machine.travel:
    return time_machine.travel(START + timedelta(**of_time), tick=False)


def test_a_login_without_input_ends_and_the_page_says_so(user: User) -> None:
    with after():
        client = signed_in(user)
        assert client.get(PAGE).status_code == 200
    with after(minutes=29, seconds=59):
        assert signed_in(user).get(PAGE).status_code == 200
    with after(minutes=30):
        answer = client.get(PAGE + "?a=1")
        assert answer.status_code == 302
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert query == {"next": [PAGE + "?a=1"], "ended": ["idle"]}
        page = client.get(answer.headers["Location"]).content.decode()
        assert "You were away" in page
        back = client.post(
            "/accounts/login/",
            {"login": user.email, "password": PASSWORD, "next": query["next"][0]},
        )
        assert back.headers["Location"] == PAGE + "?a=1"


def test_an_ended_login_is_gone_from_the_server_too(user: User) -> None:
    with after():
        client = signed_in(user)
        key = client.session.session_key
    with after(minutes=31):
        client.get(PAGE)
    assert not Session.objects.filter(session_key=key).exists()


def test_input_keeps_a_login_alive_but_not_longer_than_a_shift(user: User) -> None:
    with after():
        client = signed_in(user)
    for minutes in range(20, 12 * 60, 20):
        with after(minutes=minutes):
            assert client.get(PAGE).status_code == 200, minutes
    with after(hours=12):
        answer = client.get(PAGE)
        assert "ended=shift" in answer.headers["Location"]


def test_what_the_page_asks_by_itself_keeps_nothing_alive(user: User) -> None:
    with after():
        client = signed_in(user)
    for minutes in range(5, 30, 5):
        with after(minutes=minutes):
            assert client.get(PAGE, headers={"x-background": "1"}).status_code == 200
    with after(minutes=30):
        answer = client.get(PAGE, headers={"x-background": "1", "hx-request": "true"})
        assert answer.status_code == 401
        assert "HX-Redirect" not in answer.headers


def session_writes(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    return sum(q["sql"].startswith('UPDATE "django_session"') for q in queries.captured_queries)


def test_a_login_is_written_down_at_most_once_a_minute(user: User) -> None:
    with after():
        client = signed_in(user)
    with after(seconds=59):
        assert session_writes(client) == 0
    with after(seconds=60):
        assert session_writes(client) == 1
    with after(seconds=100):
        assert session_writes(client) == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_is_sent_to_the_login_page_and_never_handed_it(user: User, method: str) -> None:
    with after():
        client = signed_in(user)
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/calls/7/?a=1"}
    with after(minutes=31):
        answer = getattr(client, method)(PAGE, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == (
        "/accounts/login/?next=%2Fcalls%2F7%2F%3Fa%3D1&ended=idle"
    )
    assert b"<form" not in answer.content
    again = getattr(client, method)(PAGE, headers=headers)
    assert again.status_code == 401
    assert again.headers["HX-Redirect"] == "/accounts/login/?next=%2Fcalls%2F7%2F%3Fa%3D1"


@pytest.mark.parametrize("url", ["https://evil.example/x", "//evil.example", "", "javascript:x"])
def test_htmx_is_never_sent_to_another_site(user: User, url: str) -> None:
    answer = Client().get(PAGE, headers={"hx-request": "true", "hx-current-url": url})

    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=%2F"


def test_a_form_sent_too_late_returns_to_the_page_of_the_form(user: User) -> None:
    answer = Client().post(PAGE, headers={"referer": "http://testserver/calls/7/"})

    assert answer.headers["Location"] == "/accounts/login/?next=%2Fcalls%2F7%2F"


def test_a_new_password_ends_the_other_logins_and_keeps_this_one(user: User) -> None:
    here, elsewhere = signed_in(user), signed_in(user)
    new = "a longer and better horse"

    answer = here.post(
        "/accounts/password/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert answer.status_code == 302
    assert here.get(PAGE).status_code == 200
    assert elsewhere.get(PAGE).status_code == 302


def test_an_account_that_is_switched_off_is_out_at_once(user: User) -> None:
    client = signed_in(user)

    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get(PAGE).status_code == 302
