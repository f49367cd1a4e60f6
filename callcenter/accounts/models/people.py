"""Organisations, the people who sign in, and what each may do where."""

from typing import Any, Protocol, Self

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from callcenter.core.audit import tracked
from callcenter.core.hours import validate_hours


class Role(models.TextChoices):
    """What a membership may do; `rank` orders them."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MEMBER = "member", _("Member")

    @property
    def rank(self) -> int:
        """3 for owner, 2 for admin, 1 for member: nobody grants a rank above the own."""
        return {"owner": 3, "admin": 2, "member": 1}[self.value]


class Theme(models.TextChoices):
    """Light, dark, or what the machine says."""

    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    """Height of rows and controls."""

    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


@tracked()
class Organization(models.Model):
    """One company and its desk; every row that counts belongs to exactly one."""

    uuid = models.UUIDField(unique=True, editable=False, db_default=models.Func(function="uuidv7"))
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    hours = models.TextField(
        blank=True,
        default="",
        db_default="",
        validators=[validate_hours],
        help_text=_("Lines such as “mon-fri 08:00-18:00” or “closed 2026-12-25”; empty: always."),
    )
    region = models.CharField(
        max_length=2, default="US", help_text=_("Default country of telephone numbers.")
    )
    members_see_unplaced = models.BooleanField(
        default=True, help_text=_("Members see every call that has no property.")
    )
    requires_answers = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("A call is saved only when the required questions of its cards are answered."),
    )
    alarm_calls = models.PositiveSmallIntegerField(
        default=3,
        db_default=3,
        help_text=_("So many calls of one unit about one kind of thing raise an alarm."),
    )
    alarm_days = models.PositiveSmallIntegerField(
        default=14, db_default=14, help_text=_("Days within which they count.")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organization_alarm_makes_sense",
                condition=Q(alarm_calls__range=(2, 100), alarm_days__range=(1, 92)),
            ),
            models.CheckConstraint(
                name="organization_region_is_two_letters", condition=Q(region__regex=r"^[A-Z]{2}$")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people; there is no superuser to make."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who signs in with `email`; without a password nobody can yet."""
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address, whatever its case."""
        return self.get(email__iexact=username)


@tracked(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A person. Accounts are global: no organisation administers them (design.md 6).

    Rights come only from a membership, through `properties.principals`; the middleware puts
    the active one on `active_membership`, which `is_staff` reads. `shows_state`: whether
    colleagues who are members see the person's availability, and that the telephone is busy.
    """

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, blank=True, default="")
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(max_length=11, choices=Density, default=Density.COMFORTABLE)
    single_key_shortcuts = models.BooleanField(default=True)
    shows_state = models.BooleanField(default=False, db_default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    active_membership: "Membership | None" = None
    memberships_now: "list[Membership] | None" = None

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            UniqueConstraint(Lower("email"), name="user_email_without_case"),
            models.CheckConstraint(name="user_has_email", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether the admin site opens: an owner or admin of the active organisation."""
        active = self.active_membership
        return bool(active and active.is_active and active.role in (Role.OWNER, Role.ADMIN))

    @property
    def is_superuser(self) -> bool:
        """Never: nobody stands above the organisations."""
        return False

    def get_full_name(self) -> str:
        """The name shown beside what the person did."""
        return str(self)

    def get_short_name(self) -> str:
        """The name shown in the top bar."""
        return str(self)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether some authentication backend grants `perm` ("app.action_model")."""
        return self.is_active and any(
            backend.has_perm(self, perm, obj)
            for backend in get_backends()
            if hasattr(backend, "has_perm")
        )

    def has_perms(self, perms: list[str], obj: models.Model | None = None) -> bool:
        """Whether all of `perms` are granted."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether anything of the app is granted."""
        return self.is_active and any(
            backend.has_module_perms(self, app_label)
            for backend in get_backends()
            if hasattr(backend, "has_module_perms")
        )


class Availability(models.TextChoices):
    """Whether somebody can take a call now, as that person says."""

    READY = "ready", _("Ready")
    FINISHING = "finishing", _("Finishing")
    AWAY = "away", _("Away")


class Manager(Protocol):
    """What a principal says of itself here."""

    @property
    def organization_id(self) -> int: ...
    @property
    def user_id(self) -> int | None: ...
    @property
    def manages(self) -> bool: ...


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def visible_to(self, principal: Manager) -> Self:
        """All of the organisation for owners and admins, for members their own."""
        rows = self.filter(organization_id=principal.organization_id)
        return rows if principal.manages else rows.filter(user_id=principal.user_id)

    def whose_state_shows_to(self, principal: Manager) -> Self:
        """All of the organisation for owners and admins; for members their own, and those of
        colleagues who show their state (`User.shows_state`)."""
        rows = self.filter(organization_id=principal.organization_id)
        if principal.manages:
            return rows
        return rows.filter(Q(user_id=principal.user_id) | Q(user__shows_state=True))

    def for_list(self) -> Self:
        """Those who are in before those who are out, by name, with the person."""
        return self.select_related("user").order_by("-is_active", Lower("user__name"), "pk")


@tracked(exclude=["availability", "availability_since"])
class Membership(models.Model):
    """A person's place in one organisation.

    `availability` is what the person says now, since `availability_since`; no record is kept of
    what was said before, since it is a courtesy to colleagues and no measure of anybody.

    The database keeps at least one active owner with an active account in every organisation
    (trigger `accounts_last_owner`, also under a race).
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(default=True)
    availability = models.CharField(
        max_length=9, choices=Availability, db_default=Availability.READY, editable=False
    )
    availability_since = models.DateTimeField(db_default=Now(), editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["user", "organization"], name="membership_once"),
            UniqueConstraint(fields=["organization", "id"], name="membership_of_organization"),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="membership_availability_known",
                condition=Q(availability__in=Availability.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
