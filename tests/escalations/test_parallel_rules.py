"""Twenty writers at one chain: its orders stay 1, 2, 3, and no step is lost."""

import random
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from callcenter.escalations.models import Policy, Rule
from callcenter.escalations.rules import add_rule, change_rule, withdraw_rule
from callcenter.properties.principals import Principal
from tests.factories import make_organization, make_policy, make_principal, make_responder

WRITERS = 20


def closing[**P, R](act: Callable[P, R]) -> Callable[P, R]:
    """`act` in a thread with a connection of its own."""

    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return act(*args, **kwargs)
        finally:
            connection.close()

    return acting


def orders(policy: Policy) -> list[int | None]:
    rules = policy.rules.filter(withdrawn_at=None).order_by("order")
    return list(rules.values_list("order", flat=True))


@pytest.mark.usefixtures("committed_db")
def test_twenty_writers_leave_no_gap_and_lose_no_step() -> None:
    organization = make_organization()
    admin = make_principal(organization)
    responder = make_responder(organization)
    policy = make_policy(organization, *[responder] * WRITERS)
    start = Barrier(WRITERS)
    steps = list(policy.rules.order_by("order").values_list("pk", flat=True))

    @closing
    def work(number: int) -> int:
        rng = random.Random(number)  # noqa: S311 (not for secrets)
        start.wait(60)
        return sum(one_write(admin, policy, responder.pk, steps[number], rng) for _ in range(3))

    with ThreadPoolExecutor(WRITERS) as pool:
        grown = sum(pool.map(work, range(WRITERS)))
    many = WRITERS + grown
    assert orders(policy) == list(range(1, many + 1))
    assert Rule.objects.visible_to(admin).filter(policy=policy).count() == many


def one_write(
    admin: Principal, policy: Policy, responder_id: uuid.UUID, own: uuid.UUID, rng: random.Random
) -> int:
    """Add, move or add and take away; how many steps more there are."""
    place, kind = rng.randrange(1, 30), rng.randrange(3)
    if kind == 0:
        change_rule(rule_id=own, order=place, actor=admin)
        return 0
    rule = add_rule(
        policy_id=policy.pk, fields={"responder_id": responder_id}, order=place, actor=admin
    )
    if kind == 1:
        return 1
    withdraw_rule(rule_id=rule.pk, actor=admin)
    return 0


@pytest.mark.usefixtures("committed_db")
def test_two_writers_past_the_actions_cannot_make_a_gap_together() -> None:
    """One takes the last step out, the other adds one behind it: each alone leaves no gap."""
    organization = make_organization()
    responder = make_responder(organization)
    policy = make_policy(organization, *[responder] * 3)
    both_wrote = Barrier(2)

    @closing
    def commit(write: Callable[[], object]) -> str:
        try:
            with transaction.atomic():
                write()
                both_wrote.wait(60)
        except Error as error:
            return str(error)
        return "committed"

    last = policy.rules.filter(order=3)

    def take_out() -> None:
        last.update(order=None, withdrawn_at=timezone.now())

    def add() -> None:
        Rule.objects.create(organization=organization, policy=policy, responder=responder, order=4)

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(commit, (take_out, add)))
    assert said.count("committed") == 1
    assert any("rules, the last of order" in text for text in said)
    assert orders(policy) in ([1, 2], [1, 2, 3, 4])
