"""The next nights of a chain: who would ring, where nobody would, and who does not answer."""

from datetime import UTC, date, datetime, time
from typing import Any

from pytest_django import DjangoAssertNumQueries

from callcenter.escalations.health import Health, health_of, standings
from callcenter.escalations.models import Policy
from tests.escalations.conftest import Cast
from tests.factories import (
    make_escalation,
    make_policy,
    make_property,
    make_responder,
    make_ring,
    make_schedule,
)

NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)  # Saturday; the clocks go back in the night


def health(cast: Cast, policy: Policy, **more: Any) -> Health:
    return health_of([policy], now=NOW, principal=cast.admin, **more)[0]


def nightly(cast: Cast, *turns: Any, **fields: Any) -> Policy:
    return make_policy(cast.organization, make_schedule(cast.organization, *turns), **fields)


def test_a_covered_fortnight_has_no_hole_and_a_long_night(cast: Cast) -> None:
    found = health(cast, cast.policy)
    assert [night.day for night in found.nights] == [
        *[date(2026, 10, 31)],
        *[date(2026, 11, day) for day in range(1, 14)],
    ]
    assert found.uncovered_nights == []
    first, second = found.nights[:2]
    assert [step.shifts[0].seconds for step in first.steps] == [15 * 3600] * 2
    assert [step.shifts[0].seconds for step in second.steps] == [14 * 3600] * 2
    assert (found.unverified, found.missed) == ([], [])


def test_a_hole_is_named_with_its_seconds(cast: Cast) -> None:
    policy = nightly(
        cast,
        (5, time(18), cast.joe),
        (6, time(1), None),
        (6, time(2), cast.marta),
        property=cast.maple,
    )
    found = health(cast, policy)
    night, in_a_week = found.uncovered_nights
    assert (night.day, in_a_week.day) == (date(2026, 10, 31), date(2026, 11, 7))
    assert in_a_week.uncovered[0].seconds == 3600
    (hole,) = night.uncovered
    assert hole.seconds == 2 * 3600  # the hour from one to two happens twice
    assert (hole.starts.hour, hole.ends.hour) == (5, 7)
    assert [shift.who for shift in night.steps[0].shifts] == [cast.joe, None, cast.marta]
    phoenix = nightly(
        cast,
        (5, time(18), cast.joe),
        (6, time(1), None),
        (6, time(2), cast.marta),
        property=make_property(cast.organization, time_zone="America/Phoenix"),
    )
    (hole,) = health(cast, phoenix).nights[1].uncovered  # there it is five in the morning
    assert hole.seconds == 3600


def test_the_night_that_goes_on_counts_until_its_morning(cast: Cast) -> None:
    late = datetime(2026, 10, 31, 11, 59, tzinfo=UTC)  # 07:59 in New York
    nights = health_of([cast.policy], now=late, principal=cast.admin)[0].nights
    assert [nights[0].day, nights[-1].day] == [date(2026, 10, 30), date(2026, 11, 12)]


def test_who_would_ring_first_is_told_stretch_by_stretch(cast: Cast) -> None:
    ray = make_responder(cast.organization, name="Ray", e164="+19175550191", is_verified=False)
    rota = make_schedule(
        cast.organization, (5, time(18), ray), (5, time(23), cast.joe), (6, time(2), None)
    )
    night = health(cast, make_policy(cast.organization, rota, cast.marta)).nights[0]
    assert [shift.who for shift in night.first] == [cast.marta, cast.joe, cast.marta]
    alone = health(cast, make_policy(cast.organization, rota)).nights[0]
    assert [shift.who for shift in alone.first] == [None, cast.joe, None]
    assert alone.uncovered_seconds == sum(shift.seconds for shift in alone.uncovered) > 0


def test_a_step_behind_covers_a_hole_only_with_a_verified_number(cast: Cast) -> None:
    rota = make_schedule(cast.organization)
    ray = make_responder(cast.organization, name="Ray", e164="+19175550191", is_verified=False)
    policy = make_policy(cast.organization, rota, ray)
    found = health(cast, policy, many=2)
    assert [night.uncovered[0].seconds for night in found.nights] == [15 * 3600, 14 * 3600]
    assert found.unverified == [ray]
    make_responder(cast.organization)
    covered = make_policy(cast.organization, rota, ray, cast.joe)
    assert health(cast, covered).uncovered_nights == []
    empty = make_policy(cast.organization)
    assert len(health(cast, empty).uncovered_nights) == 14


def test_who_took_none_of_three_rings_is_named(cast: Cast) -> None:
    chain = make_escalation(cast.organization)
    people: dict[str, list[dict[str, Any]]] = {
        "misses": [{}, {}, {}],
        "two only": [{}, {}],
        "machine": [{}, {}, {"is_answered": True, "dial_seconds": 30, "talk_seconds": 4}],
        "accepts": [{}, {}, {"is_answered": True, "accepted_by_human": True}],
        "long ago": [{"is_answered": True}, {}, {}, {}],
        "hung up": [{}, {}, {"status": "CallerHungUp"}, {"status": "Ringing"}],
        "judged": [{}, {}, {"is_answered": True, "accepted_by_human": False}],
    }
    made = {}
    for name, rings in people.items():
        who = made[name] = make_responder(cast.organization, name=name)
        for fields in rings:
            make_ring(chain, responder=who, **fields)
    found = standings([who.pk for who in made.values()], cast.admin)
    assert {name for name, who in made.items() if found[who.pk].misses} == {
        *("misses", "machine", "long ago", "judged"),
    }
    policy = make_policy(cast.organization, made["misses"], made["accepts"])
    assert health(cast, policy).missed == [made["misses"]]


def test_the_cost_does_not_grow_with_policies(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    policies = [nightly(cast, (0, time(18), cast.joe), property=cast.maple) for _ in range(4)]
    for many in (1, 4):
        with django_assert_num_queries(4):
            found = health_of(policies[:many], now=NOW, principal=cast.admin)
        assert len(found) == many
    assert health_of([], now=NOW, principal=cast.admin) == []
