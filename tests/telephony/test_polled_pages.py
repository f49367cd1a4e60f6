"""The pages of an upstream, followed to their end and on its own host (wire/voipnow.md 11, F18)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from callcenter.telephony import paging
from callcenter.telephony.models import PhoneCall, UnreadRow

from .conftest import CDR, LIVE, Desk, call, live_ids, over, poll
from .fake_upstream import Answer, Asked, FakeUpstream, running

pytestmark = pytest.mark.django_db


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
