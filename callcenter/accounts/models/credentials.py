"""Keys of other systems, how often they ask, and what they asked."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery, UniqueConstraint
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callcenter.core.audit import tracked

from .people import Manager, Membership, Organization, Role

REQUESTS_KEPT = timedelta(days=7)


class Wire(models.TextChoices):
    """In which form answers are written, where the documents and the servers in use differ."""

    DOCUMENTED = "documented", gettext_lazy("As documented")
    DEPLOYED = "deployed", gettext_lazy("As deployed servers do")


class SinglePermission(models.TextChoices):
    """A right that a credential can have instead of a role (wire/connect.md 2)."""

    READ_CALL_LOG_ITEM = "read_call_log_item", gettext_lazy("Read Incoming Call Log Item")
    READ_ALL = "read_all_project_resources", gettext_lazy("Read All Project Resources")


class ApiCredentialQuerySet(models.QuerySet["ApiCredential"]):
    """Reads of credentials."""

    def visible_to(self, principal: Manager) -> Self:
        """The organisation's for owners and admins, for members their own."""
        rows = self.filter(organization_id=principal.organization_id)
        return rows if principal.manages else rows.filter(owner_id=principal.user_id)

    def for_list(self) -> Self:
        """The newest first, with the owner and `owner_role`: None when that person is out."""
        present = Membership.objects.filter(
            user=OuterRef("owner"),
            organization=OuterRef("organization"),
            is_active=True,
            user__is_active=True,
        )
        rows = self.annotate(owner_role=Subquery(present.values("role")[:1]))
        return rows.select_related("owner").order_by("-created_at", "-pk")

    def in_force(self) -> Self:
        """Neither revoked nor expired."""
        now = timezone.now()
        return self.filter(Q(revoked_at=None), Q(expires_at=None) | Q(expires_at__gt=now))

    def ended(self) -> Self:
        """Revoked or expired."""
        return self.filter(Q(revoked_at__isnull=False) | Q(expires_at__lte=timezone.now()))


@tracked(exclude=["secret_hmac", "last_used_at"])
class ApiCredential(models.Model):
    """A key with which another system reads and writes, in the name of `owner`.

    Of the secret only the keyed HMAC is kept, with the id of the pepper that keyed it (B-39);
    one secret serves all dialects. It has a role or single permissions, never both; the effective
    role is the lower of its own and its owner's present one (B-41). `can_write` lets a member's
    credential write. `is_narrowed` says that it sees only the properties of its set
    (`properties.CredentialProperty`), also when that set is empty.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="credentials", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100)
    client_id = models.UUIDField(
        unique=True, editable=False, db_default=models.Func(function="uuidv7")
    )
    role = models.CharField(max_length=6, choices=Role, blank=True, default="")
    permissions = ArrayField(
        models.CharField(max_length=30, choices=SinglePermission), blank=True, default=list
    )
    can_write = models.BooleanField(default=False)
    is_narrowed = models.BooleanField(default=False)
    wire = models.CharField(max_length=10, choices=Wire, default=Wire.DOCUMENTED)
    pepper_id = models.CharField(max_length=8, editable=False)
    secret_hmac = models.BinaryField(max_length=32, editable=False)
    last_four = models.CharField(max_length=4, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
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
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiCredentialQuerySet.as_manager()

    class Meta:
        verbose_name = "API credential"
        constraints = [
            UniqueConstraint(fields=["pepper_id", "secret_hmac"], name="apicredential_secret_once"),
            UniqueConstraint(fields=["organization", "id"], name="apicredential_of_organization"),
            models.CheckConstraint(
                name="apicredential_role_or_permissions",
                condition=Q(role="") | Q(role__in=Role.values, permissions=[]),
            ),
            models.CheckConstraint(
                name="apicredential_permissions_known",
                condition=Q(permissions__contained_by=SinglePermission.values),
            ),
            models.CheckConstraint(
                name="apicredential_wire_known", condition=Q(wire__in=Wire.values)
            ),
            models.CheckConstraint(name="apicredential_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="apicredential_only_a_role_writes",
                condition=Q(can_write=False) | ~Q(role=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        """Whether its last day is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_in_force(self) -> bool:
        """Whether it opens anything now, as long as its owner is in."""
        return self.revoked_at is None and not self.is_expired

    @property
    def rights(self) -> str:
        """What it was issued for, in words."""
        if not self.role:
            return ", ".join(str(SinglePermission(word).label) for word in self.permissions)
        if self.role != Role.MEMBER:
            return str(Role(self.role).label)
        return _("Member, reads and writes") if self.can_write else _("Member, only reads")


class ApiUse(models.Model):
    """How often a credential asked in the present minute (rate limit).

    An unlogged table: a crash of the server forgets it, and counting costs no fsync.
    """

    credential = models.OneToOneField(
        ApiCredential, models.CASCADE, related_name="+", primary_key=True
    )
    window_started_at = models.DateTimeField(db_default=Now())
    requests = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.credential_id}: {self.requests}"


class ApiRequestQuerySet(models.QuerySet["ApiRequest"]):
    """Reads of the request log."""

    def kept(self) -> Self:
        """Those of the last seven days."""
        return self.filter(at__gte=timezone.now() - REQUESTS_KEPT)

    def over(self) -> Self:
        """Those that are older."""
        return self.filter(at__lt=timezone.now() - REQUESTS_KEPT)


class ApiRequest(models.Model):
    """A request of a credential: when, what, with which result; no bodies. Kept for 7 days.

    `path` has no query, because people search for names and numbers there.
    """

    credential = models.ForeignKey(
        ApiCredential, models.CASCADE, related_name="requests", db_index=False
    )
    at = models.DateTimeField(db_default=Now())
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()

    objects = ApiRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            # the page of a credential's requests
            models.Index(fields=["credential", "-at", "-id"], name="apirequest_list"),
            # forgetting those older than 7 days
            models.Index(fields=["at"], name="apirequest_pruning"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
