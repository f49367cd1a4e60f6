"""What beat asks for once an hour: housekeeping of the files of calls, and of drafts."""

from celery import shared_task

from . import attaching, drafts, waiting


@shared_task(name="calls.sweep_attachments")
def sweep_attachments() -> None:
    """Forget what was never saved, move up what a dead request left, remove the rest."""
    waiting.prune_waiting()
    attaching.sweep()


@shared_task(name="calls.prune")
def prune() -> None:
    """Forget drafts that nobody touched for two weeks. Harmless when it runs twice."""
    drafts.prune_drafts()
