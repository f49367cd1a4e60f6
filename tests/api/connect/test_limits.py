"""How often one may ask, what is written down of it, and what is never (B-39, B-40)."""

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from callcenter.accounts.models import ApiCredential, ApiRequest, ApiUse
from callcenter.api import request_log
from callcenter.api.connect.urls import ROUTES

from .faults import database_away
from .house import House, code_of

LOG = "/api/calllogs/4711"


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    request_log.forget()


def credential(house: House, who: str) -> ApiCredential:
    """The row of a secret."""
    return ApiCredential.objects.get(last_four=house.keys[who][-4:])


def test_unknown_keys_are_counted_by_address(house: House, settings: Settings) -> None:
    settings.API_KEY_TRIES_PER_ADDRESS = 3

    def tried(key: str, **headers: str) -> int:
        return code_of(house.ask(None, "GET", LOG, authorization=f"Bearer {key}", **headers))

    assert [tried(f"guess-{n}") for n in range(5)] == [1001, 1001, 1001, 1005, 1005]
    assert tried(house.keys["revoked"]) == 1005
    assert tried("x", x_forwarded_for="203.0.113.9") == 1005  # nobody's word but a proxy's
    refused = house.ask(None, "GET", LOG, authorization="Bearer x")
    assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (429, True)
    assert "WWW-Authenticate" not in refused.headers
    assert tried(house.keys["owner"]) == 0  # who has a key is not locked out by a neighbour
    assert code_of(house.ask(None, "GET", LOG)) == 100
    assert code_of(house.ask(None, "GET", LOG, authorization="x")) == 118


def test_the_rate_is_of_each_credential(house: House, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    codes = [code_of(house.get(LOG)) for _ in range(5)]
    assert codes == [0, 0, 0, 1005, 1005]
    refused = house.put({"NewComments": "x"})
    assert (refused.status_code, code_of(refused)) == (429, 1005)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert code_of(house.get(LOG, "admin")) == 0
    use = ApiUse.objects.filter(credential=credential(house, "owner"))
    assert use.get().requests == 6
    use.update(window_started_at=timezone.now() - timedelta(seconds=61))
    assert code_of(house.get(LOG)) == 0
    assert use.get().requests == 1


def test_requests_are_written_down_without_query_and_body(house: House) -> None:
    house.get(f"{LOG}?q=secretword&phone=2125550101")
    house.put({"NewComments": "secretword"})
    house.get("/API/Units/350/CallLogs/", "reader")
    house.get("/api/nothing/secretword")
    house.ask("owner", "DELETE", LOG)
    house.get(LOG, "revoked")
    house.get(LOG, "none")
    assert request_log.flush() == 4
    rows = ApiRequest.objects.order_by("at")
    told = list(rows.values_list("credential__last_four", "method", "path", "status"))
    four = {who: house.keys[who][-4:] for who in ("owner", "reader", "none")}
    assert told == [
        (four["owner"], "GET", LOG, 200),
        (four["owner"], "PUT", LOG, 200),
        (four["reader"], "GET", "/API/Units/350/CallLogs/", 403),
        (four["none"], "GET", LOG, 403),
    ]
    assert request_log.flush() == 0


def test_a_credentials_use_is_noted(house: House) -> None:
    assert credential(house, "admin").last_used_at is None
    house.get(LOG, "admin")
    at = credential(house, "admin").last_used_at
    assert at is not None
    house.get(LOG, "admin")
    assert credential(house, "admin").last_used_at == at  # once a minute is enough
    assert credential(house, "revoked").last_used_at is None


def test_a_log_that_cannot_be_written_is_dropped(committed_house: House) -> None:
    committed_house.get(LOG)
    with database_away():
        assert request_log.flush() == 0
    assert request_log.flush() == 0
    committed_house.get(LOG)
    request_log.forget()
    assert request_log.flush() == 0
    committed_house.get(LOG)
    ApiUse.objects.all().delete()
    ApiCredential.objects.filter(pk=credential(committed_house, "owner").pk).update(name="x")
    assert request_log.flush() == 1


def test_the_log_in_memory_has_an_end(house: House) -> None:
    at = timezone.now()
    line = request_log.Line(credential(house, "owner").pk, at, "GET", LOG, 200, 1)
    for _ in range(request_log.MOST + 5):
        request_log.remember(line)
    assert request_log.flush() == request_log.MOST
    unknown = request_log.Line(10**9, at, "GET", LOG, 200, 1)
    request_log.remember(unknown)
    request_log.flush()
    assert ApiRequest.objects.count() == request_log.MOST


def test_b40_no_secret_and_no_word_of_a_query_or_body_is_logged(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    words = "verysecretword"
    for route in ROUTES:
        path = "/api/" + re.sub(r"\{.*?\}", "340", route.template)
        for who in ("owner", "reader", "none", "revoked", "stranger"):
            for method in ("GET", "PUT", "POST", "HEAD", "OPTIONS"):
                headers = {"idempotency_key": words}
                house.ask(who, method, f"{path}?q={words}&status=x", f'{{"{words}"', **headers)
    house.ask(None, "GET", LOG, authorization=f"Basic {words}")
    house.ask(None, "GET", LOG, authorization=f"Bearer {words}")
    said = capfd.readouterr()
    everything = said.out + said.err + caplog.text + repr([vars(one) for one in caplog.records])
    assert "request_finished" in everything
    assert words not in everything
    for who, secret in house.keys.items():
        assert secret not in everything, who
        assert secret.replace("-", "") not in everything, who


def test_b40_no_answer_repeats_the_secret_and_none_is_for_caches(house: House) -> None:
    for who in ("owner", "none", "revoked", "stranger"):
        for path in (LOG, "/api/calllogs", "/api/nothing", "/api/units/350"):
            answer: Any = house.get(path, who)
            text = answer.content.decode() + json.dumps(dict(answer.headers))
            assert house.keys[who] not in text
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert not [name for name in answer.headers if name.startswith("Access-Control")]
