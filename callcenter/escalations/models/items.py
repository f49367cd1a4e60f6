"""Each attempt to ring one person."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import (
    BigIntegerField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    UniqueConstraint,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .base import Kept
from .choices import Outcome
from .escalations import Escalation
from .policies import RING_SECONDS, Rule
from .responders import Responder

SECOND = timedelta(seconds=1)
SHORT_TALK = 20  # seconds: whoever is connected for less after a full ring is probably a machine


def _looks_like_voicemail() -> Q:
    """Picked up, nobody has judged it, connected under 20 s, and as long as a full ring in all.

    Where the seconds of talk are unknown, it took up to 20 s more from beginning to end.
    """
    full = Coalesce("ring_limit_seconds", Value(RING_SECONDS))
    rang_and_talked = Cast("dial_seconds", BigIntegerField()) + F("talk_seconds")
    known = Q(GreaterThanOrEqual(rang_and_talked, full), talk_seconds__lt=SHORT_TALK)
    took = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    least = ExpressionWrapper(full * Value(SECOND), output_field=DurationField())
    most = ExpressionWrapper(least + Value(SHORT_TALK * SECOND), output_field=DurationField())
    unknown = Q(GreaterThanOrEqual(took, least), LessThan(took, most), talk_seconds=None)
    return Q(known | unknown, is_answered=True, accepted_by_human=None)


class EscalationItemQuerySet(models.QuerySet["EscalationItem"]):
    """Reads of rings."""

    def visible_to(self, principal: Principal) -> Self:
        """Not withdrawn, and of the escalations that the principal sees.

        A withdrawn escalation's rings are withdrawn with it, and each has its property, so that
        the other table is asked only for those without a property.
        """
        rows = self.filter(organization_id=principal.organization_id, withdrawn_at=None)
        if principal.property_ids is None:
            return rows
        placed = Q(property_id__in=principal.property_ids)
        if principal.kind == "credential":
            return rows.filter(placed)
        seen = Escalation.objects.visible_to(principal).filter(property=None)
        return rows.filter(placed | Q(property=None, escalation__in=seen.values("pk")))

    def visible_with_withdrawn_to(self, principal: Principal) -> Self:
        """Also the withdrawn ones, for owners and admins; nothing for others."""
        if not principal.manages or principal.property_ids is not None:
            return self.none()
        return self.filter(organization_id=principal.organization_id)

    def as_rung(self) -> Self:
        """In the order in which they were rung, with who and by which rule."""
        return self.select_related("responder", "rule").order_by(
            "escalation_id", F("started_at").asc(nulls_last=True), "created_at", "pk"
        )

    def for_list(self) -> Self:
        """Newest first; the order is that of the index."""
        return self.select_related("responder", "rule").order_by("-created_at", "-pk")


@tracked(exclude=["looks_like_voicemail"])
class EscalationItem(Kept):
    """One attempt to ring one person. Never deleted, only withdrawn.

    `status` is one of `Word` or whatever another system said; `outcome` is the agent's word, ""
    where no agent rang. `dial_seconds` is how long it rang, `talk_seconds` how long it was
    connected; null is unknown, as with `cost_cents`. `property` is always the escalation's
    (trigger `escalations_item_place`). `is_answered` says that something picked
    up; `accepted_by_human` that a person did and took it over, null until somebody knows.
    `ring_limit_seconds` and `rule_order` are the rule's of that time. The database computes
    `looks_like_voicemail`.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    escalation = models.ForeignKey(
        Escalation, models.PROTECT, related_name="items", db_index=False, db_constraint=False
    )
    property = models.ForeignKey(
        Property,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    rule = models.ForeignKey(
        Rule, models.PROTECT, related_name="items", null=True, blank=True, db_constraint=False
    )
    responder = models.ForeignKey(
        Responder,
        models.PROTECT,
        related_name="rings",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    responder_name = models.CharField(max_length=120, blank=True, default="")
    phone = models.CharField(max_length=30, null=True, blank=True)  # noqa: DJ001 (as told)
    status = models.CharField(max_length=100)
    status_message = models.CharField(max_length=500, null=True, blank=True)  # noqa: DJ001
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True, default="")
    dial_seconds = models.IntegerField(null=True, blank=True)
    talk_seconds = models.IntegerField(null=True, blank=True)
    cost_cents = models.IntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_answered = models.BooleanField(default=False)
    accepted_by_human = models.BooleanField(null=True, blank=True)
    ring_limit_seconds = models.IntegerField(null=True, blank=True, editable=False)
    rule_order = models.IntegerField(null=True, blank=True, editable=False)
    looks_like_voicemail = models.GeneratedField(
        expression=Coalesce(
            ExpressionWrapper(_looks_like_voicemail(), output_field=models.BooleanField()),
            Value(False),  # noqa: FBT003 (SQL's)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    rung_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    rung_by_name = models.CharField(max_length=120, blank=True, default="")
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

    objects = EscalationItemQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="escalationitem_of_organization"),
            UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="escalationitem_source_key",
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(name="escalationitem_has_status", condition=~Q(status="")),
            models.CheckConstraint(
                name="escalationitem_outcome_known",
                condition=Q(outcome="") | Q(outcome__in=Outcome.values),
            ),
            models.CheckConstraint(
                name="escalationitem_times_in_order",
                condition=Q(started_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="escalationitem_accepted_was_answered",
                condition=Q(accepted_by_human=None)
                | Q(accepted_by_human=False)
                | Q(is_answered=True),
            ),
            models.CheckConstraint(
                name="escalationitem_withdrawn_with_reason",
                condition=(Q(withdrawn_at=None) & Q(withdrawn_reason=""))
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [
            # the list of other systems; property is judged inside the index
            models.Index(
                F("organization"),
                F("created_at").desc(),
                F("id").desc(),
                F("property"),
                name="escalationitem_list",
                condition=Q(withdrawn_at=None),
            ),
            # a member's, at properties where somebody is rarely rung
            models.Index(
                F("property"),
                F("created_at").desc(),
                F("id").desc(),
                name="escalationitem_property_list",
                condition=Q(withdrawn_at=None),
            ),
            # the film strip
            models.Index(
                fields=["escalation", "started_at", "id"], name="escalationitem_of_escalation"
            ),
            # somebody's last rings: who missed three?
            models.Index(
                F("responder"),
                F("created_at").desc(),
                F("id").desc(),
                name="escalationitem_of_responder",
                condition=Q(withdrawn_at=None, responder__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.responder_name or self.phone or '-'}: {self.status}"
