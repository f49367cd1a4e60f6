"""What callers said to decision cards: rows that only grow."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.properties.principals import Principal

from .call_logs import CallLog
from .cards import CardQuestion, DecisionCard


class Verdict(models.TextChoices):
    """What the rules of a card say of the answers."""

    EMERGENCY = "emergency", _("Emergency")
    ROUTINE = "routine", _("Not an emergency")
    OPEN = "open", _("Not decided")


class CardReplyQuerySet(models.QuerySet["CardReply"]):
    """Reads of what was said to cards."""

    def visible_to(self, principal: Principal) -> Self:
        """Those of the calls that the principal sees."""
        calls = CallLog.objects.visible_to(principal)
        return self.filter(
            organization_id=principal.organization_id, call_log_id__in=calls.values("pk")
        )


class CardReply(models.Model):
    """One card, answered at one time on one call; a correction is another reply.

    Name of the reason, rule and whose rule it is are kept as they were, and so is the verdict,
    which weighs the answers of this reply with what earlier ones left standing.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call_log = models.ForeignKey(
        CallLog, models.PROTECT, related_name="card_replies", db_constraint=False
    )
    card = models.ForeignKey(
        DecisionCard, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reason_name = models.CharField(max_length=80)
    rule = models.CharField(max_length=200, blank=True, default="")
    rule_of = models.CharField(max_length=200)
    verdict = models.CharField(max_length=9, choices=Verdict)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    author_name = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now())

    objects = CardReplyQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="cardreply_of_organization"),
            models.CheckConstraint(
                name="cardreply_verdict_known", condition=Q(verdict__in=Verdict.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_log_id} {self.reason_name}"


class CardAnswer(models.Model):
    """One answer of a reply, with question and answer in the words of that time.

    `value` is what was typed: a key of the question, a number, a text. Erasing a person sets
    value and answer to null through one function of the database; nothing else changes a row.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reply = models.ForeignKey(
        CardReply, models.PROTECT, related_name="answers", db_index=False, db_constraint=False
    )
    question = models.ForeignKey(
        CardQuestion, models.PROTECT, related_name="+", db_constraint=False
    )
    question_text = models.CharField(max_length=200)
    answer_text = models.CharField(max_length=300, null=True)  # noqa: DJ001 (null is "erased")
    value = models.CharField(max_length=300, null=True)  # noqa: DJ001 (null is "erased")
    makes_emergency = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["reply", "question"], name="cardanswer_once"),
            models.CheckConstraint(
                name="cardanswer_erased_without_words",
                condition=Q(erased_at=None, answer_text__isnull=False, value__isnull=False)
                | Q(erased_at__isnull=False, answer_text=None, value=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_text} {self.answer_text}"
