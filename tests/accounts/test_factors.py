"""Second factors: set up, asked for, counted, and needed by owners and admins (B-38)."""

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from callcenter.accounts.models import Role, User
from tests.factories import PASSWORD, make_membership, make_organization

pytestmark = pytest.mark.django_db
FACTORS = "/accounts/factors/"
SECRET = base64.b32encode(b"twenty bytes of sand").decode()


def code_of(secret: str, steps: int = 0) -> str:
    """The code that an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    mac = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = mac[-1] & 15
    value = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{value % 1_000_000:06}"


def person(role: Role = Role.MEMBER) -> User:
    return make_membership(make_organization(), role).user


def with_app(user: User) -> User:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    return user


def first_step(client: Client, user: User, **fields: str) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD} | fields)


@pytest.fixture
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def test_an_app_is_set_up_by_its_code_and_gives_recovery_codes(client: Client) -> None:
    user = person()
    first_step(client, user)
    assert client.get(FACTORS + "totp/activate/").status_code == 302
    client.post("/accounts/confirm/", {"password": PASSWORD})
    page = client.get(FACTORS + "totp/activate/").content.decode()
    secret = re.search(r'<code class="secret"[^>]*>([A-Z2-7]+)</code>', page)
    assert secret is not None
    assert "<svg" in page
    assert "data:" not in page

    assert client.post(FACTORS + "totp/activate/", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    answer = client.post(FACTORS + "totp/activate/", {"code": code_of(secret[1])}, follow=True)

    assert {row.type for row in Authenticator.objects.all()} == {"totp", "recovery_codes"}
    assert len(re.findall(r"<li><code>\w+</code></li>", answer.content.decode())) == 10


def test_the_code_is_asked_for_before_anything_else(client: Client) -> None:
    user = with_app(person())

    answer = first_step(client, user, next="/profile/")
    assert answer.headers["Location"].startswith(FACTORS + "authenticate/")
    assert client.get("/profile/").status_code == 302
    assert "_auth_user_id" not in client.session
    answer = client.post(FACTORS + "authenticate/", {"code": code_of(SECRET)})

    assert answer.headers["Location"] == "/profile/"
    assert client.get("/profile/").status_code == 200


def test_a_code_works_once_in_every_process() -> None:
    user, code = with_app(person()), code_of(SECRET)
    first, second = Client(), Client()
    first_step(first, user)
    first_step(second, user)
    assert first.post(FACTORS + "authenticate/", {"code": code}).status_code == 302

    cache.clear()  # another process would not have it
    answer = second.post(FACTORS + "authenticate/", {"code": code})

    assert answer.status_code == 200
    assert "used before" in answer.content.decode()


def test_codes_are_counted_and_the_right_one_comes_too_late(
    client: Client, settings: Settings
) -> None:
    settings.LOGIN_TRIES_PER_ACCOUNT = 3
    user = with_app(person())
    first_step(client, user)

    for _ in range(3):
        page = client.post(FACTORS + "authenticate/", {"code": "000000"}).content.decode()
        assert "Incorrect" in page
    page = client.post(FACTORS + "authenticate/", {"code": code_of(SECRET)}).content.decode()

    assert "Too many tries" in page
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
@pytest.mark.usefixtures("required")
def test_owners_and_admins_are_led_to_set_one_up_first(client: Client, role: Role) -> None:
    user = person(role)
    client.force_login(user)

    for path in ("/", "/profile/", "/members/", "/admin/", "/organizations/"):
        answer = client.get(path)
        assert answer.headers.get("Location") == FACTORS + "?needed=1", path
    fragment = client.get("/members/", headers={"hx-request": "true"})
    assert (fragment.status_code, fragment.content) == (403, b"")
    assert fragment.headers["HX-Redirect"] == FACTORS + "?needed=1"
    assert client.post("/members/invite/", {"email": "a@example.com"}).status_code == 302
    assert "need a second factor" in client.get(FACTORS + "?needed=1").content.decode()
    assert client.get("/accounts/logout/").status_code == 200

    with_app(user)
    assert client.get("/members/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/members/").status_code == 302


@pytest.mark.usefixtures("required")
def test_members_work_with_a_password_alone(client: Client) -> None:
    client.force_login(person())
    assert client.get("/profile/").status_code == 200


@pytest.mark.usefixtures("required")
def test_recovery_codes_alone_are_no_second_factor(client: Client) -> None:
    user = person(Role.OWNER)
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "x"})
    client.force_login(user)
    assert client.get("/members/").status_code == 302


def test_removing_a_factor_asks_for_proof_first(client: Client) -> None:
    client.force_login(with_app(person()))

    answer = client.post(FACTORS + "totp/deactivate/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(("/accounts/confirm/", FACTORS + "reauthenticate"))
    assert Authenticator.objects.exists()
    assert client.post("/accounts/confirm/", {"password": "wrong"}).status_code == 200
    client.post("/accounts/confirm/", {"password": PASSWORD})
    client.post(FACTORS + "totp/deactivate/")
    assert not Authenticator.objects.exists()
