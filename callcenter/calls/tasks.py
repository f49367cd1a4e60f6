"""What beat asks for once an hour: housekeeping of the files of calls."""

from celery import shared_task

from . import attaching


@shared_task(name="calls.sweep_attachments")
def sweep_attachments() -> None:
    """Move up files whose request died after its commit, remove those that no row knows."""
    attaching.sweep()
