"""Calls, as agents wrote them down."""

from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import (
    SearchVector,
    SearchVectorField,
)
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, UniqueConstraint
from django.db.models.functions import Cast, JSONObject, Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.core.prepared import fetch_all
from callcenter.properties.models import Property, Resident, Unit
from callcenter.properties.principals import Principal
from callcenter.telephony.models import PhoneCall

from .call_log_indexes import INDEXES
from .reasons import Reason
from .searching import SearchedQuerySet
from .statuses import Status, StatusKind


class Direction(models.TextChoices):
    """Who rang whom."""

    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")


class TimeFlag(models.TextChoices):
    """How sure the time of a call is (domain.md 8)."""

    EXACT = "exact", _("Exact")
    ASSUMED = "assumed", _("Zone assumed")
    AMBIGUOUS = "ambiguous", _("Twice on that day")
    IMPOSSIBLE = "impossible", _("Not on any clock that day")


PLACE = """
SELECT property_id FROM calls_calllog
WHERE organization_id = %(org)s AND id = %(pk)s AND withdrawn_at IS NULL
"""


class CallLogQuerySet(SearchedQuerySet["CallLog"]):
    """Reads of call logs."""

    def visible_to(self, principal: Principal) -> Self:
        """Not withdrawn, and the whole organisation's or a member's share of it.

        A member sees the calls of linked properties and, without a property, those the member
        took, is assigned or holds a callback for, "anyone" callbacks, and all by the setting; a
        credential with a property set sees none of those.
        """
        rows = self.filter(organization_id=principal.organization_id, withdrawn_at=None)
        if principal.property_ids is None:
            return rows
        placed = Q(property_id__in=principal.property_ids)
        if principal.is_narrowed:
            return rows.filter(placed)
        if principal.organization.members_see_unplaced:
            return rows.filter(placed | Q(property_id=None))
        me = principal.user_id
        mine_to_ring = Q(callbacks__assignee_id=me)
        anyones = Q(callbacks__assignee_id=None, callbacks__isnull=False)
        promised = self.model.objects.filter(mine_to_ring | anyones)
        mine = Q(taken_by_id=me) | Q(assignee_id=me) | Q(pk__in=promised.values("pk"))
        return rows.filter(placed | Q(mine, property_id=None))

    def place_of(self, pk: int, principal: Principal) -> tuple[int | None] | None:
        """(property id,) of a call of the organisation that is not withdrawn, be it linked or not.

        None when it is absent. Only to tell "not linked" from "absent" where a dialect must.
        """
        rows = fetch_all(PLACE, {"org": principal.organization_id, "pk": pk})
        return rows[0] if rows else None

    def for_list(self) -> Self:
        """Newest first with what a row shows; the order is that of the index."""
        related = self.select_related("property", "unit", "resident", "status", "taken_by")
        return related.order_by("-contacted_at", "-pk")

    def as_rows(self, *more: str) -> "models.QuerySet[CallLog, dict[str, Any]]":
        """What a row of a list shows, as dicts, which templates read fastest; and `more`."""
        rows: Any = self.with_reasons()
        return rows.values(  # type: ignore[no-any-return]
            *more,
            "pk",
            "version",
            "contacted_at",
            "contacted_zone",
            "direction",
            "call_from",
            "phone_raw",
            "phone_e164",
            "subject",
            "status__name",
            "status_kind",
            "property__name",
            "unit__building",
            "unit__number",
            "taken_by_name",
            "reasons_said",
        )

    def with_reasons(self) -> Self:
        """Each with `reasons_said`: id, name, mnemonic, is_emergency, the main one first."""
        links = CallLogReason.objects.filter(call_log=OuterRef("pk")).order_by("position")
        said = JSONObject(
            id="reason_id",
            name="reason__name",
            mnemonic="reason__mnemonic",
            is_emergency="reason__is_emergency",
        )
        return self.annotate(reasons_said=ArraySubquery(links.values_list(said)))

    def with_reasons_among(self, reason_ids: Collection[int]) -> Self:
        """Those with one of these reasons, the main one or not."""
        links = CallLogReason.objects.filter(reason_id__in=reason_ids)
        return self.filter(pk__in=links.values("call_log"))

    def for_page(self) -> Self:
        """With all that the page of one call tells, in one statement; `is_head` for folds."""
        related = self.select_related("property", "unit", "resident", "status", "assignee")
        return related.with_reasons().annotate(
            is_head=Exists(self.model.objects.filter(folded_into=OuterRef("pk")))
        )

    def open(self) -> Self:
        """Matters that are not closed."""
        return self.filter(closed_at=None)


@tracked(exclude=["contacted_on", "contacted_hour", "search"])
class CallLog(models.Model):
    """One call, as the agent wrote it down. Never deleted, only withdrawn (inv 31).

    `call_from` is the resident's name at that time, else what the agent typed. `contacted_at`
    is UTC; `contacted_on` and `contacted_hour` are the day and hour (0-23) on the clock of
    `contacted_zone`, computed by the database, and all day filters use them. `phone_call` is the
    telephone call it was written down in; several logs may be of one. `version` grows by
    one with every accepted change; `calls.clocks` has the due clocks. `closed_at` is set if and
    only if the status is closed.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
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
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    call_from = models.CharField(max_length=300)
    direction = models.CharField(max_length=8, choices=Direction, default=Direction.INBOUND)
    phone_raw = models.CharField(max_length=80, blank=True, default="")
    phone_e164 = models.CharField(max_length=20, blank=True, default="")
    phone_digits_reversed = models.CharField(max_length=40, blank=True, default="", editable=False)
    status = models.ForeignKey(
        Status, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    status_kind = models.CharField(max_length=7, choices=StatusKind, editable=False)
    subject = models.CharField(max_length=300, blank=True, default="")
    notes = models.TextField(blank=True, default="")
    reasons = models.ManyToManyField(Reason, through="CallLogReason", related_name="+")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    taken_by_name = models.CharField(max_length=120, blank=True, default="")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    contacted_at = models.DateTimeField()
    contacted_zone = models.CharField(max_length=60)
    contacted_text = models.CharField(max_length=80, blank=True, default="")
    contacted_flag = models.CharField(max_length=10, choices=TimeFlag, default=TimeFlag.EXACT)
    contacted_on = models.GeneratedField(
        expression=Cast(
            models.Func(F("contacted_zone"), F("contacted_at"), function="timezone"),
            models.DateField(),
        ),
        output_field=models.DateField(),
        db_persist=True,
    )
    contacted_hour = models.GeneratedField(
        expression=models.Func(
            models.Value("hour"),
            models.Func(F("contacted_zone"), F("contacted_at"), function="timezone"),
            function="date_part",
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    phone_call = models.ForeignKey(
        PhoneCall,
        models.PROTECT,
        related_name="call_logs",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    first_answer_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    resolve_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    clock_paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    folded_into = models.ForeignKey(
        "self", models.PROTECT, related_name="folded", null=True, blank=True, db_index=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
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
    search = models.GeneratedField(
        expression=SearchVector("call_from", "subject", "notes", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CallLogQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="calllog_of_organization"),
            UniqueConstraint(
                fields=["organization", "source", "external_id"],
                name="calllog_source_key",
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="calllog_closed_at_iff_closed",
                condition=Q(status_kind=StatusKind.CLOSED, closed_at__isnull=False)
                | (~Q(status_kind=StatusKind.CLOSED) & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="calllog_unit_and_resident_need_property",
                condition=Q(property__isnull=False) | Q(unit=None, resident=None),
            ),
            models.CheckConstraint(name="calllog_says_who_called", condition=~Q(call_from="")),
            models.CheckConstraint(
                name="calllog_withdrawn_with_reason",
                condition=(Q(withdrawn_at=None) & Q(withdrawn_reason=""))
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
            models.CheckConstraint(
                name="calllog_not_folded_into_itself",
                condition=Q(folded_into=None) | ~Q(folded_into=F("id")),
            ),
            models.CheckConstraint(
                name="calllog_created_before_updated", condition=Q(updated_at__gte=F("created_at"))
            ),
            models.CheckConstraint(name="calllog_version_counts", condition=Q(version__gte=1)),
        ]
        indexes = INDEXES

    def __str__(self) -> str:
        return f"#{self.pk}"


class CallLogReason(models.Model):
    """One reason of a call; position 0 is the main one."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call_log = models.ForeignKey(
        CallLog, models.PROTECT, related_name="reason_links", db_index=False, db_constraint=False
    )
    reason = models.ForeignKey(
        Reason, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["call_log", "position"], name="calllogreason_position_once"),
            UniqueConstraint(fields=["reason", "call_log"], name="calllogreason_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call_log_id}.{self.position}"


def main_reason_of(call_log: str) -> Subquery:
    """The name of the main reason, for rows whose call is `call_log` ("pk" for calls)."""
    links = CallLogReason.objects.filter(call_log=OuterRef(call_log), position=0)
    return Subquery(links.values("reason__name")[:1])
