"""What is kept for a while so that a thing happens once, or not too often."""

from django.db import models
from django.db.models import UniqueConstraint
from django.db.models.functions import Now


class IdempotencyRecord(models.Model):
    """A request that had its effect: the same key again gets the same answer (B-46).

    Written in the transaction of the effect. `scope` is who asked ("session:<user>",
    "credential:<id>"), `endpoint` what; `request_digest` tells the same request from another
    one under the same key. Kept for 24 hours.
    """

    scope = models.CharField(max_length=60)
    endpoint = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            UniqueConstraint(fields=["scope", "endpoint", "key"], name="idempotencyrecord_once"),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="idempotencyrecord_pruning"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.key}"


class LoginThrottle(models.Model):
    """Tries to sign in that failed: one row per account and one per address (B-35).

    Counted by one INSERT .. ON CONFLICT .. RETURNING before the password is looked at, so that
    parallel tries are all counted. `subject` is a keyed hash, never the address itself.
    """

    subject = models.CharField(max_length=80, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    window_started_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.subject[:16]}: {self.tries}"
