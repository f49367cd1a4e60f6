"""Durations as people type them: read exactly, or refused in words."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.durations import LONGEST, parse_duration
from callcenter.core.errors import RuleError
from callcenter.core.templatetags.times import duration


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("4:30", 270),
        ("4m", 240),
        ("4min", 240),
        ("1h05", 3900),
        ("270", 270),
        ("0", 0),
        ("0:05", 5),
        ("90:00", 5400),
        ("1:05:00", 3900),
        ("24:00:00", LONGEST),
        ("24h", LONGEST),
        ("1h", 3600),
        ("1h5", 3900),
        ("1h05m", 3900),
        ("1h05m10s", 3910),
        ("4m30s", 270),
        ("90s", 90),
        (" 4 : 30 ", 270),
        ("4 M 30 S", 270),
        ("1 h 05", 3900),
        ("86400", LONGEST),
    ],
)
def test_a_duration_is_read_as_it_is_meant(typed: str, seconds: int) -> None:
    assert parse_duration(typed) == seconds


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", ":", "4:", ":30", "4:60", "4:5", "1:60:00x", "1:2:3:4", "h", "m", "s", "4x"),
        *("-4", "+4", "4.5", "4,5", "1e3", "0x10", "4m4m", "30s4m", "1h61", "1h99", "five"),
        *(
            "٤:٣٠",
            "\uff14",
            "4\u200b:30",
            "4:30\x00",
            "999999",
            "86401",
            "24:00:01",
            "25h",
            "1441m",
        ),
    ],
)
def test_what_is_no_duration_is_refused_in_words(typed: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse_duration(typed)
    assert refused.value.field == "duration"
    assert str(refused.value)


@given(st.integers(0, LONGEST))
def test_what_pages_print_is_read_as_the_same_duration(seconds: int) -> None:
    hours, rest = divmod(seconds, 3600)
    assert parse_duration(duration(seconds)) == seconds
    assert parse_duration(str(seconds)) == seconds
    assert parse_duration(f"{hours}h{rest // 60}m{rest % 60}s") == seconds


@given(st.one_of(st.text(max_size=30), st.from_regex(r"[0-9hms: ]{0,12}", fullmatch=True)))
def test_anything_else_is_a_duration_of_at_most_a_day_or_refused(typed: str) -> None:
    with suppress(RuleError):
        assert 0 <= parse_duration(typed) <= LONGEST
