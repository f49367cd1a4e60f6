"""The worker's side of calls: hourly housekeeping, and the earlier calls of a number."""

from functools import partial

from celery import shared_task

from callcenter.outbox.delivery import deliver, hold

from . import attaching, drafts, remembering, waiting


@shared_task(name="calls.sweep_attachments")
def sweep_attachments() -> None:
    """Forget what was never saved, move up what a dead request left, remove the rest."""
    waiting.prune_waiting()
    attaching.sweep()


@shared_task(name="calls.prune")
def prune() -> None:
    """Forget drafts that nobody touched for two weeks. Harmless when it runs twice."""
    drafts.prune_drafts()


@shared_task(name=remembering.TASK)
def link_number(*, message_id: int, remembered_id: int) -> None:
    """Link the earlier calls of a number, or give them back; twice changes nothing more."""
    deliver(
        message_id,
        work=partial(_all_calls, message_id, remembered_id),
        on_parked=partial(remembering.park, remembered_id),
    )


def _all_calls(message_id: int, remembered_id: int) -> None:
    while remembering.go_on(remembered_id):
        hold(message_id)
