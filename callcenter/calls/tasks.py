"""What beat asks for once an hour: housekeeping of the files of calls, and of drafts."""

from celery import shared_task

from . import attaching, drafts


@shared_task(name="calls.sweep_attachments")
def sweep_attachments() -> None:
    """Move up files whose request died after its commit, remove those that no row knows."""
    attaching.sweep()


@shared_task(name="calls.prune")
def prune() -> None:
    """Forget drafts that nobody touched for two weeks. Harmless when it runs twice."""
    drafts.prune_drafts()
