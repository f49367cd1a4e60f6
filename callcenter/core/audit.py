"""The audit: what pghistory's triggers write beside every tracked row."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.db import models
from pghistory.models import Event


class AuditEvent(Event):
    """A row as it was after one accepted change, with who did it (B-44).

    `pgh_context` holds organization, user, request and kind; it is null when nobody was named,
    which is shown as "unknown". The app's role may add events, not change or delete them.
    """

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def tracked[M: models.Model](*, exclude: list[str] | None = None) -> Callable[[type[M]], type[M]]:
    """Keep an event of every insert, update and delete of the model, whoever makes it."""
    track: Any = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
        base_model=AuditEvent,
    )
    return track  # type: ignore[no-any-return]
