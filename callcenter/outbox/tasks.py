"""What beat asks for every few seconds: the guarantee behind every hint."""

from celery import shared_task

from . import actions


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Publish what is due."""
    actions.publish_due()


@shared_task(name="outbox.prune")
def prune() -> None:
    """Forget what was done long ago."""
    actions.prune()
