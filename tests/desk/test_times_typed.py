"""When a call was and how long, as people type it."""

from datetime import UTC, datetime

import pytest

from callcenter.calls.contacted import read_contacted
from callcenter.calls.models import TimeFlag
from callcenter.core.durations import parse_duration
from callcenter.core.errors import RuleError

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 in New York
ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("4:30", 270), ("4m", 240), ("4 min", 240), ("1h05", 3900), ("1h", 3600), ("270", 270)),
        *(
            ("90s", 90),
            ("1:05:00", 3900),
            ("4m30s", 270),
            ("0", 0),
            ("1H 5M", 3900),
            ("75:00", 4500),
        ),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "x", "-5", "4:75", "4,5", "1e3", "h", "m", "٤", "99999", "25h", "1:2:3:4", "\x00"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("09:42", datetime(2026, 11, 24, 14, 42, tzinfo=UTC)),
        ("9.42 am", datetime(2026, 11, 24, 14, 42, tzinfo=UTC)),
        ("12:05 a.m.", datetime(2026, 11, 24, 5, 5, tzinfo=UTC)),
        ("10:03", datetime(2026, 11, 24, 15, 3, tzinfo=UTC)),  # clocks differ a little
        ("23:50", datetime(2026, 11, 24, 4, 50, tzinfo=UTC)),  # that was yesterday
        ("2026-07-04 18:00", datetime(2026, 7, 4, 22, 0, tzinfo=UTC)),
        ("2026-07-04T18:00:05", datetime(2026, 7, 4, 22, 0, 5, tzinfo=UTC)),
        ("2026-07-04 18:00-02:30", datetime(2026, 7, 4, 20, 30, tzinfo=UTC)),
        ("2026-07-04 18:00 Z", datetime(2026, 7, 4, 18, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_on_the_clock_of_the_place(text: str, at: datetime) -> None:
    read = read_contacted(text, zone=ZONE, now=NOW)
    assert (read.at, read.flag, read.zone, read.text) == (at, TimeFlag.EXACT, ZONE, text)


def test_nothing_typed_is_now() -> None:
    assert read_contacted("  ", zone=ZONE, now=NOW).at == NOW


@pytest.mark.parametrize(
    ("text", "zone", "flag", "at"),
    [
        ("2026-11-01 01:30", ZONE, "ambiguous", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("2026-11-01 01:30 -05:00", ZONE, "exact", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ("2026-03-08 02:30", ZONE, "impossible", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        ("2026-11-01 01:30", "America/Phoenix", "exact", datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        (
            "2026-04-05 01:45",
            "Australia/Lord_Howe",
            "ambiguous",
            datetime(2026, 4, 4, 14, 45, tzinfo=UTC),
        ),
    ],
)
def test_a_time_that_was_twice_or_never_is_flagged(
    text: str, zone: str, flag: str, at: datetime
) -> None:
    read = read_contacted(text, zone=zone, now=NOW)
    assert (read.flag, read.at) == (flag, at)


@pytest.mark.parametrize(
    "text",
    [
        *("soon", "25:00", "9:75", "13:00 pm", "0:30 am", "2026-02-30 10:00", "2026-13-01 10:00"),
        *("0001-01-01 00:30", "9999-12-31 23:59", "2026-11-25 10:00", "10:42 x", "\x00", "1" * 500),
        *("2026-07-04 18:00+99:00", "2026-07-04", "٠٩:٤٢"),
    ],
)
def test_what_is_no_time_or_not_yet_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_contacted(text, zone=ZONE, now=NOW)
    assert refused.value.field == "contacted"
