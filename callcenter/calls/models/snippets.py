"""Texts that people write often: by a word, one's own or everybody's."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.principals import Principal

from .reasons import Reason

LONGEST_SNIPPET = 5_000


class SnippetQuerySet(models.QuerySet["Snippet"]):
    """Reads of snippets."""

    def visible_to(self, principal: Principal) -> Self:
        """The person's own and those of the organisation."""
        own = Q(owner=None) | Q(owner_id=principal.user_id)
        return self.filter(own, organization_id=principal.organization_id)

    def in_order(self) -> Self:
        """By word, one's own before the shared one of the same word."""
        return self.order_by("word", "owner_id", "pk")


@tracked()
class Snippet(models.Model):
    """A text that `::word` stands for while one writes; without an owner it is shared.

    `{unit}`, `{property}`, `{resident}`, `{agent}` and `{time}` are filled in when it is used.
    With a reason it is offered as a template for the notes of such calls.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    word = models.CharField(max_length=30)
    text = models.TextField()
    reason = models.ForeignKey(
        Reason, models.PROTECT, related_name="+", null=True, blank=True, db_constraint=False
    )

    objects = SnippetQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["organization", "owner", "word"],
                name="snippet_word_once",
                nulls_distinct=False,
                violation_error_message=_("There is a snippet of this word already."),
            ),
            models.CheckConstraint(
                name="snippet_word_form", condition=Q(word__regex=r"^[a-z0-9][a-z0-9_-]*$")
            ),
            models.CheckConstraint(name="snippet_has_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.word
