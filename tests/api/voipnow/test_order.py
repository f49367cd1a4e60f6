"""The order of the checks, methods, tokens and pace (wire/voipnow.md 1, 2 and 8)."""

import json
from typing import Any

import pytest
from django.db import OperationalError

from callcenter.accounts.models import ApiCredential, ApiRequest, LoginThrottle, Membership
from callcenter.api import request_log
from callcenter.api.voipnow import reads

from .house import AT, CDR, LIVE, RINGS, TALKS, House

WRONG = "A" * 43


def refusal(answer: Any) -> tuple[int, str]:
    body = json.loads(answer.content)
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return answer.status_code, body["error"]["code"]


def test_unknown_paths_come_before_methods_and_tokens(house: House) -> None:
    for path in (
        *("/uapi", "/uapi/", "/UAPI/phoneCalls", "/Uapi/cdr", "/uapi/phonecalls", "/uapi/CDR"),
        *(f"{LIVE}/a/b/c/d", f"{CDR}/a/b", "/uapi/faxes", "/unifiedapi", "/uapi//phoneCalls"),
    ):
        for method in ("GET", "POST", "OPTIONS"):
            assert refusal(house.ask(None, method, path)) == (404, "not_found"), path


def test_methods_come_before_tokens_and_no_body_changes_that(house: House) -> None:
    for path in (LIVE, f"{LIVE}/@me/@self/{RINGS}", "/unifiedapi/cdr/@me/"):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            for body in ("", "x" * 2_000_000):
                answer = house.ask(None, method, path, body)
                assert refusal(answer) == (405, "method_not_allowed")
                assert answer.headers["Allow"] == "GET, HEAD"


def test_without_a_good_token_there_is_nothing(house: House) -> None:
    token = house.tokens["priya"]
    said = [None, "", "Bearer", f"Bearer {WRONG}", f"Basic {token}", token, f"Bearer {token}x"]
    said += [f"Bearer {token.swapcase()}", f"Bearer {token} {token}", f"Bearer\t{token}"]
    for header in said:
        more = {} if header is None else {"authorization": header}
        answer = house.ask(None, "GET", f"{LIVE}/{'9' * 40}?count=x", **more)
        assert refusal(answer) == (401, "access_token_invalid"), header
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    for scheme in ("bearer", "BEARER", "bEaReR"):
        assert house.ask(None, "GET", LIVE, authorization=f"{scheme} {token}").status_code == 200


def test_a_token_ends_with_its_credential_and_its_owner(house: House) -> None:
    ApiCredential.objects.filter(owner__email="max@example.com").update(revoked_at=AT)
    assert refusal(house.ask("max", "GET", LIVE)) == (401, "access_token_invalid")
    Membership.objects.filter(pk=house.priya.pk).update(is_active=False)
    assert refusal(house.ask("priya", "GET", LIVE)) == (401, "access_token_invalid")


def test_a_token_in_the_address_counts_only_where_a_setting_says_so(
    house: House, settings: Any
) -> None:
    path = f"{LIVE}?accessRequestToken=Bearer%20{house.tokens['priya']}"
    assert refusal(house.ask(None, "GET", path)) == (401, "access_token_invalid")
    settings.VOIPNOW_TOKEN_IN_QUERY = True
    assert house.ask(None, "GET", path).status_code == 200
    assert house.ask(None, "GET", path.replace("%20", "+")).status_code == 200
    assert refusal(house.ask(None, "GET", path.replace("Bearer%20", "")))[0] == 401
    wrong = house.ask(None, "GET", path, authorization=f"Bearer {WRONG}")
    assert refusal(wrong) == (401, "access_token_invalid")


def test_user_and_extension_come_before_parameters(house: House) -> None:
    assert house.code(f"{LIVE}/@organization?count=x", "priya") == (403, "access_denied")
    assert house.code(f"{LIVE}/@me/999?count=x", "priya") == (404, "not_found")
    assert house.code(f"{LIVE}/@me/@self/x?count=x", "priya") == (400, "count_invalid")


def test_pace_is_limited_and_tries_are_counted(house: House, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    assert house.ask("priya", "GET", LIVE).status_code == 200
    answer = house.ask("priya", "GET", f"{LIVE}/@organization")
    assert refusal(answer) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    settings.API_KEY_TRIES_PER_ADDRESS = 0
    answer = house.ask(None, "GET", LIVE, authorization=f"Bearer {WRONG}")
    assert refusal(answer) == (429, "too_many_requests")
    assert LoginThrottle.objects.filter(subject__startswith="key:").exists()


def test_head_is_get_without_a_body(house: House) -> None:
    whole, bare = (house.ask("priya", method, LIVE) for method in ("GET", "HEAD"))
    assert bare.content == b""
    assert (bare.status_code, bare.headers["Content-Length"]) == (200, str(len(whole.content)))
    assert house.ask("owner", "HEAD", LIVE).status_code == 204
    assert house.ask("owner", "HEAD", f"{LIVE}?count=0").status_code == 400


def test_204_has_neither_body_nor_length(house: House) -> None:
    answer = house.ask("owner", "GET", LIVE)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not {"Content-Length", "Content-Type"} & set(answer.headers)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_cookies_bodies_and_other_headers_change_nothing(house: House) -> None:
    usual = house.ask("priya", "GET", LIVE)
    other = house.ask(
        "priya", "GET", LIVE, "count=0", cookie="sessionid=x", content_type="application/json",
        is_multi_tenant_query="true", x_http_method_override="DELETE", idempotency_key="k",
    )  # fmt: skip
    assert (other.status_code, other.content) == (200, usual.content)
    assert not other.cookies
    for query in ("format=xml", "updatedSince=2026", "organization=900009", "withdrawn=1", "&&="):
        assert house.ids(f"{LIVE}?{query}", "priya") == [TALKS, RINGS]
    assert refusal(house.ask("priya", "GET", LIVE, host="evil.example")) == (400, "host_invalid")


def test_requests_are_shown_to_their_owners_without_a_query(house: House) -> None:
    request_log.forget()
    house.ask("priya", "GET", f"{LIVE}/@me?filterBy=id&filterValue=x")
    house.ask("priya", "GET", f"{LIVE}/@organization")
    request_log.flush()
    lines = ApiRequest.objects.order_by("path").values_list("path", "status")
    assert list(lines) == [(f"{LIVE}/@me", 204), (f"{LIVE}/@organization", 403)]


def test_a_database_that_is_away_and_what_nobody_foresaw(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(error: Exception) -> Any:
        def failing(*_: Any) -> None:
            raise error

        return failing

    monkeypatch.setattr(reads, "context_of", fail(OperationalError("away")))
    answer = house.ask("priya", "GET", LIVE)
    assert refusal(answer) == (503, "service_unavailable")
    assert answer.headers["Retry-After"] == "5"
    monkeypatch.setattr(reads, "context_of", fail(ZeroDivisionError("secret")))
    answer = house.ask("priya", "GET", LIVE)
    assert refusal(answer) == (500, "internal_error")
    assert b"secret" not in answer.content
