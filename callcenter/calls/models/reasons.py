"""Why somebody rings: the organisation's own list."""

from typing import Self

from django.db import models
from django.db.models import Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked

from .statuses import OrganizationQuerySet


class ReasonQuerySet(OrganizationQuerySet["Reason"]):
    """Reads of reasons."""

    def in_use(self) -> Self:
        """Those that a call may be given, by mnemonic."""
        return self.filter(is_enabled=True).order_by("mnemonic", "pk")


@tracked()
class Reason(models.Model):
    """Why somebody rings, picked by a mnemonic that no other one begins with.

    The database keeps mnemonics prefix-free per organisation (trigger
    `calls_reason_prefix_free`); imported reasons that nobody named have none and are disabled.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    family = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=80)
    mnemonic = models.CharField(max_length=4, blank=True, default="")
    is_emergency = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    first_answer_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Working minutes until the first answer; empty: none.")
    )
    resolution_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Working minutes until it is done; empty: none.")
    )
    script = models.TextField(blank=True, default="")
    search_words = models.CharField(
        _("search words"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("What callers say instead of the name, with blanks between: lock keys fob."),
    )
    source = models.CharField(max_length=60, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")

    objects = ReasonQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="reason_of_organization"),
            UniqueConstraint(fields=["organization", "name"], name="reason_name_once"),
            UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="reason_source_key",
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="reason_mnemonic_form",
                condition=Q(mnemonic="") | Q(mnemonic__regex=r"^[a-z]{1,4}$"),
            ),
            models.CheckConstraint(
                name="reason_enabled_has_mnemonic",
                condition=Q(is_enabled=False) | ~Q(mnemonic=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name
