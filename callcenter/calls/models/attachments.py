"""Files that belong to a call."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.properties.principals import Principal

from .call_logs import CallLog
from .comments import Comment


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Reads of attachments."""

    def visible_to(self, principal: Principal) -> Self:
        """Those of visible calls; withdrawn ones for owners and admins alone."""
        calls = CallLog.objects.visible_to(principal)
        rows = self.filter(
            organization_id=principal.organization_id, call_log_id__in=calls.values("pk")
        )
        return rows if principal.manages else rows.filter(comment__withdrawal=None)

    def of_call(self, call_log_id: int) -> Self:
        """Those of one call, oldest first, each with whether it was withdrawn."""
        rows = self.filter(call_log_id=call_log_id).select_related("comment__withdrawal")
        return rows.order_by("pk")


class Attachment(models.Model):
    """A file of a call. These rows only grow; the file on the disk is never written again.

    `name` is what its owner called it, for people to read; `stored_as` is the random name in
    ATTACHMENT_DIRECTORY; `media_type` was judged by the content; `thumbnail_as` is the random
    name of its small picture, "" without one. `comment` is the row of the history that tells of
    it, with its SHA-256 in the chain; withdrawing that row withdraws the file.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call_log = models.ForeignKey(
        CallLog, models.PROTECT, related_name="attachments", db_constraint=False
    )
    comment = models.OneToOneField(Comment, models.PROTECT, related_name="attachment")
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    byte_size = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    stored_as = models.CharField(max_length=32)
    thumbnail_as = models.CharField(max_length=32, blank=True, default="")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    added_by_name = models.CharField(max_length=120)
    added_at = models.DateTimeField(db_default=Now())

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["stored_as"], name="attachment_stored_once"),
            UniqueConstraint(
                fields=["thumbnail_as"],
                name="attachment_thumbnail_once",
                condition=~Q(thumbnail_as=""),
            ),
            models.CheckConstraint(name="attachment_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="attachment_stored_under_our_name",
                condition=Q(stored_as__regex=r"^[0-9a-f]{32}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WaitingFileQuerySet(models.QuerySet["WaitingFile"]):
    """Reads of files that wait for their call."""

    def visible_to(self, principal: Principal) -> Self:
        """One's own, in the organisation in which one added them."""
        return self.filter(
            organization_id=principal.organization_id, user_id=principal.user_id
        ).order_by("pk")


class WaitingFile(models.Model):
    """A file that somebody added to a call before saving it; gone once the call has it.

    The members mean what they mean in `Attachment`; `stored_as` is also its name towards its
    person's browser.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    byte_size = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    stored_as = models.CharField(max_length=32)
    thumbnail_as = models.CharField(max_length=32, blank=True, default="")
    added_at = models.DateTimeField(db_default=Now())

    objects = WaitingFileQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["stored_as"], name="waitingfile_stored_once")]
        indexes = [
            # forgetting what was never saved
            models.Index(fields=["added_at"], name="waitingfile_age"),
        ]

    def __str__(self) -> str:
        return self.name
