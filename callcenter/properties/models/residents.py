"""Residents and their telephone numbers."""

import builtins
from datetime import date
from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.core.phone_rows import is_number
from callcenter.core.phones import PhoneNumber
from callcenter.core.text import FoldedField
from callcenter.properties.principals import Principal

from .name_keys import NameKeys
from .places import Property, ScopedByPropertyQuerySet, Unit


class Occupancy(models.TextChoices):
    """In which way a resident belongs to the unit."""

    OWNER = "owner", _("Owner")
    RESIDENT = "resident", _("Resident")
    RENTER = "renter", _("Renter")
    CONTACT = "contact", _("Contact")


class ResidentQuerySet(ScopedByPropertyQuerySet["Resident"]):
    """Reads of residents."""

    def for_list(self) -> Self:
        """By name, with the place."""
        return self.select_related("property", "unit").order_by("search_name", "pk")


@tracked()
class Resident(models.Model):
    """One person's occupancy of one unit, or of none, at one property.

    The property never changes; a second unit or another property is another row, and
    `person_key` links the rows of one person. A date that is unknown is null.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    property = models.ForeignKey(
        Property, models.PROTECT, related_name="residents", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="residents", null=True, blank=True, db_constraint=False
    )
    first_name = models.CharField(max_length=120, blank=True, default="")
    middle_name = models.CharField(max_length=120, blank=True, default="")
    last_name = models.CharField(max_length=120, blank=True, default="")
    search_name = FoldedField(source=("first_name", "middle_name", "last_name"))
    email = models.EmailField(max_length=254, blank=True, default="")
    occupancy = models.CharField(max_length=8, choices=Occupancy, default=Occupancy.RESIDENT)
    move_in = models.DateField(null=True, blank=True)
    move_out = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    person_key = models.UUIDField(null=True, blank=True)
    source = models.CharField(max_length=60, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")
    edited_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Last change by a person, not an import."),
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="resident_of_organization"),
            UniqueConstraint(fields=["property", "id"], name="resident_of_property"),
            UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="resident_source_key",
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="resident_has_name",
                condition=Q(erased_at__isnull=False) | ~(Q(first_name="") & Q(last_name="")),
            ),
            models.CheckConstraint(
                name="resident_moves_in_before_out",
                condition=Q(move_in=None) | Q(move_out=None) | Q(move_out__gte=models.F("move_in")),
            ),
        ]
        indexes = [
            # the one box: names with typos and without accents
            GinIndex(OpClass("search_name", name="gin_trgm_ops"), name="resident_name_search"),
            # the one box: names as they sound
            GinIndex(NameKeys("search_name"), name="resident_name_sound"),
            models.Index(fields=["organization", "search_name", "id"], name="resident_list"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @builtins.property
    def full_name(self) -> str:
        """First, middle and last name as one; "Erased person" once erased."""
        if self.erased_at:
            return str(_("Erased person"))
        return " ".join(n for n in (self.first_name, self.middle_name, self.last_name) if n)


class PhoneLabel(models.TextChoices):
    """Where a number rings."""

    UNIT = "unit", _("Unit")
    CELL = "cell", _("Cell")
    WORK = "work", _("Work")
    OTHER = "other", _("Other")


class ResidentPhoneQuerySet(models.QuerySet["ResidentPhone"]):
    """Reads of residents' numbers."""

    def visible_to(self, principal: Principal) -> Self:
        """Those of the residents that the principal sees."""
        rows = self.filter(organization_id=principal.organization_id)
        if principal.property_ids is None:
            return rows
        return rows.filter(resident__property_id__in=principal.property_ids)

    def in_use(self) -> Self:
        """Those that may be rung today."""
        today = timezone.now().date()
        not_over = Q(valid_to=None) | Q(valid_to__gte=today)
        return self.filter(not_over, do_not_use=False)

    def held_on(self, day: date) -> Self:
        """Those that were their residents' on this day, as far as anybody knows."""
        begun = Q(valid_from=None) | Q(valid_from__lte=day)
        return self.filter(begun, Q(valid_to=None) | Q(valid_to__gte=day))

    def ringing(self, number: PhoneNumber) -> Self:
        """Those that are this number, in whatever form."""
        return self.filter(is_number(number, e164="e164", digits_reversed="digits_reversed"))


@tracked()
class ResidentPhone(models.Model):
    """A number of a resident: as typed, as E.164, its extension, and its digits backwards.

    `digits_reversed` holds the national digits without the extension, last one first, so that
    trailing digits are found by the beginning of an index. A number that moved keeps its row,
    with `valid_to`.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    resident = models.ForeignKey(
        Resident, models.CASCADE, related_name="phones", db_constraint=False
    )
    label = models.CharField(max_length=5, choices=PhoneLabel, default=PhoneLabel.OTHER)
    raw = models.CharField(max_length=80)
    e164 = models.CharField(max_length=20, blank=True, default="")
    extension = models.CharField(max_length=20, blank=True, default="")
    digits_reversed = models.CharField(max_length=40, blank=True, default="", editable=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    do_not_use = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ResidentPhoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="residentphone_e164_form",
                condition=Q(e164="") | Q(e164__regex=r"^\+[0-9]{3,15}$"),
            ),
            models.CheckConstraint(
                name="residentphone_digits_are_digits",
                condition=Q(digits_reversed__regex=r"^[0-9]*$"),
            ),
            models.CheckConstraint(
                name="residentphone_valid_in_order",
                condition=Q(valid_from=None)
                | Q(valid_to=None)
                | Q(valid_to__gte=models.F("valid_from")),
            ),
            UniqueConstraint(
                fields=["resident", "raw"], name="residentphone_once", condition=Q(valid_to=None)
            ),
        ]
        indexes = [
            # who rings: the whole number
            models.Index(
                fields=["organization", "e164"], name="residentphone_e164", condition=~Q(e164="")
            ),
            # the one box: trailing digits
            models.Index(
                "organization_id",
                OpClass("digits_reversed", name="text_pattern_ops"),
                name="residentphone_trailing",
            ),
        ]

    def __str__(self) -> str:
        return self.raw
