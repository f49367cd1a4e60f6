"""Missed telephone calls that somebody said are handled."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCall


class HandledMissedCallQuerySet(models.QuerySet["HandledMissedCall"]):
    """Reads of what was said of missed calls."""

    def visible_to(self, principal: Principal) -> Self:
        """Those of the telephone calls that the principal sees."""
        calls = PhoneCall.objects.visible_on_pages_to(principal)
        rows = self.filter(organization_id=principal.organization_id)
        return rows.filter(phone_call__in=calls.values("pk"))

    def standing(self) -> Self:
        """Those that nobody took back."""
        return self.filter(undone_at=None)


class HandledMissedCall(models.Model):
    """Who said of a missed call that it is handled, when, and why; a row stays for ever.

    What was said may be taken back once: `undone_at` and `undone_by` say so, nothing else of a
    row ever changes. Then the call waits again, and may be handled anew by another row. Calls
    that clear themselves, because the number was answered or logged later, have none.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    phone_call = models.ForeignKey(
        PhoneCall, models.PROTECT, related_name="handled", db_index=False, db_constraint=False
    )
    reason = models.CharField(max_length=300)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    handled_by_name = models.CharField(max_length=120, blank=True, default="")
    handled_at = models.DateTimeField(db_default=Now(), editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )

    objects = HandledMissedCallQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["phone_call"],
                name="handledmissedcall_stands_once",
                condition=Q(undone_at=None),
            ),
            models.CheckConstraint(name="handledmissedcall_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="handledmissedcall_undone_by_somebody",
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phone_call_id}: {self.reason}"
