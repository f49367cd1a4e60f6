"""The film strip of a chain: nothing is drawn outside, nothing is made up (M7, ask 13)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callcenter.escalations.film import Film, Kind, dollars, film_of, kind_of
from callcenter.escalations.models import Escalation, EscalationItem

BEGUN = datetime(2026, 11, 17, 15, 45, 20, tzinfo=UTC)


def ring(at: int | None, **fields: Any) -> EscalationItem:
    """A ring that was not answered; it began `at` seconds after the chain."""
    started = None if at is None else BEGUN + timedelta(seconds=at)
    blank = {"status": "NoAnswer", "responder_name": "Joe", "started_at": started}
    made = EscalationItem(**(blank | fields))
    made.looks_like_voicemail = False  # as the database would say of most
    return made


def film(*rings: EscalationItem, now: datetime = BEGUN + timedelta(hours=1)) -> Film:
    return film_of(Escalation(started_at=BEGUN, status="Completed"), rings, now)


def test_the_example_of_the_drawing() -> None:
    told = film(
        ring(0, dial_seconds=30, cost_cents=1, ended_at=BEGUN + timedelta(seconds=30)),
        ring(32, dial_seconds=18, talk_seconds=12, is_answered=True, cost_cents=2),
        ring(64, dial_seconds=3, status="Busy", ended_at=BEGUN + timedelta(seconds=67)),
        ring(
            69,
            dial_seconds=22,
            talk_seconds=59,
            is_answered=True,
            accepted_by_human=True,
            cost_cents=1,
            responder_name="Ray",
        ),
    )
    assert (told.total_seconds, told.human_after, told.human_x) == (150, 91, 60.67)
    assert (told.cost_cents, told.unknown_costs, told.without_human) == (4, 1, 3)
    kinds = [frame.kind for frame in told.frames]
    assert kinds == [Kind.NONE, Kind.PICKED_UP, Kind.BUSY, Kind.HUMAN]
    assert [bar.kind for bar in told.frames[3].bars] == [Kind.RINGING, Kind.HUMAN]
    assert [tick.seconds for tick in told.ticks] == [0, 30, 60, 90, 120, 150]
    assert "Ray accepted after 22 s" in told.sentence


def test_a_pick_up_is_a_person_only_when_somebody_said_so() -> None:
    assert kind_of(ring(0, is_answered=True)) == Kind.PICKED_UP
    assert kind_of(ring(0, is_answered=True, accepted_by_human=False)) == Kind.MACHINE
    assert kind_of(ring(0, is_answered=True, outcome="voicemail")) == Kind.MACHINE
    assert film(ring(0, is_answered=True, dial_seconds=5)).human_after is None


def test_time_in_which_nobody_rang_is_told() -> None:
    told = film(
        ring(0, dial_seconds=30, ended_at=BEGUN + timedelta(seconds=30)),
        ring(90, dial_seconds=10, ended_at=BEGUN + timedelta(seconds=100)),
        ring(103, dial_seconds=10, ended_at=BEGUN + timedelta(seconds=113)),
    )
    assert told.gap_seconds == 60


def test_what_still_rings_goes_on_until_now() -> None:
    now = BEGUN + timedelta(seconds=45)
    told = film(ring(5, status="Ringing", dial_seconds=0), now=now)
    assert (told.frames[0].kind, told.total_seconds) == (Kind.RINGING, 45)
    assert told.frames[0].bars[0].width == round(100 * 40 / 45, 2)


def test_money() -> None:
    assert [dollars(n) for n in (0, 4, 123456, -120)] == ["$0.00", "$0.04", "$1,234.56", "-$1.20"]


numbers = st.none() | st.integers(-5, 4000)


@given(
    st.lists(
        st.builds(
            ring,
            st.none() | st.integers(-600, 6000),
            dial_seconds=numbers,
            talk_seconds=numbers,
            cost_cents=numbers,
            is_answered=st.booleans(),
            accepted_by_human=st.sampled_from([None, True, False]),
            status=st.sampled_from(["Ringing", "NoAnswer", "Busy", "Connected", "odd words"]),
            ended_at=st.none()
            | st.integers(0, 9000).map(lambda n: BEGUN + timedelta(seconds=n - 600)),
        ),
        max_size=8,
    )
)
def test_no_bar_leaves_the_strip_whatever_other_systems_say(rings: list[EscalationItem]) -> None:
    told = film(*rings, now=BEGUN + timedelta(hours=3))
    assert len(told.frames) == len(rings)
    for bar in told.bars:
        assert 0 <= bar.x <= 100
        assert 0 < bar.width <= 100.01
        assert bar.x + bar.width <= 100.7  # the thinnest that can be seen
    assert all(0 <= tick.x <= 100.01 for tick in told.ticks)
    assert len(told.ticks) <= 15
    known = [one.cost_cents for one in rings if one.cost_cents is not None]
    assert told.cost_cents == (sum(known) if known else None)
    assert told.unknown_costs == len(rings) - len(known)
    assert (told.human is None) == (not any(one.accepted_by_human for one in rings))
    assert told.sentence
