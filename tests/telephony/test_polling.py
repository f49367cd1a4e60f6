"""Polling an upstream over real HTTP: keys, failures, one poller (wire/voipnow.md 11, F17)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from callcenter.outbox.models import OutboxMessage
from callcenter.outbox.publishing import Hint
from callcenter.telephony import client, polling, tasks
from callcenter.telephony.models import PhoneCall, Upstream, UpstreamPoll
from callcenter.telephony.polling import hand_out, poll_upstream
from callcenter.telephony.upstreams import close_upstream, start_polling

from .conftest import LIVE, TOKEN, Desk, call, live_ids, make_desk, poll, started, state
from .fake_upstream import Answer, FakeUpstream, running

pytestmark = pytest.mark.django_db


def test_live_calls_come_and_go(polled: Desk, pbx: FakeUpstream) -> None:
    pbx.live = [call(1), call(2)]
    found = poll(polled)
    assert (found.failures, found.error, found.leased_until) == (0, "", None)
    assert live_ids() == [f"{n:020x}" for n in (1, 2)]
    pbx.live = [call(2)]
    PhoneCall.objects.update(heard_at=timezone.now() - timedelta(seconds=20))
    poll(polled)
    assert live_ids() == [f"{2:020x}"]


def test_the_token_is_kept_and_asked_for_as_the_contract_says(
    polled: Desk, pbx: FakeUpstream
) -> None:
    poll(polled)
    found = poll(polled)
    assert pbx.paths().count(TOKEN) == 1
    asked = pbx.asked[0]
    assert asked.form["grant_type"] == "client_credentials"
    assert (asked.form["client_id"], asked.form["type"]) == ("app", "unifiedapi")
    assert asked.form["redirect_uri"]
    assert f"http://{asked.host}" == pbx.url
    assert b"token-1" not in bytes(found.sealed_token or b"")


def test_a_token_is_renewed_before_its_end_and_when_it_is_refused(
    polled: Desk, pbx: FakeUpstream
) -> None:
    poll(polled)
    UpstreamPoll.objects.update(token_until=timezone.now() + timedelta(seconds=30))
    poll(polled)
    assert pbx.tokens == 2
    pbx.first[LIVE] = [Answer({}, 403)]
    found = poll(polled)
    assert (pbx.tokens, found.stopped_at) == (3, None)


@pytest.mark.parametrize("status", [401, 403])
def test_f17_a_key_that_is_not_taken_stops_polling_and_tells_a_person(
    polled: Desk, pbx: FakeUpstream, status: int
) -> None:
    pbx.first[TOKEN] = [Answer({"error": "invalid_client"}, status)]
    found = poll(polled)
    assert found.stopped_at is not None
    assert str(status) in found.error
    assert not poll_upstream(upstream_id=polled.upstream.pk, actor=polled.system)
    started(polled, pbx)
    assert poll(polled).stopped_at is None


def test_a_new_token_that_is_refused_too_stops_polling(polled: Desk, pbx: FakeUpstream) -> None:
    pbx.always[LIVE] = lambda _: Answer({}, 401)
    assert poll(polled).stopped_at is not None
    assert pbx.paths().count(LIVE) == 1


BROKEN: list[Answer] = [
    Answer(b"<html>Sorry</html>"),
    Answer(b'{"entry": ['),
    Answer(b"[" * 100_000),
    Answer(b'{"entry": ' + b"9" * 5_000 + b"}"),
    Answer(b"\xff\xfe\x00"),
    Answer([]),
    Answer("text"),
    Answer({}),
    Answer({"error": {"code": "x"}}),
    Answer({"entry": "none"}),
    Answer({"entry": 7, "totalResults": 0}),
    Answer({"totalResults": 3}),
    Answer({}, 500),
    Answer({}, 400),
    Answer({}, 404),
    Answer({"entry": []}, 302, {"Location": "http://127.0.0.1:1/"}),
    Answer({"entry": []}, headers={"Content-Encoding": "gzip"}),
    Answer(b'{"entry": []}', headers={"Content-Length": "500"}),
]


@pytest.mark.parametrize("answer", BROKEN)
def test_f17_a_broken_answer_ends_no_call_and_opens_the_breaker(
    polled: Desk, pbx: FakeUpstream, answer: Answer
) -> None:
    pbx.live = [call(1)]
    poll(polled)
    PhoneCall.objects.update(heard_at=timezone.now() - timedelta(minutes=1))
    pbx.always[LIVE] = lambda _: answer
    found = poll(polled)
    assert live_ids() == [f"{1:020x}"]
    assert (found.failures, found.stopped_at, bool(found.error)) == (1, None, True)
    assert found.paused_until is not None
    assert found.paused_until > timezone.now()
    assert "token-1" not in found.error
    assert not poll_upstream(upstream_id=polled.upstream.pk, actor=polled.system)


def test_the_breaker_waits_longer_each_time_and_closes_again(
    polled: Desk, pbx: FakeUpstream
) -> None:
    waits = []
    pbx.always[LIVE] = lambda _: Answer({}, 500)
    for _ in range(9):
        found = poll(polled)
        assert found.paused_until is not None
        waits.append((found.paused_until - timezone.now()).total_seconds())
        UpstreamPoll.objects.update(paused_until=None)
    assert waits[0] < 20 < waits[1] < 40 < waits[2]
    assert max(waits) <= polling.LONGEST_PAUSE * 1.2
    del pbx.always[LIVE]
    found = poll(polled)
    assert (found.failures, found.paused_until, found.error) == (0, None, "")


@pytest.mark.parametrize(("said", "seconds"), [("600", 600), ("999999", 3_600), ("soon", 0)])
def test_f17_retry_after_is_heeded_within_reason(
    polled: Desk, pbx: FakeUpstream, said: str, seconds: int
) -> None:
    pbx.first[LIVE] = [Answer({}, 503, {"Retry-After": said})]
    found = poll(polled)
    assert found.paused_until is not None
    wait = (found.paused_until - timezone.now()).total_seconds()
    assert abs(wait - seconds) < 2 or (seconds == 0 and wait < 20)


def test_b13_a_redirect_is_not_followed_with_a_token(polled: Desk, pbx: FakeUpstream) -> None:
    with running(FakeUpstream()) as trap:
        there = Answer(b"", 302, {"Location": f"{trap.url}{LIVE}"})
        pbx.always[LIVE] = lambda _: there
        pbx.first[TOKEN] = [Answer(b"", 307, {"Location": f"{trap.url}{TOKEN}"})]
        poll(polled)
        UpstreamPoll.objects.update(paused_until=None)
        poll(polled)
        assert trap.asked == []


def test_f08_one_poller_at_a_time(polled: Desk, pbx: FakeUpstream) -> None:
    until = timezone.now() + timedelta(minutes=1)
    UpstreamPoll.objects.update(leased_until=until)
    assert not poll_upstream(upstream_id=polled.upstream.pk, actor=polled.system)
    assert pbx.asked == []
    UpstreamPoll.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert poll(polled).attempt == 1


def test_f08_a_poller_that_lost_its_lease_writes_nothing_more(
    polled: Desk, pbx: FakeUpstream
) -> None:
    pbx.live = [call(1)]
    poll(polled)
    lease = polling.Lease(polled.upstream, attempt=1)
    UpstreamPoll.objects.update(attempt=2)
    assert not lease.write(error="late")
    assert state(polled).error == ""


def test_closed_and_foreign_upstreams_are_not_asked(polled: Desk, pbx: FakeUpstream) -> None:
    stranger = make_desk()
    assert not poll_upstream(upstream_id=polled.upstream.pk, actor=stranger.system)
    close_upstream(upstream_id=polled.upstream.pk, actor=polled.owner)
    assert not poll_upstream(upstream_id=polled.upstream.pk, actor=polled.system)
    assert pbx.asked == []


def test_what_is_due_is_handed_out_once(polled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hints: list[Hint] = []

    def take(hint: Hint) -> bool:
        hints.append(hint)
        return True

    monkeypatch.setattr(polling, "publish", take)
    assert (hand_out(), hand_out()) == (1, 0)
    ids = {"organization_id": polled.organization.pk, "upstream_id": polled.upstream.pk}
    assert hints == [Hint("telephony.poll_upstream", ids)]
    past = timezone.now() - timedelta(seconds=1)
    UpstreamPoll.objects.update(due_at=past, paused_until=timezone.now() + timedelta(minutes=1))
    assert hand_out() == 0
    UpstreamPoll.objects.update(due_at=past, paused_until=None, stopped_at=past)
    assert hand_out() == 0


def test_b14_a_secret_for_elsewhere_is_never_sent(polled: Desk, pbx: FakeUpstream) -> None:
    with running(FakeUpstream()) as trap:
        Upstream.objects.update(base_url=trap.url)  # past the actions
        assert poll(polled).stopped_at is not None
        assert trap.asked == []


@pytest.mark.parametrize(("name", "value"), [("MOST_BYTES", 1_000), ("WHOLE", -1.0)])
def test_b15_answers_have_a_limit_of_bytes_and_of_time(
    polled: Desk, pbx: FakeUpstream, monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    pbx.live = [call(n) for n in range(20)]
    monkeypatch.setattr(client, name, value)
    found = poll(polled)
    assert found.failures == 1
    assert not PhoneCall.objects.exists()


def test_nobody_there_is_a_failure_like_others(polled: Desk, settings: Any) -> None:
    dead = "http://127.0.0.1:1"
    settings.UPSTREAM_INNER_ORIGINS = [dead]
    start_polling(
        upstream_id=polled.upstream.pk,
        base_url=dead,
        client_id="app",
        secret="hunter2",
        actor=polled.owner,
    )
    found = poll(polled)
    assert (found.failures, found.stopped_at) == (1, None)
    assert "did not answer" in found.error


def test_the_tasks_do_it_for_the_system(polled: Desk, pbx: FakeUpstream) -> None:
    pbx.live = [call(1)]
    ids = {"organization_id": polled.organization.pk, "upstream_id": polled.upstream.pk}
    tasks.poll_upstream(**ids)
    assert live_ids() == [f"{1:020x}"]
    PhoneCall.objects.update(heard_at=timezone.now() - timedelta(days=1))
    tasks.end_lost_calls()
    assert live_ids() == []
    event = polled.push("dial-in", CallID="pushed")
    assert event is not None
    message = OutboxMessage.objects.get()
    tasks.work_event(message_id=message.pk, **message.arguments)
    message.refresh_from_db()
    assert message.done_at is not None
    assert PhoneCall.objects.live().get().external_id == "pushed"
