"""Who can be rung, on which numbers, by which rota; and what a chain would do at a moment."""

from datetime import UTC, datetime, time
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.escalations.models import Policy, Responder, ResponderLine, Schedule
from callcenter.escalations.planned import Hole, proposed_policies, steps_at
from callcenter.escalations.responders import (
    add_line,
    change_responder,
    create_responder,
    verify_line,
    withdraw_line,
    withdraw_responder,
)
from callcenter.escalations.rules import add_rule, withdraw_rule
from callcenter.escalations.schedules import (
    NewTurn,
    add_override,
    change_schedule,
    create_schedule,
    set_week,
    withdraw_override,
    withdraw_schedule,
)
from tests.escalations.conftest import Cast
from tests.factories import (
    make_membership,
    make_organization,
    make_policy,
    make_principal,
    make_property,
    make_responder,
    make_schedule,
)

NIGHT = datetime(2026, 11, 1, 5, 40, tzinfo=UTC)  # Sunday, 01:40 in New York for the first time


def on_the_clock(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_responder_may_have_an_account_of_the_organisation_once(cast: Cast) -> None:
    user = make_membership(cast.organization).user
    ray = create_responder(fields={"name": "Ray", "user_id": user.pk}, actor=cast.admin)
    assert (ray.user, ray.version) == (user, 1)
    for user_id in (user.pk, make_membership(make_organization()).user_id):
        with pytest.raises(RuleError) as refusal:
            change_responder(
                responder_id=cast.joe.pk, fields={"user_id": user_id}, actor=cast.admin
            )
        assert refusal.value.field == "user"
    freed = change_responder(responder_id=ray.pk, fields={"user_id": None}, actor=cast.admin)
    assert (freed.user, freed.version) == (None, 2)
    with pytest.raises(StaleError):
        change_responder(
            responder_id=ray.pk, fields={"name": "R"}, actor=cast.admin, seen_version=1
        )
    with pytest.raises(RuleError, match="Say who"):
        create_responder(fields={"name": ""}, actor=cast.admin)


def test_a_number_is_read_and_rung_only_when_it_is_verified(cast: Cast) -> None:
    line = add_line(responder_id=cast.joe.pk, number="(212) 555-0134", actor=cast.admin)
    assert (line.e164, line.verified_at, line.position) == ("+12125550134", None, 1)
    assert verify_line(line_id=line.pk, is_verified=True, actor=cast.admin).verified_at
    assert verify_line(line_id=line.pk, is_verified=False, actor=cast.admin).verified_at is None
    for wrong in ("+12125550134", "911", "unknown", "555-0134", "", "\x00"):
        with pytest.raises(RuleError):
            add_line(responder_id=cast.joe.pk, number=wrong, actor=cast.admin)
    withdraw_line(line_id=line.pk, actor=cast.admin)
    with pytest.raises(NotFoundError):
        verify_line(line_id=line.pk, is_verified=True, actor=cast.admin)
    again = add_line(
        responder_id=cast.joe.pk, number="212-555-0134", actor=cast.admin, is_verified=True
    )
    assert again.pk != line.pk


def test_somebody_who_is_still_rung_is_not_withdrawn(cast: Cast) -> None:
    ray = make_responder(cast.organization, name="Ray", e164="+19175550191")
    rule = add_rule(policy_id=cast.policy.pk, fields={"responder_id": ray.pk}, actor=cast.admin)
    with pytest.raises(RuleError, match="Ray is still rung by: Maple Court emergencies"):
        withdraw_responder(responder_id=ray.pk, actor=cast.admin)
    withdraw_rule(rule_id=rule.pk, actor=cast.admin)
    rota = make_schedule(cast.organization, (0, time(18), ray))
    with pytest.raises(RuleError, match=rota.name):
        withdraw_responder(responder_id=ray.pk, actor=cast.admin)
    set_week(schedule_id=rota.pk, turns=[], actor=cast.admin)
    withdraw_responder(responder_id=ray.pk, actor=cast.admin)
    assert not Responder.objects.visible_to(cast.admin).filter(pk=ray.pk).exists()
    assert not ResponderLine.objects.visible_to(cast.admin).filter(responder=ray).exists()


def test_a_member_and_a_stranger_change_nobody(cast: Cast) -> None:
    stranger = make_principal(make_organization())
    line = cast.joe.lines.get()
    acts: list[Any] = [
        lambda a: change_responder(responder_id=cast.joe.pk, fields={"name": "J"}, actor=a),
        lambda a: add_line(responder_id=cast.joe.pk, number="2125550134", actor=a),
        lambda a: verify_line(line_id=line.pk, is_verified=False, actor=a),
        lambda a: withdraw_line(line_id=line.pk, actor=a),
        lambda a: withdraw_responder(responder_id=cast.joe.pk, actor=a),
    ]
    assert Responder.objects.visible_to(cast.member).count() == 2
    assert not Responder.objects.visible_to(stranger).exists()
    for act in acts:
        with pytest.raises(NotAllowedError):
            act(cast.member)
        with pytest.raises(NotFoundError):
            act(stranger)


def test_a_week_is_set_as_a_whole(cast: Cast) -> None:
    rota = create_schedule(fields={"name": "Nights"}, actor=cast.admin)
    with pytest.raises(RuleError, match="of this name"):
        create_schedule(fields={"name": "Nights"}, actor=cast.admin)
    week = [NewTurn(day, time(18), cast.joe.pk) for day in range(7)]
    set_week(schedule_id=rota.pk, turns=week, actor=cast.admin, seen_version=1)
    set_week(schedule_id=rota.pk, turns=week[:3], actor=cast.admin, seen_version=2)
    assert rota.turns.count() == 3
    with pytest.raises(StaleError):
        set_week(schedule_id=rota.pk, turns=week, actor=cast.admin, seen_version=2)
    stranger = make_responder(make_organization())
    for turns in (
        [*week, week[0]],
        [NewTurn(7, time(18), None)],
        [NewTurn(0, time(18), stranger.pk)],
    ):
        with pytest.raises(RuleError):
            set_week(schedule_id=rota.pk, turns=turns, actor=cast.admin)
    assert rota.turns.count() == 3
    assert (
        change_schedule(
            schedule_id=rota.pk, fields={"description": "All"}, actor=cast.admin
        ).description
        == "All"
    )


def test_a_rota_in_use_is_not_withdrawn(cast: Cast) -> None:
    rota = make_schedule(cast.organization)
    rule = add_rule(policy_id=cast.policy.pk, fields={"schedule_id": rota.pk}, actor=cast.admin)
    with pytest.raises(RuleError, match="Maple Court emergencies"):
        withdraw_schedule(schedule_id=rota.pk, actor=cast.admin)
    withdraw_rule(rule_id=rule.pk, actor=cast.admin)
    withdraw_schedule(schedule_id=rota.pk, actor=cast.admin)
    assert not Schedule.objects.visible_to(cast.admin).exists()


def rung_at(policy: Policy, at: datetime, cast: Cast) -> list[tuple[str | None, Hole | None]]:
    steps = steps_at(policy, at, cast.admin)
    return [(step.responder.name if step.responder else None, step.hole) for step in steps]


def test_the_chain_of_a_doubled_hour_is_read_on_the_clock_of_the_property(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rota = make_schedule(
        cast.organization, (5, time(18), cast.joe), (6, time(1), cast.marta), (6, time(2), None)
    )
    policy = make_policy(cast.organization, rota, cast.joe, property=cast.maple)
    hour = NIGHT.replace(hour=6)
    for at in (NIGHT, hour):
        assert rung_at(policy, at, cast) == [("Marta Lindqvist", None), ("Joe Tran", None)]
    assert rung_at(policy, NIGHT.replace(hour=4), cast)[0] == ("Joe Tran", None)
    assert rung_at(policy, NIGHT.replace(hour=7), cast)[0] == (None, Hole.NOBODY)
    phoenix = make_policy(cast.organization, rota, time_zone="America/Phoenix")
    assert rung_at(phoenix, NIGHT, cast) == [("Joe Tran", None)]
    with django_assert_num_queries(4):
        steps = steps_at(policy, NIGHT, cast.admin)
    assert steps[0].line is not None
    assert steps[0].line.e164 == "+12125550158"


def test_an_override_stands_above_the_week_until_it_is_taken_back(cast: Cast) -> None:
    rota = make_schedule(cast.organization, (0, time(0), cast.joe))
    policy = make_policy(cast.organization, rota, property=cast.maple)
    span: Any = {
        "schedule_id": rota.pk,
        "starts": on_the_clock("2026-11-01T00:00"),
        "ends": on_the_clock("2026-11-01T02:00"),
        "actor": cast.admin,
    }
    first = add_override(**span, responder_id=cast.marta.pk, note="Swap")
    assert rung_at(policy, NIGHT, cast) == [("Marta Lindqvist", None)]
    second = add_override(**span, responder_id=None)
    assert rung_at(policy, NIGHT, cast) == [(None, Hole.NOBODY)]
    for override in (second, first):
        withdraw_override(override_id=override.pk, actor=cast.admin)
    assert rung_at(policy, NIGHT, cast) == [("Joe Tran", None)]
    with pytest.raises(NotFoundError):
        withdraw_override(override_id=first.pk, actor=cast.admin)
    with pytest.raises(RuleError) as refusal:
        add_override(**{**span, "ends": span["starts"]}, responder_id=None)
    assert refusal.value.field == "ends"


def test_who_has_no_verified_number_is_a_hole(cast: Cast) -> None:
    verify_line(line_id=cast.joe.lines.get().pk, is_verified=False, actor=cast.admin)
    withdraw_line(line_id=cast.marta.lines.get().pk, actor=cast.admin)
    steps = steps_at(cast.policy, NIGHT, cast.admin)
    assert [(step.hole, step.line) for step in steps] == [(Hole.UNVERIFIED, None)] * 2
    assert [line.e164 for line in steps[0].lines] == ["+12125550133"]


def test_the_policy_of_the_place_and_the_family_is_proposed_first(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    of = cast.organization
    others: dict[str, Any] = {
        "d all": {},
        "c all leaks": {"reason_family": "emergency"},
        "a leaks": {"property": cast.maple, "reason_family": "Emergency"},
        "off": {"property": cast.maple, "is_enabled": False},
        "parking": {"property": cast.maple, "reason_family": "Parking"},
        "elsewhere": {"property": make_property(of)},
    }
    for name, fields in others.items():
        make_policy(of, name=name, **fields)
    with django_assert_num_queries(1):
        found = proposed_policies(
            property_id=cast.maple.pk, families={"Emergency"}, principal=cast.member
        )
    names = [policy.name for policy in found]
    assert names == ["a leaks", "Maple Court emergencies", "c all leaks", "d all"]
    nowhere = proposed_policies(property_id=None, families=set(), principal=cast.member)
    assert [policy.name for policy in nowhere] == ["d all"]
