"""Working time: weekly patterns, closed days, and the changes of clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.core.hours import ALWAYS, after, between, read_hours

NEW_YORK = "America/New_York"
OFFICE = read_hours("mon-fri 08:00-18:00\nsat 9:00-12:00\nclosed 2026-11-26")
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def there(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(NEW_YORK))  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (there(2026, 11, 24, 10, 0), 60, there(2026, 11, 24, 11, 0)),
        (there(2026, 11, 24, 17, 30), 60, there(2026, 11, 25, 8, 30)),
        (there(2026, 11, 24, 3, 0), 60, there(2026, 11, 24, 9, 0)),
        (there(2026, 11, 25, 17, 30), 60, there(2026, 11, 27, 8, 30)),  # over a closed day
        (there(2026, 11, 27, 17, 0), 60, there(2026, 11, 27, 18, 0)),  # to the last minute
        (there(2026, 11, 28, 11, 30), 60, there(2026, 11, 30, 8, 30)),  # over the Sunday
    ],
)
def test_only_working_time_counts(start: datetime, minutes: int, due: datetime) -> None:
    assert after(start, timedelta(minutes=minutes), OFFICE, NEW_YORK) == due


def test_without_hours_the_clock_never_stands_still() -> None:
    assert read_hours(" \n") == ALWAYS
    start = there(2026, 11, 28, 23, 0)
    assert after(start, timedelta(hours=2), ALWAYS, NEW_YORK) == start + timedelta(hours=2)


def test_days_of_23_and_25_hours_count_what_passes() -> None:
    night = read_hours("sun 00:00-24:00")
    spring, autumn = there(2026, 3, 8, 0, 0), there(2026, 11, 1, 0, 0)
    for day, hours in ((spring, 23), (autumn, 25)):
        assert between(day, day + timedelta(days=1, hours=2), night, NEW_YORK) == timedelta(
            hours=hours
        )
    assert after(spring, timedelta(hours=2), night, NEW_YORK) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_spans_of_a_day_are_joined_and_a_lunch_break_is_kept() -> None:
    assert read_hours("mon 08:00-12:00\nmon 11:00-18:00") == read_hours("mon 8:00-18:00")
    assert len(read_hours("mon 08:00-12:00\nmon 13:00-18:00").week[0]) == 2
    assert read_hours("closed 2026-12-25").closed == {date(2026, 12, 25)}


@pytest.mark.parametrize(
    "line",
    [
        *("mon", "mon-fri", "mon 8-18", "mon 18:00-08:00", "mon 08:00-08:00"),
        "fri-mon 08:00-18:00",
        *("xxx 08:00-18:00", "mon 25:00-26:00", "closed christmas", "closed 2026-02-30"),
    ],
)
def test_what_is_not_understood_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="Not understood"):
        read_hours(line)


def test_hours_that_never_come_have_no_moment() -> None:
    assert after(there(2026, 1, 1, 0, 0), timedelta(days=400), OFFICE, NEW_YORK) is None


moments = st.integers(0, 730 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@patient
@given(moments, st.integers(1, 5_000), st.sampled_from([ALWAYS, OFFICE]))
def test_the_working_time_until_what_is_due_is_what_was_given(
    start: datetime, minutes: int, hours: object
) -> None:
    for zone in (NEW_YORK, "Australia/Lord_Howe"):
        due = after(start, timedelta(minutes=minutes), hours, zone)  # type: ignore[arg-type]
        assert due is not None
        assert due >= start + timedelta(minutes=minutes)
        passed = between(start, due, hours, zone)  # type: ignore[arg-type]
        assert passed == timedelta(minutes=minutes)
