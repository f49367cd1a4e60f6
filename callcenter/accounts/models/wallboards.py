"""Screens on a wall, which show figures and no people."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now

from callcenter.core.audit import tracked

from .people import Manager, Organization


class WallboardQuerySet(models.QuerySet["Wallboard"]):
    """Reads of wallboards."""

    def visible_to(self, principal: Manager) -> Self:
        """The organisation's, for owners and admins."""
        rows = self.filter(organization_id=principal.organization_id)
        return rows if principal.manages else rows.none()

    def in_force(self) -> Self:
        """Those that nobody revoked."""
        return self.filter(revoked_at=None)

    def for_list(self) -> Self:
        """The newest first, with who made them."""
        return self.select_related("created_by", "revoked_by").order_by("-created_at", "-pk")


@tracked(exclude=["secret_hmac"])
class Wallboard(models.Model):
    """A screen whose address holds a token: figures of the organisation, read only.

    Of the token only the keyed HMAC is kept (B-39); it was shown once. It works until somebody
    revokes it: no idle limit ends it (B-42), and no person stands behind it.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="wallboards", db_index=False
    )
    name = models.CharField(max_length=100)
    pepper_id = models.CharField(max_length=8, editable=False)
    secret_hmac = models.BinaryField(max_length=32, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )

    objects = WallboardQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["pepper_id", "secret_hmac"], name="wallboard_secret_once"),
            UniqueConstraint(fields=["organization", "id"], name="wallboard_of_organization"),
            models.CheckConstraint(name="wallboard_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
