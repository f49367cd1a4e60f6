"""Tokens and the receiver of events, byte for byte (wire/voipnow.md 2, 8 and 9)."""

import base64
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError

from callcenter.accounts.models import ApiUse
from callcenter.api.voipnow import receiver, tokens
from callcenter.telephony.upstreams import UpstreamWish, close_upstream, create_upstream
from tests.api.connect.transcripts import Transcript
from tests.factories import make_principal

from .house import House
from .test_golden import FOLDER, FORMS, failing, transcript

PLAIN = ("grant_type", "type")
DIAL = "CallID=abc1&CallerIDNum=%2B13055550142&CalledExtension=0003*210&CallFlow=IN"
JSON = "application/json"


class Client:
    """A client that asks for tokens; its id and secret, new at each run, are not told."""

    def __init__(self, told: Transcript, house: House, who: str) -> None:
        self.told, self.house, self.key = told, house, house.keys[who]
        self.grant = {"grant_type": "client_credentials", "client_id": self.key.client_id}
        self.whole = self.grant | {"client_secret": self.key.secret}

    def ask(
        self,
        why: str,
        form: dict[str, str],
        method: str = "POST",
        path: str = "/oauth/token.php",
        **more: str,
    ) -> None:
        """Ask, and keep question and answer."""
        answer = self.house.ask(None, method, path, urlencode(form), **more)
        shown = {name: form[name] if name in PLAIN else "..." for name in form}
        self.told.show(why, f"{method} {path}", urlencode(shown), answer)

    def basic(self, secret: str) -> str:
        """Id and this secret as HTTP Basic has them."""
        return f"Basic {base64.b64encode(f'{self.key.client_id}:{secret}'.encode()).decode()}"


@pytest.mark.parametrize("form", FORMS)
def test_tokens(form: str, house: House, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = transcript("tokens", form, house)
    client = Client(told, house, FORMS[form][0])
    ask, grant, whole = client.ask, client.grant, client.whole
    bare = {"grant_type": grant["grant_type"]}
    for path in ("/oauth/token.php", "/oauth/token.php/", "/oauth/token", "/oauth/token/"):
        ask("a token", whole | {"type": "unifiedapi"}, path=path)
    ask("by HTTP Basic", bare, authorization=client.basic(client.key.secret))
    ask("by HTTP Basic, wrong", bare, authorization=client.basic("x"))
    ask("no grant", {})
    ask("another grant", whole | {"grant_type": "password"})
    ask("another type", whole | {"type": "other"})
    ask("no secret", grant)
    ask("a wrong secret", grant | {"client_secret": house.keys["stranger"].secret})
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        ask("another method", {}, method)
    ask("another address", {}, path="/oauth/authorize")
    ask("no form", whole, content_type=JSON)
    ask("too large", whole | {"x": "x" * 65_536})
    ask("a foreign host", whole, host="evil.example")
    with monkeypatch.context() as patch:
        patch.setattr(tokens, "issue_token", failing(OperationalError("away")))
        ask("the database is away", whole)
        patch.setattr(tokens, "issue_token", failing(ZeroDivisionError()))
        ask("nobody foresaw it", whole)
    settings.API_REQUESTS_PER_MINUTE = 0
    ApiUse.objects.all().delete()  # a whole minute is left
    ask("too often", whole)
    settings.API_KEY_TRIES_PER_ADDRESS = 0
    ask("too many tries", grant | {"client_secret": client.key.client_id})
    told.check()


def test_events(house: House, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Transcript("events", house, folder=FOLDER)
    actor = make_principal(house.organization)
    wish = UpstreamWish(name="Board", time_zone="America/New_York")
    upstream, secret = create_upstream(wish=wish, actor=actor)

    def ask(why: str, method: str, path: str, body: str = "", **more: str) -> None:
        answer = house.ask(None, method, path.replace("SECRET", secret), body, **more)
        told.show(why, f"{method} {path}", body, answer)

    url = "/events/voipnow/SECRET"
    for kind in ("dial-in", "dial-out", "answer", "hangup"):
        for slash in ("", "/"):
            ask("an event", "POST", f"{url}/{kind}{slash}", DIAL)
            ask("an event", "GET", f"{url}/{kind}{slash}?{DIAL}")
    for path in ("", "/transfer", "/DIAL-IN", "/dial-in/x"):
        ask("no such address", "POST", url + path, DIAL)
    for method in ("HEAD", "PUT", "DELETE", "OPTIONS"):
        ask("no such method", method, f"{url}/dial-in", DIAL)
    ask("a wrong secret", "POST", "/events/voipnow/wrong/dial-in", DIAL)
    for said in ("", "CallID="):
        ask("no call", "POST", f"{url}/answer", said)
        ask("no call", "GET", f"{url}/answer?{said}")
    ask("no form", "POST", f"{url}/answer", "{}", content_type=JSON)
    ask("too large", "POST", f"{url}/answer", f"{DIAL}&x={'x' * 65_536}")
    ask("a foreign host", "POST", f"{url}/answer", DIAL, host="evil.example")
    with monkeypatch.context() as patch:
        patch.setattr(receiver, "take_event", failing(OperationalError("away")))
        ask("the database is away", "POST", f"{url}/answer", DIAL)
        patch.setattr(receiver, "take_event", failing(ZeroDivisionError()))
        ask("nobody foresaw it", "POST", f"{url}/answer", DIAL)
    close_upstream(upstream_id=upstream.pk, actor=actor)
    ask("it was closed", "POST", f"{url}/answer", DIAL)
    settings.API_KEY_TRIES_PER_ADDRESS = 0
    ask("too many tries", "POST", "/events/voipnow/wrong/dial-in", DIAL)
    told.check()
