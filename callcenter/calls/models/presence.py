"""Who has a call open right now."""

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization

from .call_logs import CallLog


class Typing(models.TextChoices):
    """What somebody writes in the page of a call."""

    COMMENT = "comment", _("types a comment")
    NOTES = "notes", _("edits the notes")
    FORM = "form", _("fills in a form")


class Presence(models.Model):
    """That somebody has a call open, and what that one types there; no record, and no lock.

    The table is unlogged: it is written every few seconds and empty after a crash. A row counts
    for half a minute after `seen_at`.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call_log = models.ForeignKey(
        CallLog, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_constraint=False
    )
    typing = models.CharField(max_length=8, choices=Typing, blank=True, default="")
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [UniqueConstraint(fields=["call_log", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.call_log_id}"
