"""The parties of a telephone call: what each extension saw of it."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Deferrable, Exists, F, OuterRef, Q, UniqueConstraint
from django.db.models.expressions import Combinable

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.principals import Principal

from .choices import Disposition, Flow, ViewStatus
from .extensions import Extension
from .phone_calls import PhoneCall


class PhoneCallPartyQuerySet(models.QuerySet["PhoneCallParty"]):
    """Reads of parties."""

    def visible_to(self, principal: Principal) -> Self:
        """Those of the calls that the principal sees: a call is shown with all its parties."""
        calls = PhoneCall.objects.visible_to(principal)
        rows = self.filter(organization_id=principal.organization_id)
        return rows.filter(phone_call__in=calls.values("pk"))

    def as_joined(self) -> Self:
        """In the order in which they joined, with their extension."""
        return self.select_related("extension").order_by("phone_call_id", "position")


@tracked()
class PhoneCallParty(models.Model):
    """One party of a call; the PhoneCallView of wire/voipnow.md 4.

    `position` counts from 0 in the order in which they joined. `extension` is null only where
    nobody told it. `sources` and `destinations` are numbers as told. All times are UTC; the
    database keeps ringing, answered and ended in this order. `ended_at` is null while this party
    takes part. `holder` 1: this party holds.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    phone_call = models.ForeignKey(
        PhoneCall, models.PROTECT, related_name="parties", db_index=False, db_constraint=False
    )
    position = models.PositiveSmallIntegerField()
    extension = models.ForeignKey(
        Extension,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    sources = ArrayField(models.CharField(max_length=80), blank=True, default=list)
    destinations = ArrayField(models.CharField(max_length=80), blank=True, default=list)
    flow = models.PositiveSmallIntegerField(choices=Flow, null=True, blank=True)
    status = models.PositiveSmallIntegerField(choices=ViewStatus, default=ViewStatus.UNKNOWN)
    caller_id = models.CharField(max_length=220, blank=True, default="")
    ringing_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    recording_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    parked_pos = models.PositiveIntegerField(null=True, blank=True)
    parked_by = models.CharField(max_length=40, blank=True, default="")
    on_hold_at = models.DateTimeField(null=True, blank=True)
    holder = models.PositiveSmallIntegerField(null=True, blank=True)
    disposition = models.PositiveSmallIntegerField(choices=Disposition, null=True, blank=True)

    objects = PhoneCallPartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "phone call parties"
        constraints = [
            UniqueConstraint(
                fields=["phone_call", "position"],
                name="phonecallparty_position_once",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="phonecallparty_status_known", condition=Q(status__in=ViewStatus.values)
            ),
            models.CheckConstraint(
                name="phonecallparty_flow_known", condition=Q(flow=None) | Q(flow__in=Flow.values)
            ),
            models.CheckConstraint(
                name="phonecallparty_times_in_order",
                condition=(
                    Q(ringing_at=None) | Q(answered_at=None) | Q(answered_at__gte=F("ringing_at"))
                )
                & (Q(ringing_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("ringing_at")))
                & (Q(answered_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("answered_at"))),
            ),
            models.CheckConstraint(
                name="phonecallparty_disposition_of_what_ended",
                condition=Q(disposition=None)
                | Q(disposition__in=Disposition.values, ended_at__isnull=False),
            ),
        ]
        indexes = [
            # the history of an extension, newest call first
            models.Index(F("extension"), F("phone_call").desc(), name="phonecallparty_history"),
            # what was answered lately at an extension
            models.Index(
                fields=["extension", "answered_at"],
                name="phonecallparty_answered",
                condition=Q(answered_at__isnull=False),
            ),
            # what is live at an extension
            models.Index(
                fields=["extension"],
                name="phonecallparty_live",
                condition=Q(ended_at=None, extension__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position:02}"


def having_party(condition: Combinable) -> Q:
    """The calls that have a party of which this is true; who may see them is said elsewhere."""
    parties = PhoneCallParty.objects.filter(condition, phone_call=OuterRef("pk"))
    return Q(Exists(parties))
