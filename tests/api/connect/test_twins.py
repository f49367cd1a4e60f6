"""The same request many times at once, or again: one effect, one answer (B-46)."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any

from django.db import connection
from django.utils import timezone

from callcenter.accounts.idempotency import prune
from callcenter.accounts.models import IdempotencyRecord
from callcenter.calls import chain
from callcenter.calls.models import CallLog

from .faults import owners
from .house import House, code_of, row_texts, state_of

TWINS = 50


def at_once(ask: Callable[[int], Any], count: int = TWINS) -> list[Any]:
    """The answers to requests that start together, each in a thread with its own connection.

    As clients should, each comes again when it is told that the service is busy.
    """
    start = Barrier(count)

    def asked(number: int) -> Any:
        start.wait()
        try:
            while code_of(answer := ask(number)) == 1009:
                pass
            return answer
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(asked, range(count)))


def alike(answers: list[Any]) -> set[tuple[object, ...]]:
    """What differs among answers."""
    names = ("ETag", "Location", "Content-Type", "Content-Length")
    return {
        (one.status_code, one.content, *(one.headers.get(name) for name in names))
        for one in answers
    }


def test_b46_twins_of_an_update_have_one_effect(committed_house: House) -> None:
    house, body = committed_house, {"NewComments": "once", "ModuleStatusId": 5}
    answers = at_once(lambda _: house.put(body, idempotency_key="k", if_match='"1"'))
    assert alike(answers) == {(200, b"", '"2"', None, None, "0")}
    assert row_texts()[3:] == [(4, "status", "once")]
    assert IdempotencyRecord.objects.count() == 1


def test_b46_twins_of_a_new_call_have_one_effect(committed_house: House) -> None:
    house, before = committed_house, CallLog.objects.count()
    body = {"UnitId": 340, "CallFrom": "Ana", "NewComments": "Leak", "LogReasons": [9]}
    answers = at_once(lambda _: house.post(body, idempotency_key="k" * 255))
    assert len(alike(answers)) == 1
    assert answers[0].status_code == 201
    assert CallLog.objects.count() == before + 1


def test_many_comments_at_once_stand_in_one_order(committed_house: House) -> None:
    house = committed_house
    answers = at_once(lambda n: house.put({"NewComments": f"comment {n}"}, log=4712))
    assert {answer.status_code for answer in answers} == {200}
    tags = {int(answer.headers["ETag"].strip('"')) for answer in answers}
    assert tags == set(range(2, TWINS + 2))
    rows = row_texts(4712)
    assert [row[0] for row in rows] == list(range(1, TWINS + 1))
    assert {row[2] for row in rows} == {f"comment {n}" for n in range(TWINS)}
    verdict = chain.verify(house.organization)
    assert (verdict.comments, verdict.broken) == (TWINS + 3, 0)
    told = json.loads(house.get("/api/calllogs/4712").content)["OldComments"]
    assert [row["Comment"] for row in told] == [row[2] for row in rows]


def test_b45_of_many_with_one_version_one_wins(committed_house: House) -> None:
    house = committed_house
    answers = at_once(lambda n: house.put({"Notes": f"by {n}"}, if_match='"1"'), 20)
    assert sorted(code_of(answer) for answer in answers) == [0] + [1007] * 19
    assert CallLog.objects.get(pk=4711).version == 2


def test_the_stored_answer_wins_over_a_stale_version_and_a_later_body_check(house: House) -> None:
    sent: dict[str, Any] = {"idempotency_key": "k", "if_match": '"1"'}
    first = house.put({"NewComments": "once"}, **sent)
    house.put({"NewComments": "between"})
    before = state_of()
    again = house.put({"NewComments": "once"}, **sent)
    assert alike([first, again]) == {(200, b"", '"2"', None, None, "0")}
    house.put({"NewComments": "once"}, idempotency_key="k", content_type="text/plain")
    assert state_of() == before


def test_a_key_for_another_body_is_refused(house: House) -> None:
    house.put({"NewComments": "once"}, idempotency_key="k")
    before = state_of()
    others: list[Any] = [
        {"NewComments": "twice"},
        '{"NewComments": "once" }',
        "",
        "{",
        "x" * 2_000_000,
    ]
    for body in others:
        assert code_of(house.put(body, idempotency_key="k")) == 112
    assert state_of() == before


def test_refusals_are_not_stored(house: House) -> None:
    refused: list[tuple[Any, dict[str, Any], int]] = [
        ({"Notes": 5}, {}, 114),
        ({"ModuleStatusId": 1}, {}, 112),
        ({"LogId": 4712, "Notes": "x"}, {}, 112),
        ({"Notes": "x"}, {"if_match": '"9"'}, 1007),
        ({}, {}, 109),
    ]
    for body, headers, code in refused:
        assert code_of(house.put(body, idempotency_key="k", **headers)) == code
    assert IdempotencyRecord.objects.count() == 0
    assert house.put({"NewComments": "at last"}, idempotency_key="k").status_code == 200
    assert code_of(house.post({"UnitId": 340}, idempotency_key="n")) == 109
    assert house.post({"UnitId": 340, "CallFrom": "x"}, idempotency_key="n").status_code == 201


def test_keys_are_kept_for_each_credential_method_and_path(house: House) -> None:
    body = {"NewComments": "x", "CallFrom": "x"}
    for who in ("owner", "admin", "writer"):
        for log in (4711, 4712):
            assert house.put(body, who, log, idempotency_key="k").status_code == 200
        assert house.post(body, who, idempotency_key="k").status_code == 201
    assert IdempotencyRecord.objects.count() == 9
    forms = ("/API/CallLogs/4711", "/api/calllogs/4711/", "/api/calllogs/4711?x=1")
    for path in forms:  # the same address said otherwise
        assert house.ask("owner", "PUT", path, body, idempotency_key="k").status_code == 200
    assert IdempotencyRecord.objects.count() == 9
    assert len(row_texts()) == 3 + 3


def test_row_and_right_come_before_the_stored_answer(house: House) -> None:
    house.put({"NewComments": "x"}, "writer", idempotency_key="k")
    house.people["member"].property_links.all().delete()
    assert code_of(house.put({"NewComments": "x"}, "writer", idempotency_key="k")) == 105
    CallLog.objects.filter(pk=4711).update(withdrawn_at=timezone.now(), withdrawn_reason="x")
    assert code_of(house.put({"NewComments": "x"}, "writer", idempotency_key="k")) == 106


def test_keys_are_forgotten_after_a_day(house: House) -> None:
    house.put({"NewComments": "x"}, idempotency_key="k")
    kept = IdempotencyRecord.objects.all()
    kept.update(created_at=timezone.now() - timedelta(hours=23))
    assert prune() == 0
    kept.update(created_at=timezone.now() - timedelta(hours=25))
    assert prune() == 1
    house.put({"NewComments": "x"}, idempotency_key="k")
    assert len(row_texts()) == 3 + 2


@contextmanager
def quick_locks() -> Iterator[None]:
    """A connection that waits for a lock only a moment."""
    connection.close()
    connection.settings_dict["OPTIONS"] = {"options": "-c lock_timeout=200ms"}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = {}


def test_a_twin_of_what_is_still_in_progress_is_told_to_come_again(
    committed_house: House, committed_db: str
) -> None:
    house, body = committed_house, {"CallFrom": "x"}
    house.post(body, idempotency_key="k")
    IdempotencyRecord.objects.update(key="other")
    twin = "UPDATE accounts_idempotencyrecord SET key = 'k'"
    with owners(committed_db) as owner, quick_locks():
        with owner.transaction(force_rollback=True):
            owner.execute(twin)
            answer = house.post(body, idempotency_key="k")
        assert (code_of(answer), answer.headers["Retry-After"]) == (1009, "5")
        assert house.post(body, idempotency_key="k").status_code == 201
