"""Links that work once: invitations and password resets."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import Manager, Organization, Role

LINK_LIFETIME = timedelta(days=7)


class OneTimeLinkKind(models.TextChoices):
    """What a one-time link lets its holder do."""

    INVITATION = "invitation", _("Invitation")
    PASSWORD_RESET = "password_reset", _("Password reset")


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    """Reads of one-time links."""

    def visible_to(self, principal: Manager) -> Self:
        """The organisation's, for owners and admins; nobody else sees any."""
        if not principal.manages:
            return self.none()
        return self.filter(organization_id=principal.organization_id)

    def open(self) -> Self:
        """Those that still work."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now())


class OneTimeLink(models.Model):
    """A link that works once and expires: an invitation or a password reset.

    Only the SHA-256 of its 256 random bits is kept. An invitation names an address, a role and
    (for members) property ids; whether the address has an account does not show.
    """

    kind = models.CharField(max_length=14, choices=OneTimeLinkKind)
    token_digest = models.BinaryField(max_length=32, unique=True)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="links", null=True, blank=True
    )
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True, default="", db_default="")
    role = models.CharField(max_length=6, choices=Role, blank=True, default="")
    property_ids = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = OneTimeLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="onetimelink_invitation_names_organization_and_role",
                condition=~Q(kind=OneTimeLinkKind.INVITATION)
                | (Q(organization__isnull=False) & Q(role__in=Role.values)),
            ),
            models.CheckConstraint(
                name="onetimelink_used_or_revoked",
                condition=Q(used_at=None) | Q(revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.email}"
