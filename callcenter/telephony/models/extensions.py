"""Extensions of the telephone systems, and whose they are."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, UniqueConstraint, Value
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Reads of extensions."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's; a member's own."""
        rows = self.filter(organization_id=principal.organization_id)
        return rows if principal.manages else rows.filter(user_id=principal.user_id)

    def for_list(self) -> Self:
        """By number, with whose it is and where it stands."""
        return self.select_related("user", "property").order_by("number", "pk")


@tracked(exclude=["short_number"])
class Extension(models.Model):
    """One extension: `0003*210` in its extended, `210` in its short form.

    Comes to be when somebody enters it, or when a call tells of it for the first time; then it
    is nobody's until somebody says whose. `property` is where its calls belong, `own_line` the
    public number (E.164) that rings it: a number of ours, which no resident has (domain.md 6).
    The database computes `short_number`.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=40)
    short_number = models.GeneratedField(
        expression=models.Func(F("number"), Value(r"^.*\*"), Value(""), function="regexp_replace"),
        output_field=models.CharField(max_length=40),
        db_persist=True,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="extensions",
        null=True,
        blank=True,
        db_index=False,
    )
    property = models.ForeignKey(
        Property,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    own_line = models.CharField(max_length=20, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="extension_of_organization"),
            UniqueConstraint(fields=["organization", "number"], name="extension_number_once"),
            models.CheckConstraint(
                name="extension_number_form",
                condition=Q(number__regex=r"^[0-9]{1,20}(\*[0-9]{1,19})?$"),
            ),
            models.CheckConstraint(
                name="extension_own_line_form",
                condition=Q(own_line="") | Q(own_line__regex=r"^\+[0-9]{3,15}$"),
            ),
        ]
        indexes = [
            # somebody's extensions, asked with every list of calls
            models.Index(
                fields=["user", "organization"],
                name="extension_of_user",
                condition=Q(user__isnull=False),
            ),
            # the short form, as paths and events write it
            models.Index(fields=["organization", "short_number"], name="extension_short"),
        ]

    def __str__(self) -> str:
        return self.number
