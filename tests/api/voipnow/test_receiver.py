"""Where telephone systems push their events (wire/voipnow.md 8 and 9)."""

import json
import logging
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from callcenter.api.voipnow import receiver
from callcenter.core.logs import mask
from callcenter.outbox.models import OutboxMessage
from callcenter.telephony.models import PhoneCall, PhoneCallEvent, Upstream
from callcenter.telephony.upstreams import (
    UpstreamWish,
    close_upstream,
    create_upstream,
    renew_secret,
)
from callcenter.telephony.working import work_event
from tests.factories import make_organization, make_principal

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
DIAL = "CallID=abc1&CallerIDNum=+13055550142&CalledExtension=0003*210&CallFlow=IN"
LIMIT = 65_536


class Board:
    """A telephone system and how it pushes."""

    def __init__(self, **wish: Any) -> None:
        self.owner = make_principal(make_organization())
        wished = UpstreamWish(name="Board", time_zone="America/New_York", **wish)
        self.upstream, self.secret = create_upstream(wish=wished, actor=self.owner)
        self.client = Client()

    def url(self, kind: str = "dial-in", secret: str = "") -> str:
        return f"/events/voipnow/{secret or self.secret}/{kind}"

    def post(self, body: str = DIAL, *, url: str = "", **more: Any) -> Any:
        more = {"content_type": FORM} | more
        return self.client.generic("POST", url or self.url(), body, **more)


@pytest.fixture
def board() -> Board:
    return Board()


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal, which has the form of all refusals."""
    said = json.loads(answer.content)
    assert set(said) == {"error"}
    assert set(said["error"]) == {"code", "message"}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return answer.status_code, said["error"]["code"]


def test_an_event_is_acknowledged_when_it_is_stored(board: Board) -> None:
    answer = board.post()
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies
    event = PhoneCallEvent.objects.get()
    assert (event.kind, event.call_id, event.extension) == ("dial-in", "abc1", "0003*210")
    assert event.raw["CallerIDNum"] == " 13055550142"
    assert OutboxMessage.objects.count() == 1
    assert not PhoneCall.objects.exists()


@pytest.mark.parametrize("kind", ["dial-in", "dial-out", "answer", "hangup"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_get_and_post_with_and_without_slash(board: Board, kind: str, slash: str) -> None:
    url = board.url(kind) + slash
    assert board.client.get(f"{url}?{DIAL}").status_code == 200
    assert board.post(url=url).status_code == 200
    assert PhoneCallEvent.objects.get().kind == kind


def test_the_example_of_the_contract_becomes_a_call(board: Board) -> None:
    body = "CallID=abc1&CallerIDNum=%2B13055550142&CalledExtension=0003*210"
    board.post(f"{body}&CallStatus=CALLING&CallFlow=IN")
    event = PhoneCallEvent.objects.get()
    call = work_event(event_id=event.pk, actor=board.owner)
    assert call is not None
    assert PhoneCall.objects.get().caller_e164 == "+13055550142"


def test_of_a_parameter_sent_twice_the_last_value_counts(board: Board) -> None:
    board.post("CallID=first&CallID=abc1")
    assert PhoneCallEvent.objects.get().call_id == "abc1"


@pytest.mark.parametrize("body", ["", "CallID=", "CallID=+", "callerid=1", "CallID=" + "x" * 201])
def test_an_event_names_its_call(board: Board, body: str) -> None:
    assert refusal(board.post(body)) == (400, "callid_invalid")
    assert refusal(board.client.get(f"{board.url()}?{body}")) == (400, "callid_invalid")
    assert not PhoneCallEvent.objects.exists()


def test_b07_unknown_secrets_kinds_and_paths_are_not_found(board: Board) -> None:
    wrong = board.secret[:-1] + ("0" if board.secret[-1] != "0" else "1")
    for url in (
        board.url(secret=wrong),
        board.url(secret="x"),
        board.url("transfer"),
        board.url("DIAL-IN"),
        board.url() + "/x",
        board.url() + "//",
        "/events/voipnow",
        "/events/voipnow/",
        "/events/voipnow//dial-in",
        f"/events/voipnow/{board.secret}",
        f"/events/voipnow/{'x' * 500}/dial-in",
    ):
        assert refusal(board.post(url=url)) == (404, "not_found"), url
    assert not PhoneCallEvent.objects.exists()


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD"])
def test_other_methods_are_not_allowed(board: Board, method: str) -> None:
    answer = board.client.generic(method, board.url(), DIAL, content_type=FORM)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert method == "HEAD" or refusal(answer) == (405, "method_not_allowed")
    assert not PhoneCallEvent.objects.exists()


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""]
)
def test_only_forms_are_taken(board: Board, kind: str) -> None:
    assert refusal(board.post(content_type=kind)) == (415, "unsupported_media_type")
    packed = board.post(headers={"content-encoding": "gzip"})
    assert refusal(packed) == (415, "unsupported_media_type")
    assert board.post(content_type=f"{FORM}; charset=UTF-8").status_code == 200


def test_b15_what_is_too_large_is_refused(board: Board) -> None:
    large = "CallID=abc1&x=" + "x" * LIMIT
    many = "CallID=abc1" + "&a=1" * 300
    assert refusal(board.post(large)) == (413, "request_too_large")
    assert refusal(board.post("x" * 1_100_000)) == (413, "request_too_large")
    assert refusal(board.post(many)) == (413, "request_too_large")
    assert refusal(board.client.get(f"{board.url()}?{many}")) == (413, "request_too_large")
    assert not PhoneCallEvent.objects.exists()


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "%FF", "\xff", "%", "%zz", "a%3Bb;c", "=&=&"])
def test_inv24_odd_signs_are_kept_or_replaced_and_break_nothing(board: Board, odd: str) -> None:
    assert board.post(f"CallID=abc1&CallerIDName={odd}").status_code == 200
    assert PhoneCallEvent.objects.get().call_id == "abc1"


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        ((), "203.0.113.9", 200),
        (("203.0.113.0/24",), "203.0.113.9", 200),
        (("203.0.113.0/24",), "::ffff:203.0.113.9", 200),
        (("203.0.113.9",), "203.0.113.10", 404),
        (("2001:db8::/32",), "2001:db8::1", 200),
        (("2001:db8::/32",), "203.0.113.9", 404),
        (("203.0.113.9",), "", 404),
    ],
)
def test_only_allowed_addresses_are_heard(
    networks: tuple[str, ...], address: str, status: int
) -> None:
    board = Board(allowed_addresses=networks)
    assert board.post(REMOTE_ADDR=address).status_code == status
    forged = board.post(REMOTE_ADDR=address, headers={"x-forwarded-for": "203.0.113.9"})
    assert forged.status_code == status


def test_c11_a_forwarded_address_counts_only_from_proxies_of_ours(settings: Any) -> None:
    board = Board(allowed_addresses=("203.0.113.9",))
    told: dict[str, Any] = {
        "REMOTE_ADDR": "10.0.0.1",
        "headers": {"x-forwarded-for": "203.0.113.9"},
    }
    assert board.post(**told).status_code == 404
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert board.post(**told).status_code == 200


def test_b06_a_secret_that_was_renewed_or_closed_opens_nothing(board: Board) -> None:
    new = renew_secret(upstream_id=board.upstream.pk, actor=board.owner)
    assert refusal(board.post()) == (404, "not_found")
    assert board.post(url=board.url(secret=new)).status_code == 200
    close_upstream(upstream_id=board.upstream.pk, actor=board.owner)
    assert refusal(board.post(url=board.url(secret=new))) == (404, "not_found")


def test_a_flood_of_unknown_secrets_is_slowed_and_good_ones_go_on(
    board: Board, settings: Any
) -> None:
    settings.API_KEY_TRIES_PER_ADDRESS = 3
    wrong = [board.post(url=board.url(secret=f"wrong{n}")) for n in range(5)]
    assert [answer.status_code for answer in wrong] == [404, 404, 404, 429, 429]
    assert refusal(wrong[-1]) == (429, "too_many_requests")
    assert int(wrong[-1].headers["Retry-After"]) > 0
    assert board.post().status_code == 200


def test_b60_a_database_that_is_away_is_said_with_when_to_try_again(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: Any) -> bool:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(receiver, "take_event", away)
    answer = board.post()
    assert refusal(answer) == (503, "service_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_b59_what_is_unforeseen_says_nothing_of_the_inside(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> bool:
        raise ZeroDivisionError(board.secret)

    monkeypatch.setattr(receiver, "take_event", broken)
    answer = board.post()
    assert refusal(answer) == (500, "internal_error")
    assert board.secret.encode() not in answer.content


def test_b25_cookies_and_sessions_change_nothing(board: Board) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_principal_user(board), "callcenter.properties.backends.DeskBackend")
    answer = client.generic("POST", board.url(), DIAL, content_type=FORM)
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def make_principal_user(board: Board) -> Any:
    return board.owner.organization.memberships.get(pk=board.owner.membership_id or 0).user


def test_b40_no_log_line_holds_the_secret(board: Board) -> None:
    for text in (
        f"POST /events/voipnow/{board.secret}/dial-in",
        f"Internal Server Error: /events/voipnow/{board.secret}/answer/",
        f"/EVENTS/voipnow/{board.secret}",
        f"GET /events/voipnow/{board.secret}?CallID=1",
        f"next=%2Fevents%2Fvoipnow%2F{board.secret}%2Fdial-in",
    ):
        assert board.secret not in mask(text)
    assert mask(f"GET /events/voipnow/{board.secret}/answer") == "GET /events/voipnow/.../answer"
    assert mask("GET /events/open/ and /calls/12/") == "GET /events/open/ and /calls/12/"


def test_b40_the_line_of_a_request_does_not_hold_the_secret(
    board: Board, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    board.post()
    board.post(url=board.url("transfer"))

    def broken(**_: Any) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(receiver, "take_event", broken)
    board.post()
    said = [mask(str(record.msg) + record.getMessage()) for record in caplog.records]
    assert said
    assert not [line for line in said if board.secret in line]


def test_b39_the_secret_is_nowhere_at_rest(board: Board) -> None:
    row = Upstream.objects.filter(pk=board.upstream.pk).values().get()
    assert board.secret not in repr(row)
    history: Any = Upstream.pgh_event_model.objects  # type: ignore[attr-defined]
    assert "secret_hmac" not in history.values().first()
