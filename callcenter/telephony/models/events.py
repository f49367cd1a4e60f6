"""What telephone systems sent, as it came."""

from typing import Any, Self

from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.properties.principals import Principal

from .choices import EventKind
from .upstreams import Upstream


class PhoneCallEventQuerySet(models.QuerySet["PhoneCallEvent"]):
    """Reads of events."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's, for owners and admins who see all of it."""
        rows = self.filter(organization_id=principal.organization_id)
        return rows if principal.manages and principal.property_ids is None else rows.none()

    def of_call(self, upstream_id: int, call_id: str) -> Self:
        """All that was told of one call, in the order in which it came."""
        return self.filter(upstream=upstream_id, call_id=call_id).order_by("received_at", "pk")


class PhoneCallEvent(models.Model):
    """A pushed event: stored first, worked after, never changed but erased (wire/voipnow.md 9).

    One for each upstream, call, kind and extension: the first one counts, repeats are not kept.
    `extension` is "" where the event named none. `raw` holds all parameters as they came; of one
    that was erased, those that tell of nobody (the database's `telephony_erase_events`). The time
    is that of receipt, because events carry none.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    upstream = models.ForeignKey(
        Upstream, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=EventKind)
    extension = models.CharField(max_length=40, blank=True, default="")
    raw: "models.JSONField[Any, dict[str, str]]" = models.JSONField()
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = PhoneCallEventQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["upstream", "call_id", "kind", "extension"], name="phonecallevent_once"
            ),
            models.CheckConstraint(
                name="phonecallevent_kind_known", condition=Q(kind__in=EventKind.values)
            ),
            models.CheckConstraint(name="phonecallevent_names_a_call", condition=~Q(call_id="")),
        ]
        indexes = [
            # what came lately, and from whom
            models.Index(fields=["organization", "-received_at", "-id"], name="phonecallevent_list")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.call_id}"


class UnreadRow(models.Model):
    """Something in an upstream's list that no call could be made of; kept as it came.

    The same again is not kept twice (`digest`: SHA-256 of the row). Never fails a page
    (wire/voipnow.md 11).
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    upstream = models.ForeignKey(
        Upstream, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    digest = models.BinaryField(max_length=32)
    raw = models.JSONField(null=True)
    reason = models.CharField(max_length=200)
    seen_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["upstream", "digest"], name="unreadrow_once"),
            models.CheckConstraint(name="unreadrow_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.reason
