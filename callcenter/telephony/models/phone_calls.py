"""Telephone calls, as telephone systems tell of them."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, UniqueConstraint
from django.db.models.functions import Coalesce, Now

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .choices import Disposition, Flow
from .extensions import Extension
from .upstreams import Upstream


class PhoneCallQuerySet(models.QuerySet["PhoneCall"]):
    """Reads of telephone calls."""

    def visible_to(self, principal: Principal) -> Self:
        """Not withdrawn, and the organisation's or, for a member, those of own extensions.

        Those tied to a property also obey a member's links and a credential's property set
        (wire/voipnow.md 1 and 3). Pages show a member more: `visible_on_pages_to`.
        """
        rows = self.filter(organization_id=principal.organization_id, withdrawn_at=None)
        if principal.property_ids is not None:
            rows = rows.filter(Q(property=None) | Q(property_id__in=principal.property_ids))
        if principal.manages:
            return rows
        mine = Extension.objects.visible_to(principal)
        return rows.involving(mine)

    def visible_on_pages_to(self, principal: Principal) -> Self:
        """Not withdrawn, and the whole organisation's or a member's share of it (users.md 1.6).

        A member sees the calls of linked properties and, without a property, those of own
        extensions, those that nobody answered, and all by the organisation's setting.
        """
        rows = self.filter(organization_id=principal.organization_id, withdrawn_at=None)
        if principal.property_ids is None:
            return rows
        placed = Q(property_id__in=principal.property_ids)
        if principal.is_narrowed:
            return rows.filter(placed)
        if principal.organization.members_see_unplaced:
            return rows.filter(placed | Q(property=None))
        mine = self._involved(Extension.objects.visible_to(principal))
        in_vain = Q(flow=Flow.INCOMING, answered_at=None, ended_at__isnull=False)
        return rows.filter(placed | Q(mine | in_vain, property=None))

    def visible_with_withdrawn_to(self, principal: Principal) -> Self:
        """Also the withdrawn ones, for owners and admins; nothing for others."""
        if not principal.manages or principal.property_ids is not None:
            return self.none()
        return self.filter(organization_id=principal.organization_id)

    def involving(self, extensions: "models.QuerySet[Extension]") -> Self:
        """Those charged to one of these or with a party at one of these (wire/voipnow.md 3)."""
        return self.filter(self._involved(extensions))

    def live(self) -> Self:
        """Those that go on."""
        return self.filter(ended_at=None)

    def over(self) -> Self:
        """Those that ended: the history."""
        return self.filter(ended_at__isnull=False)

    def for_list(self) -> Self:
        """Newest first; the order is that of the index."""
        return self.select_related("extension", "property").order_by("-published_at", "-pk")

    def _involved(self, extensions: "models.QuerySet[Extension]") -> Q:
        ids = extensions.order_by().values("pk")
        joined = self.model.objects.filter(pk=OuterRef("pk"), parties__extension__in=ids)
        return Q(extension__in=ids) | Q(Exists(joined))


@tracked(exclude=["told", "heard_at", "caller_digits_reversed", "called_digits_reversed"])
class PhoneCall(models.Model):
    """One telephone call with its parties. Never deleted, only withdrawn (inv 31).

    Live until `ended_at`, then in the history (wire/voipnow.md 5, 7). `source` and `external_id`
    are the other system's, `wire_id` is what other systems know it by here (section 4).
    `extension` is the one charged. `property` is that of an extension involved, else null.
    `published_at` is when it came into the system, `stored_at` when we first heard of it, and
    `heard_at` when we last did. One that only the history told of ended at the last time known.
    `talk_seconds` and `cost_cents` (US) are null where unknown. `told` is the last object that
    the upstream listed, as it came; `gone_at` is when it was found to be no longer listed, or
    lost, with `gone_as` for what is still open then (null: the history will tell).
    The rest follows from these and from the events (`telephony.story`).
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    upstream = models.ForeignKey(
        Upstream,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    wire_id = models.CharField(max_length=20, editable=False)
    extension = models.ForeignKey(
        Extension,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
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
    flow = models.PositiveSmallIntegerField(choices=Flow, null=True, blank=True)
    caller_raw = models.CharField(max_length=80, blank=True, default="")
    caller_e164 = models.CharField(max_length=20, blank=True, default="")
    caller_name = models.CharField(max_length=120, blank=True, default="")
    caller_digits_reversed = models.CharField(max_length=40, blank=True, default="", editable=False)
    called_raw = models.CharField(max_length=80, blank=True, default="")
    called_e164 = models.CharField(max_length=20, blank=True, default="")
    called_digits_reversed = models.CharField(max_length=40, blank=True, default="", editable=False)
    nonce = models.CharField(max_length=200, blank=True, default="")
    published_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    disposition = models.PositiveSmallIntegerField(choices=Disposition, null=True, blank=True)
    talk_seconds = models.PositiveIntegerField(null=True, blank=True)
    cost_cents = models.IntegerField(null=True, blank=True)
    heard_at = models.DateTimeField(db_default=Now(), editable=False)
    stored_at = models.DateTimeField(db_default=Now(), editable=False)
    told = models.JSONField(null=True, blank=True, editable=False)
    is_told_final = models.BooleanField(default=False, db_default=False, editable=False)
    gone_at = models.DateTimeField(null=True, blank=True, editable=False)
    gone_as = models.PositiveSmallIntegerField(
        choices=Disposition, null=True, blank=True, editable=False
    )
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

    objects = PhoneCallQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="phonecall_of_organization"),
            UniqueConstraint(
                fields=["organization", "source", "external_id"], name="phonecall_source_key"
            ),
            UniqueConstraint(fields=["organization", "wire_id"], name="phonecall_wire_id_once"),
            models.CheckConstraint(
                name="phonecall_wire_id_form", condition=Q(wire_id__regex=r"^[0-9a-f]{20}$")
            ),
            models.CheckConstraint(
                name="phonecall_has_source", condition=~(Q(source="") | Q(external_id=""))
            ),
            models.CheckConstraint(
                name="phonecall_times_in_order",
                condition=(Q(answered_at=None) | Q(answered_at__gte=F("published_at")))
                & (Q(ended_at=None) | Q(ended_at__gte=F("published_at")))
                & (Q(answered_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("answered_at"))),
            ),
            models.CheckConstraint(
                name="phonecall_flow_known", condition=Q(flow=None) | Q(flow__in=Flow.values)
            ),
            models.CheckConstraint(
                name="phonecall_disposition_of_what_ended",
                condition=Q(disposition=None)
                | Q(disposition__in=Disposition.values, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="phonecall_e164_form",
                condition=(Q(caller_e164="") | Q(caller_e164__regex=r"^\+[0-9]{3,15}$"))
                & (Q(called_e164="") | Q(called_e164__regex=r"^\+[0-9]{3,15}$")),
            ),
            models.CheckConstraint(
                name="phonecall_withdrawn_with_reason",
                condition=(Q(withdrawn_at=None) & Q(withdrawn_reason=""))
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [
            # live calls of an organisation: few, however long the history
            models.Index(
                F("organization"),
                F("published_at").desc(),
                F("id").desc(),
                name="phonecall_live",
                condition=Q(ended_at=None, withdrawn_at=None),
            ),
            # live calls charged to an extension
            models.Index(
                fields=["extension"],
                name="phonecall_live_of_extension",
                condition=Q(ended_at=None, withdrawn_at=None),
            ),
            # live calls of an upstream: which are no longer listed, which were lost
            models.Index(
                fields=["upstream", "heard_at"],
                name="phonecall_live_of_upstream",
                condition=Q(ended_at=None),
            ),
            # the history, in its order
            models.Index(
                F("organization"),
                F("published_at").desc(),
                F("id").desc(),
                name="phonecall_history",
                condition=Q(ended_at__isnull=False, withdrawn_at=None),
            ),
            # what nobody answered, among it what was missed
            models.Index(
                F("organization"),
                F("published_at"),
                F("id"),
                name="phonecall_in_vain",
                condition=Q(
                    flow=Flow.INCOMING, answered_at=None, ended_at__isnull=False, withdrawn_at=None
                ),
            ),
            # the history from one day to another: when answered, else when published
            models.Index(
                F("organization"),
                Coalesce("answered_at", "published_at").desc(),
                F("id").desc(),
                name="phonecall_history_answered",
                condition=Q(ended_at__isnull=False, withdrawn_at=None),
            ),
            # the history by when it was stored
            models.Index(
                F("organization"),
                F("stored_at").desc(),
                F("id").desc(),
                name="phonecall_history_stored",
                condition=Q(ended_at__isnull=False, withdrawn_at=None),
            ),
            # the history of an extension that was charged
            models.Index(
                F("extension"),
                F("published_at").desc(),
                F("id").desc(),
                name="phonecall_of_extension",
                condition=Q(withdrawn_at=None),
            ),
            # any four trailing digits find the calls of a number
            models.Index(
                "organization_id",
                OpClass("caller_digits_reversed", name="text_pattern_ops"),
                name="phonecall_caller_trailing",
                condition=~Q(caller_digits_reversed=""),
            ),
            models.Index(
                "organization_id",
                OpClass("called_digits_reversed", name="text_pattern_ops"),
                name="phonecall_called_trailing",
                condition=~Q(called_digits_reversed=""),
            ),
        ]

    def __str__(self) -> str:
        return self.wire_id
