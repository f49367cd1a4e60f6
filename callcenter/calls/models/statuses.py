"""Where a matter can stand: the organisation's own list."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.principals import Principal


class StatusKind(models.TextChoices):
    """What a status means to clocks and counts; waiting counts as open."""

    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    CLOSED = "closed", _("Closed")


class OrganizationQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that every principal of the organisation may read."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's own."""
        return self.filter(organization_id=principal.organization_id)


class StatusQuerySet(OrganizationQuerySet["Status"]):
    """Reads of statuses."""

    def in_use(self) -> Self:
        """Those that a call may be given, in order."""
        return self.filter(is_enabled=True).order_by("order", "pk")

    def after(self, status_id: int, *, has_head_call: bool) -> "list[Status]":
        """Those that the workflow lets a call of this status go to, in order."""
        moves = Status.allowed_next.through.objects.filter(from_status=status_id)
        rows = self.in_use().exclude(pk=status_id)
        if not has_head_call:
            rows = rows.filter(needs_head_call=False)
        judged: Any = rows.annotate(
            is_next=Exists(moves.filter(to_status=OuterRef("pk"))), is_limited=Exists(moves)
        )
        return [status for status in judged if status.is_next or not status.is_limited]


@tracked()
class Status(models.Model):
    """Where a matter can stand; the organisation's own list (domain.md 2).

    An empty `allowed_next` allows every move. A used status is never deleted, only disabled,
    and its kind stays (the database refuses both).
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=7, choices=StatusKind)
    order = models.PositiveSmallIntegerField(default=0)
    is_enabled = models.BooleanField(default=True)
    is_initial = models.BooleanField(default=False)
    needs_head_call = models.BooleanField(
        default=False, help_text=_("Only a call folded into another may have it (Duplicate).")
    )
    is_callback = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Calls go here by promising a callback, and leave when it ends."),
    )
    pauses_clock = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("The due clock of a call stands still while it waits here."),
    )
    allowed_next = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="+")
    source = models.CharField(max_length=60, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")

    objects = StatusQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "statuses"
        constraints = [
            UniqueConstraint(fields=["organization", "name"], name="status_name_once"),
            UniqueConstraint(fields=["organization", "id"], name="status_of_organization"),
            UniqueConstraint(fields=["organization", "id", "kind"], name="status_with_kind"),
            UniqueConstraint(
                fields=["organization"], name="status_one_initial", condition=Q(is_initial=True)
            ),
            UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="status_source_key",
                condition=~Q(external_id=""),
            ),
            UniqueConstraint(
                fields=["organization"], name="status_one_callback", condition=Q(is_callback=True)
            ),
            models.CheckConstraint(
                name="status_callback_is_enabled_and_waiting",
                condition=Q(is_callback=False) | Q(is_enabled=True, kind=StatusKind.WAITING),
            ),
            models.CheckConstraint(
                name="status_pausing_is_waiting",
                condition=Q(pauses_clock=False) | Q(kind=StatusKind.WAITING),
            ),
            models.CheckConstraint(
                name="status_kind_known", condition=Q(kind__in=StatusKind.values)
            ),
            models.CheckConstraint(
                name="status_initial_is_enabled_and_open",
                condition=Q(is_initial=False) | Q(is_enabled=True, kind=StatusKind.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return self.name
