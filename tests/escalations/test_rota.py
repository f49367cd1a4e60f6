"""Who is on call when the clocks change, and always."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.escalations.rota import Override, Rota, Shift, Turn, night, nights

NEW_YORK = ZoneInfo("America/New_York")
PHOENIX = ZoneInfo("America/Phoenix")
ST_JOHNS = ZoneInfo("America/St_Johns")
ZONES = [NEW_YORK, PHOENIX, ST_JOHNS, ZoneInfo("Europe/London"), ZoneInfo("Australia/Lord_Howe")]
HOUR = 3600
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
BEFORE = timedelta(days=1)

# Joe has the weeknights, Marta Friday evening to Monday morning, nobody the working days.
WEEK = Rota(
    (
        *(Turn(day, time(18), "Joe") for day in range(4)),
        *(Turn(day, time(8), None) for day in range(5)),
        Turn(4, time(18), "Marta"),
    )
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(day: date, hour: int, minute: int, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (SPRING, NEW_YORK, 7),
        (SPRING, PHOENIX, 8),
        (SPRING, ST_JOHNS, 7),
        (AUTUMN, NEW_YORK, 9),
        (AUTUMN, PHOENIX, 8),
        (AUTUMN, ST_JOHNS, 9),
    ],
)
def test_a_night_of_a_change_has_an_hour_more_or_less(
    day: date, zone: ZoneInfo, hours: int
) -> None:
    starts, ends = night(day - BEFORE, zone)
    assert WEEK.shifts(starts, ends, zone) == [Shift(starts, ends, "Marta")]
    assert WEEK.shifts(starts, ends, zone)[0].seconds == hours * HOUR


@pytest.mark.parametrize(
    ("zone", "jump"),
    [(NEW_YORK, "2026-03-08T07:00"), (ST_JOHNS, "2026-03-08T05:30")],
)
def test_a_turn_that_the_clock_jumps_over_begins_with_the_jump(zone: ZoneInfo, jump: str) -> None:
    rota = Rota((Turn(5, time(22), "Joe"), Turn(6, time(2, 30), "Marta")))
    starts, ends = night(SPRING - BEFORE, zone)
    joe, marta = rota.shifts(starts, ends, zone)
    assert (joe.who, marta.who) == ("Joe", "Marta")
    assert joe.ends == marta.starts == utc(jump)
    assert (joe.seconds, marta.seconds) == (4 * HOUR, 3 * HOUR)
    assert rota.on_call(utc(jump) - timedelta(seconds=1), zone) == "Joe"
    assert rota.on_call(utc(jump), zone) == "Marta"


def test_phoenix_hands_over_at_half_past_two_on_both_nights() -> None:
    rota = Rota((Turn(5, time(22), "Joe"), Turn(6, time(2, 30), "Marta")))
    for day in (SPRING, AUTUMN):
        joe, marta = rota.shifts(*night(day - BEFORE, PHOENIX), PHOENIX)
        assert (joe.seconds, marta.seconds) == (16_200, 12_600)
        assert marta.starts == local(day, 2, 30, PHOENIX)


@pytest.mark.parametrize("zone", [NEW_YORK, ST_JOHNS])
def test_an_hour_that_happens_twice_is_one_persons(zone: ZoneInfo) -> None:
    rota = Rota((Turn(5, time(22), "Joe"), Turn(6, time(1), "Marta"), Turn(6, time(2), "Ray")))
    joe, marta, ray = rota.shifts(*night(AUTUMN - BEFORE, zone), zone)
    assert (joe.who, marta.who, ray.who) == ("Joe", "Marta", "Ray")
    assert (joe.seconds, marta.seconds, ray.seconds) == (3 * HOUR, 2 * HOUR, 4 * HOUR)
    for fold in (0, 1):
        assert rota.on_call(local(AUTUMN, 1, 40, zone, fold), zone) == "Marta"


def test_the_same_reading_of_the_clock_is_the_same_person_each_time() -> None:
    rota = Rota((Turn(5, time(22), "Joe"), Turn(6, time(1, 30), "Marta")))
    shifts = rota.shifts(*night(AUTUMN - BEFORE, NEW_YORK), NEW_YORK)
    assert [shift.who for shift in shifts] == ["Joe", "Marta", "Joe", "Marta"]
    assert [shift.seconds for shift in shifts] == [12_600, 1_800, 1_800, 16_200]


def test_a_week_goes_on_over_its_end() -> None:
    monday = local(date(2026, 6, 1), 7, 59, NEW_YORK)
    assert WEEK.on_call(monday, NEW_YORK) == "Marta"
    assert WEEK.on_call(monday + timedelta(minutes=1), NEW_YORK) is None


def test_one_turn_is_always_and_none_is_never() -> None:
    starts, ends = night(AUTUMN - BEFORE, ST_JOHNS)
    assert Rota((Turn(2, time(9), "Joe"),)).shifts(starts, ends, ST_JOHNS) == [
        Shift(starts, ends, "Joe")
    ]
    never: Rota[str] = Rota()
    assert never.gaps(starts, ends, ST_JOHNS) == [Shift(starts, ends, None)]


def test_the_newest_override_counts_and_may_be_a_gap() -> None:
    day = datetime(2026, 6, 6)  # noqa: DTZ001 (a time of the wall clock)
    rota = Rota(
        WEEK.turns,
        (
            Override(day.replace(hour=20), day.replace(hour=23), "Ray"),
            Override(day.replace(hour=22), day.replace(hour=23), None),
        ),
    )
    starts, ends = night(day.date(), NEW_YORK, begins=time(18), ends=time(8))
    shifts = rota.shifts(starts, ends, NEW_YORK)
    assert [shift.who for shift in shifts] == ["Marta", "Ray", None, "Marta"]
    assert [shift.seconds for shift in shifts] == [7_200, 7_200, 3_600, 32_400]
    assert rota.gaps(starts, ends, NEW_YORK) == [shifts[2]]


def test_nights_follow_each_other_and_may_end_on_their_day() -> None:
    found = nights(AUTUMN - BEFORE, 14, NEW_YORK, begins=time(18), ends=time(8))
    assert [day for day, _, _ in found] == [AUTUMN - BEFORE + n * BEFORE for n in range(14)]
    assert found[0][2] - found[0][1] == timedelta(hours=15)
    assert all(ends < starts for (_, _, ends), (_, starts, _) in pairwise(found))
    starts, ends = night(AUTUMN, PHOENIX, begins=time(1), ends=time(6))
    assert ends - starts == timedelta(hours=5)


minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
people = st.sampled_from(["Joe", "Marta", "Ray", None])
turns = st.lists(
    st.builds(Turn, st.integers(0, 6), minutes, people),
    max_size=9,
    unique_by=lambda turn: (turn.weekday, turn.starts_at),
).map(tuple)
around = st.sampled_from(
    [
        *(datetime(2026, 3, 8, 6), datetime(2026, 11, 1, 5)),  # noqa: DTZ001
        *(datetime(2026, 3, 29, 1), datetime(2026, 4, 4, 15)),  # noqa: DTZ001
    ]
)
clock = st.builds(lambda at, off: at + timedelta(minutes=off), around, st.integers(-4000, 4000))
overrides = st.lists(
    st.builds(
        lambda starts, length, who: Override(starts, starts + timedelta(minutes=length), who),
        clock,
        st.integers(1, 3000),
        people,
    ),
    max_size=3,
).map(tuple)


@settings(max_examples=150, deadline=None)
@given(turns, overrides, clock, st.integers(1, 9000), st.sampled_from(ZONES), st.randoms())
def test_shifts_partition_any_stretch_and_say_who_is_on_call(
    week: tuple[Turn[str], ...],
    instead: tuple[Override[str], ...],
    begin: datetime,
    length: int,
    zone: ZoneInfo,
    rng: Random,
) -> None:
    rota = Rota(week, instead)
    starts = begin.replace(tzinfo=UTC)
    ends = starts + timedelta(minutes=length)
    shifts = rota.shifts(starts, ends, zone)
    assert (shifts[0].starts, shifts[-1].ends) == (starts, ends)
    assert all(one.ends == next_one.starts for one, next_one in pairwise(shifts))
    assert all(one.who != next_one.who for one, next_one in pairwise(shifts))
    assert sum(shift.seconds for shift in shifts) == length * 60
    for shift in shifts:
        last = shift.ends - timedelta(microseconds=1)
        moments = [shift.starts, last]
        moments += [shift.starts + rng.random() * (last - shift.starts) for _ in range(8)]
        for at in moments:
            assert plainly(week, instead, at, zone) == shift.who
    assert rota.gaps(starts, ends, zone) == [shift for shift in shifts if shift.who is None]


def plainly(
    week: tuple[Turn[str], ...], instead: tuple[Override[str], ...], at: datetime, zone: ZoneInfo
) -> str | None:
    """Who is on call, told without a clever word: back minute by minute on the wall clock."""
    shown = at.astimezone(zone).replace(tzinfo=None)
    for override in instead[::-1]:
        if override.starts <= shown < override.ends:
            return override.who
    latest, said = None, None
    for turn in week:
        days_ago = (shown.weekday() - turn.weekday) % 7
        began = datetime.combine(shown.date() - timedelta(days=days_ago), turn.starts_at)
        began -= timedelta(days=7) if began > shown else timedelta()
        if latest is None or began > latest:
            latest, said = began, turn.who
    return said
