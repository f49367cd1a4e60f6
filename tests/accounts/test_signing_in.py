"""Signing in by e-mail and password: who gets in, and what everybody else learns."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callcenter.accounts.models import Role
from tests.factories import PASSWORD, make_membership, make_organization, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
FACTORS = "/accounts/factors/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **fields: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password} | fields)


def test_the_right_password_leads_to_the_page_that_was_wished(client: Client) -> None:
    user = make_membership(make_organization()).user

    answer = sign_in(client, user.email.upper(), next=FACTORS)

    assert answer.status_code == 302
    assert answer.headers["Location"] == FACTORS
    assert client.get(FACTORS).status_code == 200


def test_an_address_that_was_kept_in_capitals_signs_in(client: Client) -> None:
    user = make_membership(make_organization(), email="Kim.Osei@Example.com").user

    assert sign_in(client, "kim.osei@example.com").status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "///x.y",
    ],
)
def test_nobody_is_led_to_another_site(client: Client, target: str) -> None:
    user = make_membership(make_organization()).user

    assert sign_in(client, user.email, next=target).headers["Location"] == "/"


def test_a_login_gives_a_new_session_and_a_logout_empties_it(client: Client) -> None:
    user = make_membership(make_organization()).user
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key

    sign_in(client, user.email)
    signed_in = client.session.session_key
    assert signed_in != planted

    client.post("/accounts/logout/")
    assert client.session.session_key != signed_in
    assert "_auth_user_id" not in client.session
    assert client.get(FACTORS).status_code == 302


def test_a_get_does_not_sign_out(client: Client) -> None:
    client.force_login(make_membership(make_organization()).user)

    assert client.get("/accounts/logout/").status_code == 200
    assert client.get(FACTORS).status_code == 200


def work_of_a_try(path: str, fields: dict[str, str]) -> tuple[int, int, str]:
    """Statements, hasher calls and text of a try; what differs by chance is taken out."""
    hashes = []
    encode = MD5PasswordHasher.encode

    def counted(*args: Any) -> str:
        hashes.append(args)
        return encode(*args)

    with (
        patch.object(MD5PasswordHasher, "encode", counted),
        CaptureQueriesContext(connection) as queries,
    ):
        answer = Client().post(path, fields)
    text = re.sub(r'(?:value|nonce)="[^"]*"|x-csrftoken": "[^"]*"', "", answer.content.decode())
    return len(queries), len(hashes), text


def test_a_known_and_an_unknown_address_get_the_same_answer_for_the_same_work() -> None:
    make_user(email="known@example.com")
    fields = {"password": "wrong"}

    known = work_of_a_try(LOGIN, fields | {"login": "known@example.com"})
    other = work_of_a_try(LOGIN, fields | {"login": "other@example.com"})

    assert known == other
    assert known[1] == 1
    assert "do not belong together" in known[2]


def test_somebody_without_a_password_cannot_sign_in_and_looks_unknown() -> None:
    make_user(email="known@example.com", password=None)

    known = work_of_a_try(LOGIN, {"login": "known@example.com", "password": "x"})
    other = work_of_a_try(LOGIN, {"login": "other@example.com", "password": "x"})

    assert known == other
    assert known[1] == 1


def test_nobody_signs_up_or_manages_addresses_alone(client: Client) -> None:
    for path in ("signup", "email", "confirm-email", "password/reset/key/1-x"):
        assert client.get(f"/accounts/{path}/").status_code in (302, 404), path
    client.force_login(make_membership(make_organization(), Role.OWNER).user)
    for path in ("signup", "email", "confirm-email", "password/reset/key/1-x"):
        assert client.get(f"/accounts/{path}/").status_code == 404, path


def test_the_login_of_the_admin_site_is_the_same_login(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/calls/")
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fadmin%2Fcalls%2F"
    assert (
        client.get("/admin/login/?next=//evil.example").headers["Location"].endswith("%2Fadmin%2F")
    )

    client.force_login(make_membership(make_organization()).user)
    assert client.get("/admin/login/").status_code == 403


def test_somebody_without_an_organization_is_told_so(client: Client) -> None:
    client.force_login(make_user())

    answer = client.get("/profile/")

    assert answer.status_code == 403
    assert "no organisation" in answer.content.decode()
