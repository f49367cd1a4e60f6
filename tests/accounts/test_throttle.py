"""The throttle counts every try exactly, before the password is looked at (B-35)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from callcenter.accounts import throttle
from callcenter.accounts.models import LoginThrottle
from tests.factories import PASSWORD, make_membership, make_organization, make_user

LOGIN = "/accounts/login/"


def tries_of(subject: str) -> int:
    return LoginThrottle.objects.get(subject=subject).tries


def of_this_address() -> str:
    return throttle.of_address(RequestFactory().get("/"))


def post_login(email: str, password: str) -> Any:
    try:
        return Client().post(LOGIN, {"login": email, "password": password})
    finally:
        connection.close()


def test_200_parallel_tries_are_counted_exactly_and_few_reach_the_hasher(
    committed_db: str, settings: Settings
) -> None:
    settings.LOGIN_TRIES_PER_ACCOUNT = 7
    settings.LOGIN_TRIES_PER_ADDRESS = 1000
    user = make_user()
    lock, hashed, encode = threading.Lock(), [0], MD5PasswordHasher.encode
    together = threading.Barrier(20)

    def counted(*args: Any) -> str:
        with lock:
            hashed[0] += 1
        return encode(*args)

    def attempt(_: int) -> bytes:
        together.wait(60)
        return post_login(user.email, "wrong").content  # type: ignore[no-any-return]

    with (
        patch.object(MD5PasswordHasher, "encode", counted),
        ThreadPoolExecutor(20) as pool,
    ):
        answers = list(pool.map(attempt, range(200)))

    assert tries_of(throttle.of_account(user.email)) == 200
    assert tries_of(of_this_address()) == 200
    assert hashed[0] == 7
    assert sum(b"do not belong together" in answer for answer in answers) == 7
    assert sum(b"Too many tries" in answer for answer in answers) == 193
    assert b"Too many tries" in post_login(user.email, PASSWORD).content


@pytest.mark.django_db
def test_an_address_is_limited_over_all_accounts(client: Client, settings: Settings) -> None:
    settings.LOGIN_TRIES_PER_ADDRESS = 3

    for n in range(3):
        answer = client.post(LOGIN, {"login": f"nobody{n}@example.com", "password": "x"})
        assert b"do not belong together" in answer.content
    answer = client.post(LOGIN, {"login": "nobody4@example.com", "password": "x"})

    assert b"Too many tries" in answer.content


@pytest.mark.django_db
def test_the_right_password_starts_the_account_again_and_costs_the_address_nothing(
    client: Client,
) -> None:
    user = make_membership(make_organization()).user
    for _ in range(4):
        client.post(LOGIN, {"login": user.email, "password": "wrong"})

    assert client.post(LOGIN, {"login": user.email, "password": PASSWORD}).status_code == 302

    assert not LoginThrottle.objects.filter(subject=throttle.of_account(user.email)).exists()
    assert tries_of(of_this_address()) == 4


@pytest.mark.django_db
def test_a_window_that_is_over_is_forgotten(settings: Settings) -> None:
    subject = throttle.of_account("kim@example.com")
    LoginThrottle.objects.create(
        subject=subject,
        tries=99,
        window_started_at=timezone.now() - settings.LOGIN_WINDOW - timedelta(seconds=1),
    )

    throttle.count_try({subject: 1})

    assert tries_of(subject) == 1
    with pytest.raises(throttle.TooManyTriesError):
        throttle.count_try({subject: 1})


@pytest.mark.django_db
def test_what_is_kept_names_nobody_and_is_pruned() -> None:
    throttle.count_try({throttle.of_account("Kim@Example.com"): 5})
    throttle.count_try({throttle.of_account(" kim@example.com"): 5})

    kept = LoginThrottle.objects.get()
    assert kept.tries == 2
    assert "kim" not in kept.subject
    assert throttle.prune() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert throttle.prune() == 1


def test_a_rollback_cannot_take_a_try_back(committed_db: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        throttle.count_try({throttle.of_account("kim@example.com"): 5})


@pytest.mark.django_db
def test_a_forged_header_is_no_other_address(client: Client, settings: Settings) -> None:
    settings.LOGIN_TRIES_PER_ADDRESS = 1
    fields = {"login": "nobody@example.com", "password": "x"}
    client.post(LOGIN, fields, headers={"x-forwarded-for": "203.0.113.1"})

    answer = client.post(LOGIN, fields, headers={"x-forwarded-for": "203.0.113.2"})

    assert b"Too many tries" in answer.content
