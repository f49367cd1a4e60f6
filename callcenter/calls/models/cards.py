"""Decision cards: what to ask when somebody rings for a reason, and which answers are urgent."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .reasons import Reason
from .statuses import OrganizationQuerySet

MOST_QUESTIONS = 4


class QuestionKind(models.TextChoices):
    """How a question is answered."""

    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("Choice")
    NUMBER = "number", _("Number")
    TEXT = "text", _("Short text")


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that one key gives; `makes_emergency` is the rule of the card."""

    key: str
    text: str
    makes_emergency: bool


class DecisionCardQuerySet(models.QuerySet["DecisionCard"]):
    """Reads of cards."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's, and of single properties those that the principal sees."""
        rows = self.filter(organization_id=principal.organization_id)
        if principal.property_ids is None:
            return rows
        return rows.filter(Q(property=None) | Q(property_id__in=principal.property_ids))

    def at(self, property_id: int | None) -> Self:
        """Those in use at a property: its own and the organisation's."""
        own = (
            Q(property=None) if property_id is None else Q(property=None) | Q(property=property_id)
        )
        return self.filter(own, is_enabled=True)


@tracked()
class DecisionCard(models.Model):
    """The questions of one reason, for every property or instead for one of them.

    `rule` says in a few words what makes an emergency there; it stands beside the verdict.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    reason = models.ForeignKey(Reason, models.CASCADE, related_name="cards", db_index=False)
    property = models.ForeignKey(
        Property,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Only for this property, instead of the card for all; empty for all."),
    )
    rule = models.CharField(
        max_length=200, blank=True, default="", help_text=_("What makes an emergency, in short.")
    )
    is_enabled = models.BooleanField(default=True)

    objects = DecisionCardQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="decisioncard_of_organization"),
            UniqueConstraint(
                fields=["reason", "property"], name="decisioncard_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.reason)


@tracked()
class CardQuestion(models.Model):
    """One question of a card; a question that was answered is disabled, never deleted.

    `choices` has a line for each choice: its key, a blank, its words. `makes_emergency` holds
    the keys of the answers that make an emergency; a number makes one below or above a limit.
    Whether somebody is sure is asked with every yes or no (y, n, u).
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    card = models.ForeignKey(DecisionCard, models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=6, choices=QuestionKind, default=QuestionKind.YES_NO)
    choices = models.TextField(
        blank=True,
        default="",
        help_text=_("One a line: a letter, a blank, the words. For example “c Cannot”."),
    )
    unit = models.CharField(
        max_length=20, blank=True, default="", help_text=_("Of a number, such as °F.")
    )
    makes_emergency = models.CharField(
        max_length=12,
        blank=True,
        default="",
        help_text=_("The letters of the answers that make an emergency: y, n, u (unsure)."),
    )
    emergency_below = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    emergency_above = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    is_required = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)

    objects = OrganizationQuerySet["CardQuestion"].as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="cardquestion_of_organization"),
            models.CheckConstraint(name="cardquestion_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="cardquestion_kind_known", condition=Q(kind__in=QuestionKind.values)
            ),
            models.CheckConstraint(
                name="cardquestion_choices_form",
                violation_error_message=_("Choices belong to a choice: a letter, a blank, words."),
                condition=Q(kind=QuestionKind.CHOICE, choices__regex=r"^([a-z] [^\n]+\n?)+$")
                | (~Q(kind=QuestionKind.CHOICE) & Q(choices="")),
            ),
            models.CheckConstraint(
                name="cardquestion_rule_fits_kind",
                violation_error_message=_(
                    "Letters are for yes, no and choices, limits for numbers."
                ),
                condition=Q(
                    kind__in=(QuestionKind.YES_NO, QuestionKind.CHOICE),
                    makes_emergency__regex=r"^[a-z]*$",
                    emergency_below=None,
                    emergency_above=None,
                )
                | Q(kind=QuestionKind.NUMBER, makes_emergency="")
                | Q(
                    kind=QuestionKind.TEXT,
                    makes_emergency="",
                    emergency_below=None,
                    emergency_above=None,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def options(self) -> list[Option]:
        """What can be answered by one key, in order; empty for numbers and texts."""
        said: list[tuple[str, Any]] = []
        if self.kind == QuestionKind.YES_NO:
            said = [("y", _("Yes")), ("n", _("No")), ("u", _("Not sure"))]
        elif self.kind == QuestionKind.CHOICE:
            said = [(line[0], line[2:].strip()) for line in self.choices.splitlines() if line]
        return [Option(key, str(text), key in self.makes_emergency) for key, text in said]

    @property
    def is_rule(self) -> bool:
        """Whether some answer to it makes an emergency."""
        limits = (self.emergency_below, self.emergency_above)
        return self.makes_emergency != "" or any(limit is not None for limit in limits)

    def is_beyond(self, number: Decimal) -> bool:
        """Whether a number makes an emergency."""
        below, above = self.emergency_below, self.emergency_above
        return (below is not None and number < below) or (above is not None and number > above)

    def clean(self) -> None:
        """Say what a check constraint cannot: each choice has its own key, and rules use these."""
        self.choices = "\n".join(line.strip() for line in self.choices.splitlines() if line.strip())
        keys = [option.key for option in self.options]
        if len(set(keys)) < len(keys):
            raise ValidationError({"choices": _("Two choices have the same letter.")})
        if set(self.makes_emergency) - set(keys):
            raise ValidationError({"makes_emergency": _("No answer has this letter.")})
