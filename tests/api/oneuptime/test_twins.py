"""The same write many times at once: one effect, one answer (B-46)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from callcenter.accounts.models import IdempotencyRecord
from callcenter.escalations.models import EscalationItem, Policy, Rule

from .house import FIRST, ITEMS, JOE, LOG, POLICIES, POLICY, RANG, RULES, House

TWINS = 30


def at_once(ask: Callable[[int], Any]) -> list[Any]:
    """The answers to requests that start together; each comes again when it is told 503."""
    start = Barrier(TWINS)

    def asked(number: int) -> Any:
        start.wait()
        try:
            while (answer := ask(number)).status_code == 503:
                pass
            return answer
        finally:
            connection.close()

    with ThreadPoolExecutor(TWINS) as pool:
        return list(pool.map(asked, range(TWINS)))


def test_b46_twins_of_a_create_have_one_effect(committed_house: House) -> None:
    house = committed_house
    for path, model, data in (
        (ITEMS, EscalationItem, {"incomingCallLogId": str(LOG), "status": "Ringing"}),
        (POLICIES, Policy, {"name": "Weekends"}),
        (RULES, Rule, {"incomingCallPolicyId": str(POLICY), "userId": str(JOE)}),
    ):
        before = model.objects.count()
        sent = {"data": data}
        answers = at_once(
            lambda _, path=path, sent=sent: house.ask(  # type: ignore[misc]
                "owner", "POST", path, sent, idempotency_key="k"
            )
        )
        assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
        assert model.objects.count() == before + 1
    assert IdempotencyRecord.objects.count() == 3


def test_b46_twins_of_an_update_and_a_delete_have_one_effect(committed_house: House) -> None:
    house, path = committed_house, f"{ITEMS}/{RANG}"
    change = {"data": {"status": "Busy"}}
    answers = at_once(lambda _: house.ask("owner", "PUT", path, change, idempotency_key="u"))
    assert {(one.status_code, one.content) for one in answers} == {(200, b"{}")}
    assert EscalationItem.objects.get(pk=RANG).version == 2
    rule = f"{RULES}/{FIRST}"
    answers = at_once(lambda _: house.ask("owner", "DELETE", rule, idempotency_key="d"))
    assert {(one.status_code, one.content) for one in answers} == {(200, b"{}")}
    left = Rule.objects.filter(policy=POLICY, withdrawn_at=None)
    assert list(left.values_list("order", flat=True)) == [1]


def test_an_id_that_many_wish_for_is_given_once(committed_house: House) -> None:
    own = "550e8400-e29b-41d4-a716-446655440000"
    new = {"data": {"incomingCallLogId": str(LOG), "status": "Ringing", "_id": own}}
    answers = at_once(lambda _: committed_house.ask("owner", "POST", ITEMS, new))
    assert sorted(one.status_code for one in answers) == [200] + [400] * (TWINS - 1)
    said = b'{"error":"Incoming Call Log Item with this _id already exists."}'
    assert {one.content for one in answers if one.status_code == 400} == {said}
