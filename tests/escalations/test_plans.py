"""Policies and the steps of their chains: written by who manages, in an order without gaps."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.escalations.models import Escalation, EscalationItem, Policy, Rule
from callcenter.escalations.policies import change_policy, create_policy, withdraw_policy
from callcenter.escalations.rules import add_rule, change_rule, order_rules, withdraw_rule
from tests.escalations.conftest import Cast
from tests.factories import (
    make_escalation,
    make_organization,
    make_policy,
    make_principal,
    make_property,
    make_responder,
    make_ring,
    make_schedule,
)


def chain(policy: Policy) -> list[tuple[int | None, str]]:
    """The steps as they stand, by the names of who is rung."""
    rules = policy.rules.filter(withdrawn_at=None).order_by("order").select_related("responder")
    return [(rule.order, rule.responder.name if rule.responder else "rota") for rule in rules]


def test_a_policy_is_made_whole_with_a_slug_and_the_words_of_the_dialect(cast: Cast) -> None:
    fields: Any = {"name": "Harbor Point nights", "property_id": cast.maple.pk, "repeats": True}
    policy = create_policy(fields=fields, actor=cast.admin)
    assert policy.slug.startswith("harbor-point-nights-")
    assert policy.slug[-10:].isdigit()
    assert (policy.version, policy.repeat_times, policy.is_enabled) == (1, 1, True)
    assert policy.greeting_message == "Please wait while we connect you to the on-call engineer."
    assert (policy.description, policy.created_by) == (None, None)
    again = change_policy(
        policy_id=policy.pk, fields={"description": "By phone"}, actor=cast.admin, seen_version=1
    )
    assert (again.version, again.description, again.name) == (2, "By phone", policy.name)
    assert again.updated_at > policy.created_at
    with pytest.raises(StaleError):
        change_policy(policy_id=policy.pk, fields={"name": "x"}, actor=cast.admin, seen_version=1)


def test_a_policy_remembers_the_responder_who_made_it(cast: Cast) -> None:
    kim = make_responder(cast.organization, user_id=cast.admin.user_id)
    assert create_policy(fields={"name": "A"}, actor=cast.admin).created_by == kim
    made = create_policy(fields={"name": "B"}, actor=cast.admin, created_by_id=cast.joe.pk)
    assert made.created_by == cast.joe


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "A", "time_zone": "America/Gotham"}, "time_zone"),
        ({"name": "A", "repeat_times": 2**31}, "repeat_times"),
        ({"name": "A", "greeting_message": None}, "greeting_message"),
        ({"name": "A", "description": "\x00"}, "description"),
        ({"name": "A", "property_id": 0}, "property"),
    ],
)
def test_what_a_policy_cannot_be_is_said_beside_its_field(
    cast: Cast, fields: Any, field: str
) -> None:
    with pytest.raises(RuleError) as refusal:
        create_policy(fields=fields, actor=cast.admin)
    assert refusal.value.field == field


def test_b07_a_foreign_place_or_number_is_no_place_and_no_number(cast: Cast) -> None:
    elsewhere = make_property(make_organization())
    with pytest.raises(RuleError, match="no such property"):
        create_policy(fields={"name": "A", "property_id": elsewhere.pk}, actor=cast.admin)
    make_policy(elsewhere.organization, routing_phone="+12125550199")
    with pytest.raises(RuleError) as refusal:
        change_policy(
            policy_id=cast.policy.pk, fields={"routing_phone": "+12125550199"}, actor=cast.admin
        )
    assert refusal.value.field == "routing_phone"


def test_a_member_reads_plans_and_changes_none(cast: Cast) -> None:
    assert Policy.objects.visible_to(cast.member).get() == cast.policy
    rule = Rule.objects.visible_to(cast.member).first()
    assert rule is not None
    acts: list[Any] = [
        lambda: create_policy(fields={"name": "A"}, actor=cast.member),
        lambda: change_policy(policy_id=cast.policy.pk, fields={"name": "A"}, actor=cast.member),
        lambda: withdraw_policy(policy_id=cast.policy.pk, reason="Old", actor=cast.member),
        lambda: add_rule(policy_id=cast.policy.pk, fields={}, actor=cast.member),
        lambda: change_rule(rule_id=rule.pk, order=2, actor=cast.member),
        lambda: order_rules(policy_id=cast.policy.pk, rule_ids=[], actor=cast.member),
        lambda: withdraw_rule(rule_id=rule.pk, actor=cast.member),
    ]
    for act in acts:
        with pytest.raises(NotAllowedError):
            act()


def test_b07_plans_of_others_are_absent(cast: Cast) -> None:
    stranger = make_principal(make_organization())
    rule = cast.policy.rules.get(order=1)
    assert not Policy.objects.visible_to(stranger).exists()
    for act in (
        lambda: change_policy(policy_id=cast.policy.pk, fields={"name": "A"}, actor=stranger),
        lambda: withdraw_policy(policy_id=cast.policy.pk, reason="Old", actor=stranger),
        lambda: change_rule(rule_id=rule.pk, order=2, actor=stranger),
        lambda: withdraw_rule(rule_id=rule.pk, actor=stranger),
    ):
        with pytest.raises(NotFoundError):
            act()
    with pytest.raises(RuleError) as refusal:
        add_rule(policy_id=cast.policy.pk, fields={"responder_id": cast.joe.pk}, actor=stranger)
    assert refusal.value.field == "policy"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (None, ["Joe Tran", "Marta Lindqvist", "Ray Okafor"]),
        (1, ["Ray Okafor", "Joe Tran", "Marta Lindqvist"]),
        (2, ["Joe Tran", "Ray Okafor", "Marta Lindqvist"]),
        (99, ["Joe Tran", "Marta Lindqvist", "Ray Okafor"]),
        (-5, ["Ray Okafor", "Joe Tran", "Marta Lindqvist"]),
    ],
)
def test_a_new_step_moves_the_later_ones_down(
    cast: Cast, order: int | None, expected: list[str]
) -> None:
    ray = make_responder(cast.organization, name="Ray Okafor")
    rule = add_rule(
        policy_id=cast.policy.pk, fields={"responder_id": ray.pk}, order=order, actor=cast.admin
    )
    assert chain(cast.policy) == list(enumerate(expected, 1))
    assert (rule.version, rule.escalate_after_seconds, rule.name) == (1, 30, None)


def test_a_changed_order_moves_the_steps_between_and_no_others(cast: Cast) -> None:
    people = [make_responder(cast.organization, name=name) for name in "ABCDE"]
    policy = make_policy(cast.organization, *people)
    rules = {rule.order: rule for rule in policy.rules.all()}
    moved = change_rule(rule_id=rules[2].pk, order=4, actor=cast.admin)
    assert (moved.order, moved.version) == (4, 2)
    assert [name for _, name in chain(policy)] == ["A", "C", "D", "B", "E"]
    change_rule(rule_id=rules[2].pk, order=1, actor=cast.admin)
    assert [name for _, name in chain(policy)] == ["B", "A", "C", "D", "E"]
    assert Rule.objects.get(pk=rules[5].pk).version == 1
    change_rule(rule_id=rules[1].pk, fields={"name": "Backup"}, actor=cast.admin)
    assert [name for _, name in chain(policy)] == ["B", "A", "C", "D", "E"]


def test_a_step_rings_one_target_and_naming_the_other_replaces_it(cast: Cast) -> None:
    rota = make_schedule(cast.organization)
    both: Any = {"responder_id": cast.joe.pk, "schedule_id": rota.pk}
    wrong: list[Any] = [{}, both, {"responder_id": None}]
    for fields in wrong:
        with pytest.raises(RuleError):
            add_rule(policy_id=cast.policy.pk, fields=fields, actor=cast.admin)
    rule = cast.policy.rules.get(order=1)
    changed = change_rule(rule_id=rule.pk, fields={"schedule_id": rota.pk}, actor=cast.admin)
    assert (changed.responder, changed.schedule) == (None, rota)
    back = change_rule(rule_id=rule.pk, fields={"responder_id": cast.joe.pk}, actor=cast.admin)
    assert (back.responder, back.schedule) == (cast.joe, None)
    with pytest.raises(RuleError, match="Say who is rung"):
        change_rule(rule_id=rule.pk, fields={"responder_id": None}, actor=cast.admin)
    stranger = make_responder(make_organization())
    with pytest.raises(RuleError, match="no such person"):
        change_rule(rule_id=rule.pk, fields={"responder_id": stranger.pk}, actor=cast.admin)


def test_a_withdrawn_step_closes_the_gap_and_stays_on_record(cast: Cast) -> None:
    first = cast.policy.rules.get(order=1)
    ring = make_ring(make_escalation(cast.organization, policy=cast.policy), rule=first)
    withdraw_rule(rule_id=first.pk, actor=cast.admin)
    assert chain(cast.policy) == [(1, "Marta Lindqvist")]
    assert not Rule.objects.visible_to(cast.admin).filter(pk=first.pk).exists()
    ring.refresh_from_db()
    assert ring.rule == first
    with pytest.raises(NotFoundError):
        withdraw_rule(rule_id=first.pk, actor=cast.admin)


def test_an_order_of_steps_that_is_not_todays_is_stale(cast: Cast) -> None:
    first, second = cast.policy.rules.order_by("order").values_list("pk", flat=True)
    order_rules(policy_id=cast.policy.pk, rule_ids=[second, first], actor=cast.admin)
    assert [name for _, name in chain(cast.policy)] == ["Marta Lindqvist", "Joe Tran"]
    for ids in ([first], [first, second, uuid.uuid4()], [first, first]):
        with pytest.raises(StaleError):
            order_rules(policy_id=cast.policy.pk, rule_ids=ids, actor=cast.admin)


def test_a_wished_key_is_taken_once_and_never_after_a_withdrawal(cast: Cast) -> None:
    wished = uuid.uuid4()
    at = timezone.now().replace(year=2025)
    made = create_policy(fields={"name": "A"}, actor=cast.admin, wished_id=wished, created_at=at)
    assert (made.pk, made.created_at) == (wished, at)
    stranger = make_principal(make_organization())
    for actor in (cast.admin, stranger):
        with pytest.raises(RuleError) as refusal:
            create_policy(fields={"name": "B"}, actor=actor, wished_id=wished)
        assert refusal.value.field == "id"
    withdraw_policy(policy_id=wished, reason="Deleted by a client", actor=cast.admin)
    assert create_policy(fields={"name": "C"}, actor=cast.admin, wished_id=wished).pk != wished


def test_withdrawing_a_policy_takes_all_of_it_out_of_sight_and_deletes_nothing(cast: Cast) -> None:
    ring = make_ring(make_escalation(cast.organization, policy=cast.policy))
    other = make_ring(make_escalation(cast.organization))
    with pytest.raises(RuleError, match="Say why"):
        withdraw_policy(policy_id=cast.policy.pk, reason=" ", actor=cast.admin)
    withdraw_policy(policy_id=cast.policy.pk, reason="Sold", actor=cast.admin)
    assert not Policy.objects.visible_to(cast.admin).exists()
    assert not Rule.objects.visible_to(cast.admin).exists()
    assert Escalation.objects.visible_to(cast.admin).get() == other.escalation
    assert EscalationItem.objects.visible_to(cast.admin).get() == other
    kept = EscalationItem.objects.visible_with_withdrawn_to(cast.owner).get(pk=ring.pk)
    assert (kept.withdrawn_reason, kept.withdrawn_by_id) == ("Sold", cast.admin.user_id)
    assert cast.policy.rules.filter(order=None).count() == 2
