"""Chains as they are planned: which people are rung for what, and in which order."""

from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Deferrable, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.models import Property

from .base import Kept
from .responders import InUseQuerySet, Responder
from .schedules import Schedule

RING_SECONDS = 30  # when a rule says none, or 0 (wire/oneuptime.md 3)


class PolicyQuerySet(InUseQuerySet["Policy"]):
    """Reads of policies; the whole organisation sees them."""

    def for_list(self) -> Self:
        """By name, with their property."""
        return self.select_related("property").order_by("name", "pk")


@tracked()
class Policy(Kept):
    """A chain as planned, for every property or for one, for all reasons or for one family.

    What another system tells of its number (`routing_phone` and its kin) is kept as told; null
    and "" are different there. `slug` is made once. `created_by` is null where the account has
    no responder. `repeat_times` counts only with `repeats`.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, null=True, blank=True)  # noqa: DJ001
    slug = models.CharField(max_length=100, unique=True, editable=False)
    property = models.ForeignKey(
        Property,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        help_text=_("Only for this property; empty for all."),
    )
    reason_family = models.CharField(
        max_length=60,
        blank=True,
        default="",
        help_text=_("Proposed for reasons of this family; empty for all."),
    )
    time_zone = models.CharField(
        max_length=60,
        blank=True,
        default="",
        help_text=_("Whose clock its schedules follow; empty: the property's."),
    )
    routing_phone = models.CharField(max_length=30, null=True, blank=True)  # noqa: DJ001
    provider_phone_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    phone_country_code = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    phone_area_code = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    phone_purchased_at = models.DateTimeField(null=True, blank=True)
    greeting_message = models.CharField(
        max_length=500, default="Please wait while we connect you to the on-call engineer."
    )
    no_answer_message = models.CharField(
        max_length=500, default="No one is available. Please try again later."
    )
    no_one_available_message = models.CharField(
        max_length=500,
        default=(
            "We are sorry, but no on-call engineer is currently available."
            " Please try again later or contact support."
        ),
    )
    is_enabled = models.BooleanField(default=True)
    repeats = models.BooleanField(default=False)
    repeat_times = models.IntegerField(default=1)
    created_by = models.ForeignKey(
        Responder,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        db_constraint=False,
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

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="policy_of_organization"),
            UniqueConstraint(
                fields=["routing_phone"],
                name="policy_routing_phone_once",
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(name="policy_has_name", condition=~Q(name="")),
        ]
        indexes = [
            # the list, and what is proposed for a call
            models.Index(
                fields=["organization", "created_at", "id"],
                name="policy_list",
                condition=Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def zone(self, fallback: str) -> ZoneInfo:
        """Whose clock counts: its own zone, the property's, else `fallback`."""
        own = self.time_zone or (self.property.time_zone if self.property else "")
        return ZoneInfo(own or fallback)


class RuleQuerySet(InUseQuerySet["Rule"]):
    """Reads of rules; the whole organisation sees them."""

    def in_order(self) -> Self:
        """As they are rung."""
        return self.order_by("policy_id", "order", "pk")


@tracked()
class Rule(Kept):
    """One step of a chain: a responder or a schedule, and for how long it is rung.

    `order` counts from 1 without gaps (trigger `escalations_rule_gapless`, at the end of a
    transaction, also under a race); a withdrawn rule has none. A rule stays in its policy.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    policy = models.ForeignKey(
        Policy, models.PROTECT, related_name="rules", db_index=False, db_constraint=False
    )
    name = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 (as told)
    description = models.CharField(max_length=500, null=True, blank=True)  # noqa: DJ001
    order = models.IntegerField(null=True, editable=False)
    escalate_after_seconds = models.IntegerField(default=RING_SECONDS)
    responder = models.ForeignKey(
        Responder, models.PROTECT, related_name="rules", null=True, blank=True, db_constraint=False
    )
    schedule = models.ForeignKey(
        Schedule, models.PROTECT, related_name="rules", null=True, blank=True, db_constraint=False
    )
    created_by = models.ForeignKey(
        Responder,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        db_constraint=False,
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

    objects = RuleQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="rule_of_organization"),
            UniqueConstraint(
                fields=["policy", "order"], name="rule_order_once", deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="rule_order_while_in_use",
                condition=Q(withdrawn_at=None, order__isnull=False, order__gte=1)
                | Q(withdrawn_at__isnull=False, order=None),
            ),
            models.CheckConstraint(
                name="rule_rings_one_target",
                condition=Q(responder__isnull=False, schedule=None)
                | Q(responder=None, schedule__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "created_at", "id"],
                name="rule_list",
                condition=Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.order or "-")

    @property
    def ring_seconds(self) -> int:
        """For how long it rings; 30 when the rule says nothing that can be."""
        return self.escalate_after_seconds if self.escalate_after_seconds > 0 else RING_SECONDS
