"""Numbers that were put on a person at the desk, and the earlier calls that came with them."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.properties.models import Property, Resident, ResidentPhone, Unit
from callcenter.properties.principals import Principal

from .call_logs import CallLog


class Remembering(models.TextChoices):
    """How far it is: its calls are being linked or unlinked by a task, or that is over.

    STOPPED says that who asked may not do it any more.
    """

    LINKING = "linking"
    LINKED = "linked"
    UNLINKING = "unlinking"
    UNLINKED = "unlinked"
    STOPPED = "stopped"


class RememberedNumberQuerySet(models.QuerySet["RememberedNumber"]):
    """Reads of what was remembered."""

    def visible_to(self, principal: Principal) -> Self:
        """What this person remembered, of residents that the person sees."""
        mine = self.filter(organization_id=principal.organization_id, asked_by_id=principal.user_id)
        if principal.property_ids is None:
            return mine
        return mine.filter(resident__property_id__in=principal.property_ids)


class RememberedNumber(models.Model):
    """One act of remembering: whose number it is, who said so, how many calls were linked.

    `phone` is null once the act was undone, or the number was deleted. Calls that were logged
    after `created_at` are not its business.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+", db_constraint=False)
    phone = models.ForeignKey(ResidentPhone, models.SET_NULL, related_name="+", null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    state = models.CharField(max_length=9, choices=Remembering, default=Remembering.LINKING)
    linked_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RememberedNumberQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["organization", "id"], name="rememberednumber_of_organization"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.state}"

    @property
    def is_busy(self) -> bool:
        """Whether a task is still at work."""
        return self.state in (Remembering.LINKING, Remembering.UNLINKING)


class RememberedCall(models.Model):
    """A call that was linked with a number, and what its columns said before."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    remembered = models.ForeignKey(
        RememberedNumber, models.PROTECT, related_name="calls", db_index=False, db_constraint=False
    )
    call_log = models.ForeignKey(CallLog, models.PROTECT, related_name="+", db_constraint=False)
    property_before = models.ForeignKey(
        Property, models.PROTECT, related_name="+", null=True, db_index=False
    )
    unit_before = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", null=True, db_index=False
    )
    call_from_before = models.CharField(max_length=300)
    unlinked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["remembered", "call_log"], name="rememberedcall_once"),
        ]

    def __str__(self) -> str:
        return f"{self.remembered_id}: #{self.call_log_id}"
