"""The history of a call, which only grows."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.properties.principals import Principal

from .call_logs import CallLog
from .statuses import Status
from .words import said


class CommentKind(models.TextChoices):
    """What a row of the history tells."""

    COMMENT = "comment", _("Comment")
    STATUS = "status", _("Status")
    EDIT = "edit", _("Edit")
    FOLD = "fold", _("Fold")
    CHAIN = "chain", _("Escalation")
    IMPORT = "import", _("Import")


class Visibility(models.TextChoices):
    """Whether a comment may leave the house."""

    INTERNAL = "internal", _("Internal")
    SHAREABLE = "shareable", _("Shareable")


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reads of history rows."""

    def visible_to(self, principal: Principal) -> Self:
        """Those of the calls that the principal sees."""
        calls = CallLog.objects.visible_to(principal)
        return self.filter(
            organization_id=principal.organization_id, call_log_id__in=calls.values("pk")
        )

    def in_order(self) -> Self:
        """Oldest first."""
        return self.order_by("call_log_id", "seq")

    def told(self) -> Self:
        """What is told to other systems: comments, moves and imported rows.

        No edits, no folds, nothing withdrawn.
        """
        shown = (CommentKind.COMMENT, CommentKind.STATUS, CommentKind.IMPORT)
        return self.filter(kind__in=shown, withdrawal=None)

    def written(self) -> Self:
        """What people wrote, here or in another system, without what was withdrawn."""
        return self.filter(kind__in=(CommentKind.COMMENT, CommentKind.IMPORT), withdrawal=None)

    def saying(self, query: SearchQuery) -> Self:
        """Those in whose words `query` is found; not the withdrawn ones, and no diffs of edits."""
        shown = (CommentKind.COMMENT, CommentKind.STATUS, CommentKind.IMPORT)
        found: Any = self.alias(words=said("text")).filter(words=query)
        return found.filter(kind__in=shown, withdrawal=None)  # type: ignore[no-any-return]

    def containing(self, text: str) -> Self:
        """Those with `text` somewhere, in any case."""
        return self.filter(text__icontains=text)

    def as_history(self, principal: Principal) -> "models.QuerySet[Comment, dict[str, Any]]":
        """Rows as the timeline shows them; withdrawn ones for owners and admins alone."""
        rows = self.in_order()
        if not principal.manages:
            rows = rows.filter(withdrawal=None)
        return rows.values(
            "pk",
            "call_log_id",
            "seq",
            "kind",
            "text",
            "author_name",
            "status_name",
            "status__kind",
            "visibility",
            "created_at",
            "time_is_assumed",
            "raw_time",
            "erased_at",
            "withdrawal__withdrawn_at",
            "withdrawal__reason",
            "withdrawal__withdrawn_by__name",
            "attachment__pk",
            "attachment__name",
            "attachment__byte_size",
            "attachment__thumbnail_as",
        )


class Comment(models.Model):
    """A row of a call's history. The database lets nobody change, delete or reorder it.

    A trigger gives it the next `seq`, a salt, the digest of the text and the hash that chains
    it to the row before (inv 1, 2; `calls_comment_chain` in the migration). Erasing a person
    sets text, salt and author name to null through one function; the digest stays.
    `status_name` is the name at that time. Text "" is a change of status alone.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call_log = models.ForeignKey(
        CallLog, models.PROTECT, related_name="comments", db_index=False, db_constraint=False
    )
    seq = models.PositiveIntegerField(editable=False, db_default=0)
    salt = models.BinaryField(null=True, editable=False)
    text = models.TextField(null=True)  # noqa: DJ001 (null is "erased", "" is "no words")
    text_digest = models.BinaryField(editable=False, db_default=b"")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    author_name = models.CharField(max_length=120, null=True)  # noqa: DJ001 (null is "erased")
    status = models.ForeignKey(
        Status, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    status_name = models.CharField(max_length=60)
    kind = models.CharField(max_length=7, choices=CommentKind, default=CommentKind.COMMENT)
    visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.INTERNAL)
    created_at = models.DateTimeField(db_default=Now())
    time_is_assumed = models.BooleanField(default=False)
    raw_time = models.CharField(max_length=80, blank=True, default="")
    previous_hash = models.BinaryField(editable=False, db_default=b"")
    hash = models.BinaryField(editable=False, db_default=b"")
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["call_log", "seq"], name="comment_seq_once"),
            models.CheckConstraint(
                name="comment_kind_known", condition=Q(kind__in=CommentKind.values)
            ),
            models.CheckConstraint(
                name="comment_erased_without_text",
                condition=Q(
                    erased_at=None,
                    text__isnull=False,
                    salt__isnull=False,
                    author_name__isnull=False,
                )
                | Q(erased_at__isnull=False, text=None, salt=None, author_name=None),
            ),
        ]
        # words in the lists' search; an index of expressions costs an import a quarter, a vector
        # kept beside the call twice as much as the import itself (docs/decisions.md)
        indexes = [GinIndex(said("text"), name="comment_words")]

    def __str__(self) -> str:
        return f"{self.call_log_id}.{self.seq}"


class CommentWithdrawal(models.Model):
    """That a comment was withdrawn, by whom and why; the comment itself stays as it is."""

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField(db_default=Now())
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(name="commentwithdrawal_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return str(self.comment_id)


class HistoryAnchor(models.Model):
    """What the chains held up to a comment id on some day: shows a tail that was cut off.

    `digest` is SHA-256 over the hashes of the comments with ids from above the anchor before
    up to `last_comment_id`, in order of id. The command that writes it prints it too, so that a
    copy can be kept where the database's owner cannot reach it.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    anchored_at = models.DateTimeField(db_default=Now())
    first_comment_id = models.BigIntegerField()
    last_comment_id = models.BigIntegerField()
    comments = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "last_comment_id"], name="historyanchor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} up to {self.last_comment_id}"
