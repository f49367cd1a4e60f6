"""A forgotten password: by mail when there is mail, and the same for everybody (B-36)."""

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from callcenter.accounts.models import OneTimeLink
from tests.factories import make_user

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
LINK = re.compile(r"http://localhost:\d+(/link/[\w-]{43}/)")
NEW = {"password": "a longer and better horse", "password_again": "a longer and better horse"}


@pytest.fixture
def mail(settings: Settings, mailoutbox: list[Any]) -> list[Any]:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    return mailoutbox


def ask(email: str) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as queries:
        answer = Client().post(RESET, {"email": email}, headers={"host": "localhost"})
    return len(queries), answer


def test_without_mail_the_page_names_who_can_help() -> None:
    make_user(email="known@example.com")

    page = Client().get(RESET).content.decode()
    _statements, answer = ask("known@example.com")

    assert "Ask an owner" in page
    assert 'name="email"' not in page
    assert answer.status_code == 200
    assert not OneTimeLink.objects.exists()


def test_a_known_and_an_unknown_address_get_the_same_answer_for_the_same_work(
    mail: list[Any],
) -> None:
    make_user(email="known@example.com")

    known, unknown = ask("known@example.com"), ask("other@example.com")

    assert known[0] == unknown[0]
    assert known[1].headers["Location"] == unknown[1].headers["Location"] == RESET + "?sent=1"
    assert [message.to for message in mail] == [["known@example.com"], ["other@example.com"]]
    assert LINK.search(mail[0].body)
    assert not LINK.search(mail[1].body)


def test_the_mailed_link_sets_a_password_once_and_only_the_newest_works(mail: list[Any]) -> None:
    user = make_user(email="Known@example.com")
    ask("known@example.com")
    ask("KNOWN@example.com")
    older, newest = (LINK.search(message.body) for message in mail)
    assert older
    assert newest

    assert Client().get(older[1]).status_code == 404
    assert Client().post(newest[1], NEW).status_code == 302
    assert Client().post(newest[1], NEW).status_code == 404

    user.refresh_from_db()
    assert user.check_password(NEW["password"])


def test_the_link_comes_from_settings_whatever_host_was_asked(mail: list[Any]) -> None:
    make_user(email="known@example.com")
    answer = Client().post(RESET, {"email": "known@example.com"}, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert mail == []


def test_asking_again_and_again_is_limited(mail: list[Any]) -> None:
    for _ in range(3):
        assert ask("a@example.com")[1].status_code == 302
    assert ask("a@example.com")[1].status_code == 422
    assert len(mail) == 3


def test_a_mail_server_that_is_away_gives_the_same_answer(settings: Settings) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    assert ask("a@example.com")[1].headers["Location"] == RESET + "?sent=1"


def test_the_operator_makes_a_link_for_whom_no_owner_can_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    user = make_user(email="known@example.com")

    call_command("reset_link", "Known@example.com")
    found = LINK.search(capsys.readouterr().out)
    assert found
    assert Client().post(found[1], NEW).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW["password"])
    with pytest.raises(CommandError):
        call_command("reset_link", "nobody@example.com")
