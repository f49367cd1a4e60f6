"""The worker's side of calls: housekeeping, earlier calls of a number, events that are over."""

from functools import partial

from celery import shared_task

from callcenter.outbox.delivery import deliver, hold

from . import attaching, building_events, drafts, remembering, waiting


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


@shared_task(name=building_events.SETTLE)
def settle_event(*, message_id: int, event_id: int) -> None:
    """Comment and close the calls of an event that is over; twice changes nothing more."""
    request_id = f"outbox-{message_id}"
    deliver(
        message_id,
        work=partial(building_events.go_on_settling, event_id, request_id),
        on_parked=lambda: None,
    )
