"""People who can be rung, with or without an account, and their numbers."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.calls.models import OrganizationQuerySet
from callcenter.core.audit import tracked
from callcenter.properties.principals import Principal

from .base import Kept


class InUseQuerySet[M: models.Model](OrganizationQuerySet[M]):
    """Rows of the organisation that can be withdrawn."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's own that are not withdrawn."""
        return super().visible_to(principal).filter(withdrawn_at=None)


class ResponderQuerySet(InUseQuerySet["Responder"]):
    """Reads of responders."""

    def for_list(self) -> Self:
        """By name."""
        return self.order_by("name", "pk")

    def of_account(self, principal: Principal) -> "Responder | None":
        """The one that the principal is, if any."""
        return self.visible_to(principal).filter(user=principal.user_id).first()


@tracked()
class Responder(Kept):
    """Somebody who can be rung; `user` is the account, if there is one.

    An account is one responder of an organisation at most, and belongs to it (composite key to
    the membership).
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254, blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )

    objects = ResponderQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="responder_of_organization"),
            UniqueConstraint(
                fields=["organization", "user"],
                name="responder_once_for_an_account",
                condition=Q(user__isnull=False, withdrawn_at=None),
            ),
            models.CheckConstraint(name="responder_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class LineLabel(models.TextChoices):
    """Which telephone of somebody it is."""

    CELL = "cell", _("Cell")
    WORK = "work", _("Work")
    HOME = "home", _("Home")
    OTHER = "other", _("Other")


class ResponderLineQuerySet(InUseQuerySet["ResponderLine"]):
    """Reads of lines."""

    def in_order(self) -> Self:
        """As they are rung: verified ones first, then by position."""
        unverified = models.Case(models.When(verified_at=None, then=1), default=0)
        return self.order_by(unverified, "position", "pk")


@tracked()
class ResponderLine(models.Model):
    """A number of a responder. Only one with `verified_at` is rung by a chain.

    The number of a line never changes, because `verified_at` is about that number: another
    number is another line.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    responder = models.ForeignKey(
        Responder, models.PROTECT, related_name="lines", db_constraint=False
    )
    label = models.CharField(max_length=5, choices=LineLabel, default=LineLabel.CELL)
    raw = models.CharField(max_length=80)
    e164 = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ResponderLineQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["responder", "e164"],
                name="responderline_number_once",
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="responderline_number_form",
                condition=Q(e164__regex=r"^\+[1-9][0-9]{6,14}$"),
            ),
            models.CheckConstraint(
                name="responderline_label_known", condition=Q(label__in=LineLabel.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_label_display()} {self.raw}"
