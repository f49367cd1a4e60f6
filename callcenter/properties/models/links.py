"""To which properties a member, or a credential, has rights."""

from django.db import models
from django.db.models import UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import ApiCredential, Membership, Organization
from callcenter.core.audit import tracked

from .places import Property


@tracked()
class PropertyLink(models.Model):
    """A member's right to one property; owners and admins need none."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    membership = models.ForeignKey(
        Membership,
        models.CASCADE,
        related_name="property_links",
        db_index=False,
        db_constraint=False,
    )
    property = models.ForeignKey(
        Property, models.PROTECT, related_name="links", db_constraint=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["membership", "property"], name="propertylink_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership} - {self.property}"


@tracked()
class CredentialProperty(models.Model):
    """A property of the set to which a credential is narrowed (`ApiCredential.is_narrowed`)."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    credential = models.ForeignKey(
        ApiCredential,
        models.CASCADE,
        related_name="property_links",
        db_index=False,
        db_constraint=False,
    )
    property = models.ForeignKey(Property, models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["credential", "property"], name="credentialproperty_once"),
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.property_id}"
