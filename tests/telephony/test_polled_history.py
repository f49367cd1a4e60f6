"""The history of an upstream, window by window (wire/voipnow.md 11, F18)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from callcenter.telephony import paging, polling
from callcenter.telephony.models import PhoneCall, UpstreamPoll

from .conftest import CDR, Desk, over, poll
from .fake_upstream import Answer, Asked, FakeUpstream

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


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
