"""What all tables of chains share: keys that other systems can make, too, and a version."""

from django.db import models
from django.db.models.functions import Now


class Kept(models.Model):
    """A row that is never deleted, because its key must never be given away again.

    `id` is a UUIDv7 of the database, or any uuid that another system chose. `version` begins
    at 1 and grows by one with every accepted change, when `updated_at` moves, too.
    """

    id = models.UUIDField(
        primary_key=True, editable=False, db_default=models.Func(function="uuidv7")
    )
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
