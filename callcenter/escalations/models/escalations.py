"""One run of a chain: for whom, under which policy, and how it ended."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, UniqueConstraint

from callcenter.accounts.models import Organization
from callcenter.calls.models import CallLog
from callcenter.core.audit import tracked
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .base import Kept
from .choices import Word
from .policies import Policy
from .responders import Responder


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """Reads of escalations."""

    def visible_to(self, principal: Principal) -> Self:
        """Not withdrawn, and the whole organisation's or those at linked properties.

        Without a property they are for owners and admins; in the pages also for members who see
        the call (wire/oneuptime.md 1 has no such case: its keys never do).
        """
        rows = self.filter(organization_id=principal.organization_id, withdrawn_at=None)
        if principal.property_ids is None:
            return rows
        placed = Q(property_id__in=principal.property_ids)
        if principal.kind == "credential":
            return rows.filter(placed)
        calls = CallLog.objects.visible_to(principal).filter(property=None)
        return rows.filter(placed | Q(property=None, call_log__in=calls.values("pk")))

    def visible_with_withdrawn_to(self, principal: Principal) -> Self:
        """Also the withdrawn ones, for owners and admins; nothing for others."""
        if not principal.manages or principal.property_ids is not None:
            return self.none()
        return self.filter(organization_id=principal.organization_id)

    def running(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def for_list(self) -> Self:
        """Newest first, with what a row tells; the order is that of the index."""
        related = self.select_related("policy", "property", "answered_by")
        return related.order_by("-created_at", "-pk")


@tracked()
class Escalation(Kept):
    """One run of a chain. Never deleted, only withdrawn.

    From a call of ours (`call_log`), or told by another system (then `source` is set and any
    column may be null). Money is whole US cents, null is unknown; seconds likewise.
    `current_rule_order` and `repeat_count` say how far it has come. `status` is one of `Word`
    or whatever another system said.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    policy = models.ForeignKey(
        Policy,
        models.PROTECT,
        related_name="escalations",
        null=True,
        blank=True,
        db_constraint=False,
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
    call_log = models.ForeignKey(
        CallLog,
        models.PROTECT,
        related_name="escalations",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    caller_phone = models.CharField(max_length=30, null=True, blank=True)  # noqa: DJ001 (as told)
    routing_phone = models.CharField(max_length=30, null=True, blank=True)  # noqa: DJ001
    provider_call_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    status = models.CharField(max_length=100, default=Word.INITIATED)
    status_message = models.CharField(max_length=500, null=True, blank=True)  # noqa: DJ001
    call_seconds = models.IntegerField(null=True, blank=True)
    call_cost_cents = models.IntegerField(null=True, blank=True)
    incoming_cost_cents = models.IntegerField(null=True, blank=True)
    outgoing_cost_cents = models.IntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Responder,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    current_rule_order = models.IntegerField(null=True, blank=True, default=1)
    repeat_count = models.IntegerField(null=True, blank=True, default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    started_by_name = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=60, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    withdrawn_reason = models.CharField(max_length=300, blank=True, default="", editable=False)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="escalation_of_organization"),
            UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="escalation_source_key",
                condition=~Q(external_id=""),
            ),
            UniqueConstraint(
                fields=["call_log"],
                name="escalation_one_runs_for_a_call",
                condition=Q(ended_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(name="escalation_has_status", condition=~Q(status="")),
            models.CheckConstraint(
                name="escalation_times_in_order",
                condition=Q(started_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="escalation_withdrawn_with_reason",
                condition=(Q(withdrawn_at=None) & Q(withdrawn_reason=""))
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [
            # the list, of the pages and of other systems; property is judged inside the index
            models.Index(
                F("organization"),
                F("created_at").desc(),
                F("id").desc(),
                F("property"),
                name="escalation_list",
                condition=Q(withdrawn_at=None),
            ),
            # a property's chains of some weeks, and a member's
            models.Index(
                F("property"),
                F("created_at").desc(),
                F("id").desc(),
                name="escalation_property_list",
                condition=Q(withdrawn_at=None),
            ),
            # the chains of a call, running or over
            models.Index(
                fields=["call_log"],
                name="escalation_of_call",
                condition=Q(call_log__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.pk}"
