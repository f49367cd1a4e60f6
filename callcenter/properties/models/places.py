"""Properties and their units."""

from typing import Self

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.core.hours import validate_hours
from callcenter.core.prepared import fetch_all
from callcenter.core.text import FoldedField, NumberKeyField
from callcenter.properties.principals import Principal


def place_of(
    model: type[models.Model], column: str, pk: int, principal: Principal
) -> tuple[int | None] | None:
    """The `column` of a row of the principal's organisation, whatever is linked; None if absent."""
    table = model._meta.db_table  # noqa: SLF001 (Django's name)
    statement = f"SELECT {column} FROM {table} WHERE organization_id = %(org)s AND id = %(pk)s"  # noqa: S608 (constants)
    rows = fetch_all(statement, {"org": principal.organization_id, "pk": pk})
    return rows[0] if rows else None


class PropertyQuerySet(models.QuerySet["Property"]):
    """Reads of properties."""

    def place_of(self, pk: int, principal: Principal) -> tuple[int | None] | None:
        """(id,) of a property of the organisation, be it linked or not; None when absent.

        Only to tell "not linked" from "absent" where a dialect must (wire/connect.md 3).
        """
        return place_of(self.model, "id", pk, principal)

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's, or only those the principal is linked to."""
        rows = self.filter(organization_id=principal.organization_id)
        if principal.property_ids is None:
            return rows
        return rows.filter(pk__in=principal.property_ids)

    def for_list(self) -> Self:
        """Active ones first, by name."""
        return self.order_by("-is_active", "name", "pk")


@tracked()
class Property(models.Model):
    """One building or community that the organisation manages."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200, blank=True, default="")
    address1 = models.CharField(max_length=200, blank=True, default="")
    address2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=50, blank=True, default="")
    zip = models.CharField(max_length=20, blank=True, default="")
    time_zone = models.CharField(max_length=60)
    hours = models.TextField(
        blank=True,
        default="",
        db_default="",
        validators=[validate_hours],
        help_text=_("As the hours of the organisation, which count where these are empty."),
    )
    is_active = models.BooleanField(default=True)
    greeting = models.TextField(blank=True, default="")
    instructions = models.TextField(blank=True, default="")
    emergency_rules = models.TextField(blank=True, default="")
    source = models.CharField(max_length=60, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")
    search_name = FoldedField(source=("name",))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PropertyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "properties"
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="property_of_organization"),
            UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="property_source_key",
                condition=~Q(external_id=""),
            ),
            UniqueConstraint(fields=["organization", "name"], name="property_name_once"),
            models.CheckConstraint(name="property_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class ScopedByPropertyQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that belong to a property and are seen with it."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's, or only those at linked properties."""
        rows = self.filter(organization_id=principal.organization_id)
        if principal.property_ids is None:
            return rows
        return rows.filter(property_id__in=principal.property_ids)

    def place_of(self, pk: int, principal: Principal) -> tuple[int | None] | None:
        """(property id,) of a row of the organisation, be it linked or not; None when absent."""
        return place_of(self.model, "property_id", pk, principal)


class UnitQuerySet(ScopedByPropertyQuerySet["Unit"]):
    """Reads of units."""

    def for_list(self) -> Self:
        """As people walk past them, with their property."""
        return self.select_related("property").order_by(
            "property__name", "display_order", "building", "number_key", "pk"
        )


@tracked()
class Unit(models.Model):
    """A place that somebody can live in or rent, at one property.

    The natural key is property, building and `number_key` ("12 B", "12-b" and "#12B" are one).
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    property = models.ForeignKey(
        Property, models.PROTECT, related_name="units", db_index=False, db_constraint=False
    )
    number = models.CharField(max_length=40, blank=True, default="")
    number_key = NumberKeyField(source="number")
    building = models.CharField(max_length=60, blank=True, default="")
    floor = models.CharField(max_length=20, blank=True, default="")
    address1 = models.CharField(max_length=200, blank=True, default="")
    address2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=50, blank=True, default="")
    zip = models.CharField(max_length=20, blank=True, default="")
    display_order = models.IntegerField(default=0)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    instructions = models.TextField(blank=True, default="")
    may_enter = models.BooleanField(null=True, blank=True, help_text=_("Unknown when empty."))
    pets = models.CharField(max_length=120, blank=True, default="")
    medical_note = models.TextField(blank=True, default="")
    source = models.CharField(max_length=60, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="unit_of_organization"),
            UniqueConstraint(fields=["property", "id"], name="unit_of_property"),
            UniqueConstraint(
                fields=["property", "building", "number_key"], name="unit_number_once"
            ),
            UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="unit_source_key",
                condition=~Q(external_id=""),
            ),
        ]
        indexes = [
            # the one box: "12b" in the whole organisation, also by its beginning
            models.Index(
                "organization_id",
                OpClass("number_key", name="text_pattern_ops"),
                name="unit_number_search",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.building, self.number) if part) or str(self.pk)
