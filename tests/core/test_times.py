"""Times in pages: the words, the moment and whose clock it is."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.template import Context, Template

NOW = datetime(2026, 11, 17, 15, 50, tzinfo=UTC)  # 10:50 in New York


def rendered(tag: str, value: datetime | None, zone: str | None, reader: str = "") -> str:
    request = SimpleNamespace(user=SimpleNamespace(time_zone=reader))
    context = Context({"value": value, "zone": zone, "request": request})
    with time_machine.travel(NOW, tick=False):
        return Template("{% load times %}{% " + tag + " value zone %}").render(context)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 17, 15, 49, 30, tzinfo=UTC), "just now"),
        (datetime(2026, 11, 17, 15, 44, 57, tzinfo=UTC), "5 min ago"),
        (datetime(2026, 11, 17, 13, 49, tzinfo=UTC), "2 h ago"),
        (datetime(2026, 11, 16, 15, 49, tzinfo=UTC), "yesterday"),
        (datetime(2026, 11, 10, 15, 49, tzinfo=UTC), "Tue 10 Nov"),
        (datetime(2025, 3, 3, 15, 49, tzinfo=UTC), "3 Mar 2025"),
        (datetime(2026, 11, 17, 15, 58, 30, tzinfo=UTC), "in 8 min"),
        (datetime(2026, 11, 17, 18, 0, tzinfo=UTC), "in 2 h"),
        (datetime(2026, 11, 18, 16, 0, tzinfo=UTC), "tomorrow"),
    ],
)
def test_when_says_how_long_ago_or_how_soon(value: datetime, words: str) -> None:
    assert f">{words}</time>" in rendered("when", value, "America/New_York")


def test_the_moment_stands_beside_the_words_on_the_clock_of_the_place() -> None:
    html = rendered("when", datetime(2026, 11, 17, 15, 44, 57, tzinfo=UTC), "America/New_York")
    assert 'datetime="2026-11-17T10:44:57-05:00"' in html
    assert 'title="Tue 17 Nov 2026 10:44:57 EST (New York)"' in html


def test_a_reader_in_another_zone_sees_the_own_clock_too() -> None:
    value = datetime(2026, 11, 17, 15, 44, 57, tzinfo=UTC)
    html = rendered("clock", value, "America/New_York", "America/Los_Angeles")
    assert "EST (New York); for you Tue 17 Nov 2026 07:44:57 PST (Los Angeles)" in html
    assert "for you" not in rendered("clock", value, "America/New_York", "America/Toronto")


def test_clock_names_the_day_when_it_is_another_one_there() -> None:
    late = datetime(2026, 11, 17, 4, 30, tzinfo=UTC)
    assert ">yesterday, 23:30</time>" in rendered("clock", late, "America/New_York")
    assert ">04:30</time>" in rendered("clock", late, "UTC")


def test_unknown_is_said_and_a_strange_zone_is_utc() -> None:
    assert "unknown" in rendered("when", None, "UTC")
    value = datetime(2026, 11, 17, 15, 44, tzinfo=UTC)
    for strange in ("Nowhere/Land", "../etc", None):
        assert "15:44:00 UTC" in rendered("clock", value, strange)
