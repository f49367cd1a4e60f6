from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from callcenter.outbox import actions
from callcenter.outbox.delivery import MAX_ATTEMPTS, Again, deliver, hold
from callcenter.outbox.models import OutboxMessage
from callcenter.outbox.publishing import Hint, HintThread

pytestmark = pytest.mark.django_db


def make_message(**fields: object) -> OutboxMessage:
    blank = {"organization_id": 1, "task": "imports.run", "arguments": {"run_id": 7}}
    return OutboxMessage.objects.create(**(blank | fields))


def nothing() -> None:
    return None


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Hint]:
    hints: list[Hint] = []

    def take(hint: Hint) -> bool:
        hints.append(hint)
        return True

    monkeypatch.setattr(actions, "publish", take)
    return hints


def test_a_message_that_waits_its_turn_is_not_published(sent: list[Hint]) -> None:
    actions.enqueue(organization_id=1, task="imports.run", arguments={"run_id": 7})
    assert actions.publish_due() == 0
    assert sent == []


def test_a_due_message_is_published_once_and_then_later_and_later(sent: list[Hint]) -> None:
    message = make_message()
    assert actions.publish_due() == 1
    assert actions.publish_due() == 0
    assert sent == [Hint("imports.run", {"message_id": message.pk, "run_id": 7})]
    message.refresh_from_db()
    first = message.due_at - timezone.now()
    OutboxMessage.objects.update(due_at=Now())
    assert actions.publish_due() == 1
    message.refresh_from_db()
    assert message.published == 2
    assert message.due_at - timezone.now() > first * 1.5


def test_what_the_broker_refused_is_due_again_without_a_longer_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = make_message()
    monkeypatch.setattr(actions, "publish", lambda hint: False)
    assert actions.publish_due() == 0
    message.refresh_from_db()
    assert message.published == 0
    assert message.due_at > timezone.now()


def test_done_and_parked_messages_are_left_alone(sent: list[Hint]) -> None:
    make_message(done_at=Now())
    make_message(parked_at=Now())
    assert actions.publish_due() == 0


def test_work_that_ends_is_done_once_however_often_it_is_delivered_inv22() -> None:
    message, effects = make_message(), []
    for _ in range(3):
        deliver(message.pk, lambda: effects.append(1), nothing)
    message.refresh_from_db()
    assert effects == [1]
    assert message.done_at is not None


def test_a_rolled_back_intent_leaves_no_message_inv22() -> None:
    with transaction.atomic():
        actions.enqueue(organization_id=1, task="imports.run", arguments={"run_id": 7})
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_a_failure_is_written_down_and_tried_again_later() -> None:
    message = make_message()
    with pytest.raises(ValueError, match="broken"):
        deliver(message.pk, lambda: (_ for _ in ()).throw(ValueError("broken")), nothing)
    message.refresh_from_db()
    assert message.error == "ValueError: broken"
    assert message.attempts == 1
    assert message.due_at > timezone.now()


def test_a_task_that_never_gets_on_is_parked_and_says_so_once() -> None:
    message, parked, started = make_message(), [], []

    def killed() -> Again:
        started.append(1)
        return Again(timedelta(seconds=1), progress=False)

    for _ in range(MAX_ATTEMPTS + 3):
        deliver(message.pk, killed, lambda: parked.append(1))
    message.refresh_from_db()
    assert len(started) == MAX_ATTEMPTS
    assert parked == [1]
    assert message.parked_at is not None


def test_progress_forgives_the_attempts_before() -> None:
    message = make_message(attempts=MAX_ATTEMPTS - 1)

    def works() -> Again:
        hold(message.pk)
        return Again(timedelta(seconds=1), progress=False)

    for _ in range(MAX_ATTEMPTS * 2):
        deliver(message.pk, works, nothing)
    message.refresh_from_db()
    assert message.parked_at is None


def test_what_was_done_long_ago_is_forgotten() -> None:
    make_message(done_at=Now() - timedelta(days=8))
    recent = make_message(done_at=Now() - timedelta(days=6))
    assert actions.prune() == 1
    assert OutboxMessage.objects.get() == recent


def test_the_sweeper_finds_its_rows_by_the_partial_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        due = OutboxMessage.objects.filter(due_at__lte=Now(), done_at=None, parked_at=None)
        assert "outboxmessage_due" in due.explain()


def test_a_full_queue_of_hints_drops_and_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = HintThread()
    monkeypatch.setattr(thread, "_start_once", nothing)
    for n in range(1_500):
        thread.offer(Hint("imports.run", {"message_id": n}))
    assert thread._queue.qsize() == 1_000  # noqa: SLF001 (what is asked about)
