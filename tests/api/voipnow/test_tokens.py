"""Getting tokens (wire/voipnow.md 2)."""

import base64
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from callcenter.accounts.models import AccessToken, ApiRequest, LoginThrottle, Role
from callcenter.api import request_log
from callcenter.api.voipnow import tokens
from tests.factories import make_credential, make_membership, make_organization

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
GRANT = "grant_type=client_credentials"


class App:
    """Another system with its credential."""

    def __init__(self) -> None:
        owner = make_membership(make_organization(), Role.OWNER)
        self.credential, self.secret = make_credential(owner)
        self.credential.refresh_from_db()
        self.id = str(self.credential.client_id)
        self.client = Client(raise_request_exception=False)

    @property
    def form(self) -> str:
        return f"{GRANT}&client_id={self.id}&client_secret={self.secret}"

    def basic(self, secret: str = "") -> str:
        said = f"{self.id}:{secret or self.secret}".encode()
        return f"Basic {base64.b64encode(said).decode()}"

    def post(self, body: Any = None, url: str = "/oauth/token.php", **more: Any) -> Any:
        more = {"content_type": FORM} | more
        body = self.form if body is None else body
        return self.client.generic("POST", url, body, **more)


@pytest.fixture
def app() -> App:
    return App()


def said(answer: Any) -> tuple[int, str]:
    """Status and word of a refusal, which has the form of all refusals here."""
    body = json.loads(answer.content)
    assert set(body) == {"error", "error_description"}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, body["error"]


@pytest.mark.parametrize("url", ["/oauth/token", "/oauth/token.php"])
@pytest.mark.parametrize("slash", ["", "/", "/?x=1"])
def test_a_credential_gets_a_token(app: App, url: str, slash: str) -> None:
    answer = app.post(url=url + slash)
    assert answer.status_code == 200
    body = answer.json()
    assert body == {
        "access_token": body["access_token"],
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    assert len(body["access_token"]) == 43
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert not answer.cookies
    assert AccessToken.objects.get().credential == app.credential


def test_id_and_secret_may_come_as_http_basic(app: App) -> None:
    assert app.post(GRANT, headers={"authorization": app.basic()}).status_code == 200
    assert app.post(app.form + "&type=unifiedapi&redirect_uri=x&more=y").status_code == 200
    wrong = app.post(GRANT, headers={"authorization": app.basic("x")})
    assert said(wrong) == (401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"] == 'Basic realm="callcenter"'
    for broken in ("Basic", "Basic %%%", "Basic /////w==", "Bearer x"):
        answer = app.post(GRANT, headers={"authorization": broken})
        assert said(answer) == (401, "invalid_client")


def test_what_is_wrong_with_the_wish(app: App) -> None:
    client = app.form.removeprefix(GRANT)
    for body, word in (
        ("", "invalid_request"),
        (client, "invalid_request"),
        ("grant_type=" + client, "invalid_request"),
        ("grant_type=password" + client, "unsupported_grant_type"),
        ("grant_type=authorization_code" + client, "unsupported_grant_type"),
        (f"{app.form}&type=", "invalid_request"),
        (f"{app.form}&type=other", "invalid_request"),
    ):
        assert said(app.post(body)) == (400, word), body
    assert app.post(f"grant_type=x&{app.form}").status_code == 200  # the last one counts


def test_unknown_clients_and_wrong_secrets_look_alike(app: App) -> None:
    other, secret = make_credential(make_membership(make_organization(), Role.OWNER))
    bodies = set()
    for client, key in (
        (app.id, secret),
        (str(other.client_id), app.secret),
        (app.id, ""),
        ("", app.secret),
        (app.id, "\x00"),
        ("x" * 36, "y" * 36),
    ):
        answer = app.post(f"{GRANT}&client_id={client}&client_secret={key}")
        assert said(answer) == (401, "invalid_client")
        assert "WWW-Authenticate" not in answer.headers
        bodies.add(answer.content)
    assert bodies == {
        b'{"error":"invalid_client","error_description":"Unknown client or wrong secret."}'
    }
    assert not AccessToken.objects.exists()


def test_a_credential_that_is_revoked_gets_nothing(app: App) -> None:
    type(app.credential).objects.update(revoked_at=app.credential.created_at)
    assert said(app.post()) == (401, "invalid_client")


def test_methods_types_and_sizes(app: App) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        answer = app.client.generic(method, "/oauth/token")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert said(app.client.get("/oauth/token")) == (405, "invalid_request")
    assert said(app.post("{}", content_type="application/json")) == (415, "invalid_request")
    assert said(app.post("x" * 65_537)) == (413, "invalid_request")
    assert said(app.post("&".join(f"a{n}=" for n in range(201)))) == (413, "invalid_request")
    for url in ("/oauth", "/oauth/", "/oauth/authorize", "/oauth/token/x"):
        assert said(app.post(url=url)) == (404, "invalid_request")
    assert said(app.post(headers={"host": "evil.example"})) == (400, "invalid_request")


def test_tokens_count_as_requests_and_tries_are_counted(app: App, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    assert app.post().status_code == 200
    answer = app.post()
    assert said(answer) == (429, "temporarily_unavailable")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    settings.API_KEY_TRIES_PER_ADDRESS = 0
    wrong = app.form.replace(app.secret, "00000000-0000-0000-0000-000000000000")
    assert said(app.post(wrong)) == (429, "temporarily_unavailable")
    assert LoginThrottle.objects.filter(subject__startswith="key:").exists()


def test_the_page_of_requests_shows_that_a_token_was_asked_for(app: App) -> None:
    request_log.forget()
    app.post()
    request_log.flush()
    line = ApiRequest.objects.get()
    assert (line.method, line.path, line.status) == ("POST", "/oauth/token.php", 200)


def test_a_database_that_is_away_and_what_nobody_foresaw(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(error: Exception) -> Any:
        def failing(**_: Any) -> None:
            raise error

        return failing

    monkeypatch.setattr(tokens, "issue_token", fail(OperationalError("away")))
    answer = app.post()
    assert said(answer) == (503, "temporarily_unavailable")
    assert answer.headers["Retry-After"] == "5"
    monkeypatch.setattr(tokens, "issue_token", fail(ZeroDivisionError("secret")))
    answer = app.post()
    assert said(answer) == (500, "server_error")
    assert b"secret" not in answer.content
