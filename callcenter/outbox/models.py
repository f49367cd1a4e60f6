"""Work that must happen: a row first, a message to the broker second."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class OutboxMessage(models.Model):
    """One task to run, written in the transaction that wants it (inv 22).

    `task` is the Celery name, `arguments` its keyword arguments (ids only). It is due from
    `due_at` (UTC) until `done_at`; the sweeper publishes what is due again and again, so a task
    must be harmless when it runs twice. Publishing right after the commit is only a hint.
    `published` counts what the sweeper sent since the task last ran, and makes repeats rarer;
    `attempts` counts starts without progress, and parks a task that never gets anywhere.
    """

    organization_id = models.BigIntegerField()
    task = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    published = models.PositiveIntegerField(default=0, db_default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outboxmessage_done_or_parked",
                condition=Q(done_at=None) | Q(parked_at=None),
            ),
        ]
        indexes = [
            # what the sweeper asks for, every few seconds
            models.Index(
                fields=["due_at"],
                name="outboxmessage_due",
                condition=Q(done_at=None, parked_at=None),
            ),
            models.Index(
                fields=["done_at"],
                name="outboxmessage_pruning",
                condition=Q(done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} #{self.pk}"
