"""When to ring back, in words: what is understood, and that nothing else is."""

import contextlib
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from callcenter.calls.due_words import DAYS, FARTHEST, PARTS, read_due
from callcenter.calls.models import TimeFlag
from callcenter.core.errors import RuleError

NEW_YORK = "America/New_York"
NOW = datetime(2026, 11, 24, 15, 12, 30, tzinfo=ZoneInfo(NEW_YORK))  # a Tuesday
ZONES = [NEW_YORK, "America/Phoenix", "America/St_Johns", "Europe/London", "Australia/Lord_Howe"]


def local(text: str, now: datetime = NOW, zone: str = NEW_YORK) -> str:
    """What is understood, on the clock of the zone."""
    return f"{read_due(text, zone=zone, now=now).local:%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("tomorrow 9", "Wed 2026-11-25 09:00"),
        ("Tomorrow, 9.", "Wed 2026-11-25 09:00"),
        ("tomorrow morning", "Wed 2026-11-25 09:00"),
        ("9am tomorrow", "Wed 2026-11-25 09:00"),
        ("tomorrow at 5:30 p.m.", "Wed 2026-11-25 17:30"),
        ("tomorrow noon", "Wed 2026-11-25 12:00"),
        ("day after tomorrow 8", "Thu 2026-11-26 08:00"),
        ("in 2h", "Tue 2026-11-24 17:13"),
        ("2 hours", "Tue 2026-11-24 17:13"),
        ("90m", "Tue 2026-11-24 16:43"),
        ("1h30", "Tue 2026-11-24 16:43"),
        ("1 h and 30 min", "Tue 2026-11-24 16:43"),
        ("in 3 days", "Fri 2026-11-27 15:13"),
        ("1 week", "Tue 2026-12-01 15:13"),
        ("mon 9:30", "Mon 2026-11-30 09:30"),
        ("monday", "Mon 2026-11-30 09:00"),
        ("fri 14", "Fri 2026-11-27 14:00"),
        ("thurs 9.15", "Thu 2026-11-26 09:15"),
        ("tue 17", "Tue 2026-11-24 17:00"),
        ("tue 9", "Tue 2026-12-01 09:00"),
        ("17:30", "Tue 2026-11-24 17:30"),
        ("5pm", "Tue 2026-11-24 17:00"),
        ("5 PM", "Tue 2026-11-24 17:00"),
        ("today 17", "Tue 2026-11-24 17:00"),
        ("today", "Tue 2026-11-24 17:00"),
        ("end of day", "Tue 2026-11-24 17:00"),
        ("this evening", "Tue 2026-11-24 18:00"),
        ("tonight", "Tue 2026-11-24 20:00"),
        ("dec 1 10am", "Tue 2026-12-01 10:00"),
        ("1 december 10", "Tue 2026-12-01 10:00"),
        ("dec 1st", "Tue 2026-12-01 09:00"),
        ("nov 3 2027 9:00", "Wed 2027-11-03 09:00"),
        ("2026-11-30 09:15", "Mon 2026-11-30 09:15"),
        ("2026-11-30", "Mon 2026-11-30 09:00"),
        ("\uff11\uff17\uff1a\uff13\uff10", "Tue 2026-11-24 17:30"),  # full width
    ],
)
def test_words_that_people_write_are_understood(text: str, understood: str) -> None:
    assert local(text) == understood


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "9", "soon", "asap", "next week", "11/30", "30.11.", "tomorrow 9 or 10"),
        *("tomorrow 25", "25:00", "13pm", "0am", "feb 30", "2026-02-30", "0m", "in 0 days"),
        *("1h 2h", "2h90", "30m20", "-5m", "monday 9999", "1730", "tomorrow tomorrow", "x" * 61),
        *("tomorrow 9\x00", "in 9999w 9999w", "9999-12-31", "0001-01-01 09:00", "tom 9"),
    ],
)
def test_anything_else_is_refused_and_told_how_to_write_it(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_due(text, zone=NEW_YORK, now=NOW)
    assert refused.value.field == "due"


@pytest.mark.parametrize("text", ["noon", "9:00", "today 9", "this morning", "2026-11-24 15:12"])
def test_the_past_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="is over there"):
        read_due(text, zone=NEW_YORK, now=NOW)


def test_a_date_that_was_lately_is_not_taken_for_next_year() -> None:
    with pytest.raises(RuleError, match="2027-11-20"):
        read_due("nov 20", zone=NEW_YORK, now=NOW)
    with pytest.raises(RuleError, match="more than a year"):
        read_due("2028-01-01", zone=NEW_YORK, now=NOW)


def test_hours_that_a_clock_skips_or_shows_twice_are_flagged() -> None:
    spring = datetime(2026, 3, 7, 12, tzinfo=ZoneInfo(NEW_YORK))
    skipped = read_due("tomorrow 2:30", zone=NEW_YORK, now=spring)
    assert (skipped.flag, f"{skipped.local:%H:%M}") == (TimeFlag.IMPOSSIBLE, "03:30")
    autumn = datetime(2026, 10, 31, 12, tzinfo=ZoneInfo(NEW_YORK))
    twice = read_due("tomorrow 1:30", zone=NEW_YORK, now=autumn)
    assert (twice.flag, twice.at) == (TimeFlag.AMBIGUOUS, datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
    assert read_due("tomorrow 1:30", zone="America/Phoenix", now=autumn).flag == TimeFlag.EXACT


def test_hours_run_through_the_change_of_clocks_and_days_do_not() -> None:
    autumn = datetime(2026, 10, 31, 21, tzinfo=ZoneInfo(NEW_YORK))
    assert local("in 24h", autumn) == "Sun 2026-11-01 20:00"
    assert local("in 1 day", autumn) == "Sun 2026-11-01 21:00"


def test_the_clock_is_that_of_the_property() -> None:
    assert local("tomorrow 9", zone="America/St_Johns") == "Wed 2026-11-25 09:00"
    due = read_due("tomorrow 9", zone="America/St_Johns", now=NOW)
    assert due.at == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    assert read_due("tomorrow 5", zone=NEW_YORK, now=NOW).is_at_night


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
moments = st.integers(0, 730 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
clocks = st.times(timezones=st.none()).map(lambda at: time(at.hour, at.minute))
days = st.sampled_from(["today", "tomorrow", *DAYS, *(day[:3] for day in DAYS)])


@patient
@given(moments, st.sampled_from(ZONES), days, clocks)
def test_a_day_and_a_clock_mean_the_next_such_moment(
    now: datetime, zone: str, day: str, clock: time
) -> None:
    try:
        due = read_due(f"{day} {clock:%H:%M}", zone=zone, now=now)
    except RuleError:
        assert day == "today"
        return
    assert timedelta() < due.at - now <= timedelta(days=8)
    if due.flag != TimeFlag.IMPOSSIBLE:
        assert due.local.time() == clock
    if day not in ("today", "tomorrow") and due.flag == TimeFlag.EXACT:
        assert DAYS[due.local.weekday()].startswith(day)


@patient
@given(moments, st.sampled_from(ZONES), st.text(max_size=70))
@example(datetime(2026, 3, 7, tzinfo=UTC), NEW_YORK, "in 9999 weeks")
def test_any_text_is_understood_or_refused_and_never_means_the_past(
    now: datetime, zone: str, text: str
) -> None:
    with contextlib.suppress(RuleError):
        assert now < read_due(text, zone=zone, now=now).at <= now + FARTHEST


@patient
@given(
    moments,
    st.sampled_from(ZONES),
    st.lists(
        st.sampled_from(
            [*DAYS, *PARTS, "in", "at", "on", "9", "17", "30", "2h", "m", "dec", "1", "2026", "5pm"]
        ),
        max_size=5,
    ),
)
def test_what_is_understood_reads_the_same_as_a_full_date(
    now: datetime, zone: str, words: list[str]
) -> None:
    try:
        due = read_due(" ".join(words), zone=zone, now=now)
    except RuleError:
        return
    if due.local.fold:  # the second of the two; a date means the first
        return
    again = read_due(f"{due.local:%Y-%m-%d %H:%M}", zone=zone, now=now)
    assert again.at == due.at
