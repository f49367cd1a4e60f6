"""Polling an upstream over real HTTP (wire/voipnow.md 11, F17, F18)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from callcenter.outbox.models import OutboxMessage
from callcenter.outbox.publishing import Hint
from callcenter.telephony import client, paging, polling, tasks
from callcenter.telephony.models import PhoneCall, UnreadRow, Upstream, UpstreamPoll
from callcenter.telephony.polling import hand_out, poll_upstream
from callcenter.telephony.upstreams import close_upstream, start_polling

from .conftest import Desk, make_desk
from .fake_upstream import Answer, Asked, FakeUpstream, running

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
LIVE, CDR, TOKEN = "/uapi/phoneCalls/@me/@self", "/uapi/cdr/@me", "/oauth/token.php"


def call(number: int, **fields: Any) -> dict[str, Any]:
    """A listed call at 0003*210 that was answered."""
    view = {
        "id": "00",
        "extension": "0003*210",
        "source": "+13055550142",
        "destination": "0003*210",
        "flow": "8",
        "status": "5",
        "answered": "2026-11-20T14:03:19Z",
    }
    times = {"published": "2026-11-20T14:03:11Z", "answered": "2026-11-20T14:03:19Z"}
    return {"id": f"{number:020x}", **times, "phoneCallView": [view], **fields}


def over(number: int) -> dict[str, Any]:
    """The same call, as the history has it."""
    known = call(number)
    return known | {"phoneCallView": [known["phoneCallView"][0] | {"disposition": "0"}]}


@pytest.fixture
def pbx() -> Iterator[FakeUpstream]:
    with running(FakeUpstream()) as server:
        yield server


@pytest.fixture
def polled(pbx: FakeUpstream, settings: Any) -> Desk:
    settings.UPSTREAM_INNER_ORIGINS = [pbx.url]
    return started(make_desk(), pbx)


def started(desk: Desk, pbx: FakeUpstream) -> Desk:
    wish = {"base_url": pbx.url, "client_id": "app", "secret": pbx.secret}
    start_polling(upstream_id=desk.upstream.pk, actor=desk.owner, **wish)
    return desk


def poll(desk: Desk) -> UpstreamPoll:
    """Poll now, whatever was before; how polling stands then."""
    assert poll_upstream(upstream_id=desk.upstream.pk, actor=desk.system)
    return state(desk)


def state(desk: Desk) -> UpstreamPoll:
    return UpstreamPoll.objects.get(upstream=desk.upstream)


def live_ids() -> list[str]:
    return list(PhoneCall.objects.live().order_by("wire_id").values_list("wire_id", flat=True))


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


def test_pages_are_followed_on_the_same_host_only(
    polled: Desk, pbx: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    pbx.live = [call(n) for n in range(1, 6)]
    monkeypatch.setattr(paging, "COUNT", 2)
    with running(FakeUpstream()) as trap:

        def page(asked: Asked) -> Answer:
            answer = pbx.page(pbx.live, asked)
            if isinstance(answer.body, dict):
                answer.body["paging"] = {"next": f"{trap.url}{LIVE}?count=2&startIndex=2"}
            return answer

        pbx.always[LIVE] = page
        poll(polled)
        assert trap.asked == []
    assert [one.query["startIndex"] for one in pbx.asked if one.path == LIVE] == ["0", "2"]


@pytest.mark.parametrize("form", ["absolute", "relative", "top", "none"])
def test_pages_are_followed_to_their_end(polled: Desk, pbx: FakeUpstream, form: str) -> None:
    pbx.live = [call(n) for n in range(1, 6)]

    def page(asked: Asked) -> Answer:
        asked.query["count"] = "2"
        answer = pbx.page(pbx.live, asked)
        where = f"{LIVE}?count=2&startIndex={int(asked.query['startIndex']) + 2}"
        if isinstance(answer.body, dict) and form != "none":
            next_page = pbx.url + where if form == "absolute" else where
            answer.body |= {"next": where} if form == "top" else {"paging": {"next": next_page}}
        return answer

    pbx.always[LIVE] = page
    poll(polled)
    assert len(live_ids()) == 5
    assert [one.query["startIndex"] for one in pbx.asked if one.path == LIVE] == ["0", "2", "4"]


def test_a_next_that_leads_round_ends(polled: Desk, pbx: FakeUpstream) -> None:
    where = {"paging": {"next": f"{LIVE}?count=4999&startIndex=0"}}
    pbx.always[LIVE] = lambda _: Answer({"entry": [call(1)], "totalResults": 9} | where)
    poll(polled)
    assert pbx.paths().count(LIVE) <= 2
    assert live_ids() == [f"{1:020x}"]


def test_f18_a_list_that_is_not_whole_ends_no_call(polled: Desk, pbx: FakeUpstream) -> None:
    pbx.live = [call(1), call(2)]
    poll(polled)
    PhoneCall.objects.update(heard_at=timezone.now() - timedelta(minutes=1))
    pbx.always[LIVE] = lambda _: Answer({"entry": [call(2)], "totalResults": 5})
    poll(polled)
    assert len(live_ids()) == 2
    pbx.always[LIVE] = lambda _: Answer({"entry": [call(2), {"odd": 1}], "totalResults": 2})
    PhoneCall.objects.update(heard_at=timezone.now() - timedelta(minutes=1))
    poll(polled)
    assert len(live_ids()) == 2
    assert UnreadRow.objects.count() == 1


@pytest.mark.parametrize("answer", [Answer(b"", 204), Answer(b""), Answer({"entry": []})])
def test_all_three_forms_of_nothing_end_the_calls(
    polled: Desk, pbx: FakeUpstream, answer: Answer
) -> None:
    pbx.live = [call(1)]
    poll(polled)
    PhoneCall.objects.update(heard_at=timezone.now() - timedelta(minutes=1))
    pbx.always[LIVE] = lambda _: answer
    poll(polled)
    assert live_ids() == []


def test_older_servers_answer_under_another_prefix(polled: Desk, pbx: FakeUpstream) -> None:
    pbx.always[LIVE] = pbx.always[CDR] = lambda _: Answer(b"<h1>Not found</h1>", 404)
    pbx.live, pbx.history = [call(1)], [over(2)]
    pbx.always["/unifiedapi/phoneCalls/@me/@self"] = lambda asked: pbx.page(pbx.live, asked)
    pbx.always["/unifiedapi/cdr/@me"] = lambda asked: pbx.page(pbx.history, asked)
    assert poll(polled).error == ""
    assert live_ids() == [f"{1:020x}"]
    assert PhoneCall.objects.over().count() == 1


def windows(pbx: FakeUpstream, name: str = "saveStartDate") -> list[str]:
    return [one.query[name] for one in pbx.asked if one.path == CDR and name in one.query]


def test_the_history_is_asked_by_saving_with_an_overlap(polled: Desk, pbx: FakeUpstream) -> None:
    pbx.history = [over(1)]
    found = poll(polled)
    assert PhoneCall.objects.over().get().disposition == 0
    poll(polled)
    assert len(windows(pbx)) == 1  # not every time
    assert found.history_until is not None
    before = timezone.now().replace(microsecond=0) - timedelta(hours=2)
    UpstreamPoll.objects.update(history_until=before)
    poll(polled)
    zone = pbx.asked[-1].query["saveStartDate"]
    wanted = (before - polling.OVERLAP).astimezone(NEW_YORK)
    assert zone == wanted.strftime("%Y-%m-%dT%H:%M:%S")


def test_a_server_without_dates_of_saving_is_asked_by_the_others(
    polled: Desk, pbx: FakeUpstream
) -> None:
    def page(asked: Asked) -> Answer:
        return Answer({}, 400) if "saveStartDate" in asked.query else pbx.page(pbx.history, asked)

    pbx.history = [over(1)]
    pbx.always[CDR] = page
    assert poll(polled).error == ""
    assert len(windows(pbx, "startDate")) == 1
    assert PhoneCall.objects.over().count() == 1


def test_a_window_with_too_many_calls_is_halved(polled: Desk, pbx: FakeUpstream) -> None:
    """34,000 calls in the first window; each window says how many it has, evenly spread."""
    end = timezone.now()
    first = polling.FIRST.total_seconds()

    def page(asked: Asked) -> Answer:
        start, until = (
            datetime.fromisoformat(asked.query[name]).replace(tzinfo=NEW_YORK).astimezone(UTC)
            for name in ("saveStartDate", "saveEndDate")
        )
        total = round(34_000 * (until - start).total_seconds() / first)
        number = int((end - until).total_seconds()) + 10**7
        return Answer({"entry": [over(number)], "totalResults": total if total > 4_900 else 1})

    pbx.always[CDR] = page
    found = poll(polled)
    assert found.error == ""
    assert found.history_until is not None
    assert found.history_until >= end - timedelta(seconds=5)
    assert PhoneCall.objects.over().count() == 8
    assert len(windows(pbx)) == 15


def test_a_history_that_fails_half_way_goes_on_where_it_was(
    polled: Desk, pbx: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "MOST_TOTAL", 1)
    big = Answer({"entry": [over(1), over(2)], "totalResults": 2})
    pbx.first[CDR] = [big, Answer({"entry": [over(1)], "totalResults": 1}), Answer({}, 500)]
    found = poll(polled)
    assert found.failures == 1
    assert found.history_until is not None
    assert timedelta(days=15) < timezone.now() - found.history_until < timedelta(days=16)


def test_windows_are_longer_where_the_clock_changes() -> None:
    fall = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 01:30 for the second time
    window = paging.Window(fall, fall + timedelta(days=1))
    said = window.parameters(NEW_YORK, by_saving=False)
    assert said == {"startDate": "2026-11-01T01:30:00", "endDate": "2026-11-02T01:30:00"}
    assert window.parameters(NEW_YORK, by_saving=True).keys() == {"saveStartDate", "saveEndDate"}
    ends = paging.Window(fall - timedelta(days=1), fall).parameters(NEW_YORK, by_saving=False)
    assert ends["endDate"] == "2026-11-01T02:30:00"


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
