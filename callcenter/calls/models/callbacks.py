"""Promises to ring back."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.principals import Principal

from .call_logs import CallLog
from .comments import Comment


class CallbackState(models.TextChoices):
    """A promise is open or has ended in one of three ways."""

    PENDING = "pending", _("Pending")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class CallbackQuerySet(models.QuerySet["Callback"]):
    """Reads of promises."""

    def visible_to(self, principal: Principal) -> Self:
        """Those of the calls that the principal sees."""
        calls = CallLog.objects.visible_to(principal)
        return self.filter(
            organization_id=principal.organization_id, call_log_id__in=calls.values("pk")
        )

    def pending(self) -> Self:
        """Promises that have not ended."""
        return self.filter(state=CallbackState.PENDING)

    def for_page(self) -> Self:
        """What a row tells of the promise, its call and its place; the first due first."""
        related = ("assignee", "call_log__property", "call_log__unit", "call_log__status")
        return self.select_related(*related).defer("call_log__search").order_by("due_at", "pk")


@tracked()
class Callback(models.Model):
    """A promise to ring back by `due_at` (UTC): one person's, or anyone's when nobody is named.

    `due_text` is how the time was typed. It ends only with an outcome, which is a comment on the
    call.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call_log = models.ForeignKey(
        CallLog, models.PROTECT, related_name="callbacks", db_constraint=False
    )
    due_at = models.DateTimeField()
    due_text = models.CharField(max_length=60, blank=True, default="", db_default="")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    state = models.CharField(max_length=9, choices=CallbackState, default=CallbackState.PENDING)
    outcome = models.ForeignKey(
        Comment, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CallbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="callback_ends_with_an_outcome",
                condition=Q(state=CallbackState.PENDING, outcome=None, ended_at=None)
                | (
                    ~Q(state=CallbackState.PENDING)
                    & Q(outcome__isnull=False, ended_at__isnull=False)
                ),
            ),
        ]
        indexes = [
            # what is due next, and what of mine
            models.Index(
                fields=["organization", "due_at", "id"],
                name="callback_due",
                condition=Q(state=CallbackState.PENDING),
            ),
            models.Index(
                fields=["assignee", "due_at", "id"],
                name="callback_due_mine",
                condition=Q(state=CallbackState.PENDING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_log_id} {self.due_at:%Y-%m-%d %H:%M}"
