"""What happens to a building: many units, one cause, and one sentence for everybody who rings."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery, UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .call_logs import CallLog
from .reasons import Reason
from .statuses import Status


class BuildingEventQuerySet(models.QuerySet["BuildingEvent"]):
    """Reads of events."""

    def visible_to(self, principal: Principal) -> Self:
        """Those at the properties that the principal sees."""
        rows = self.filter(organization_id=principal.organization_id)
        if principal.property_ids is None:
            return rows
        return rows.filter(property_id__in=principal.property_ids)

    def open(self) -> Self:
        """Those that are not over."""
        return self.filter(closed_at=None)

    def told(self) -> Self:
        """Each with `line`, `line_at`, `line_by` (what callers hear) and `joined` (its calls)."""
        lines = EventLine.objects.filter(event=OuterRef("pk")).order_by("-pk")
        joined = EventCall.objects.filter(event=OuterRef("pk")).order_by().values("event")
        return self.select_related("property", "reason").annotate(
            line=Subquery(lines.values("text")[:1]),
            line_at=Subquery(lines.values("created_at")[:1]),
            line_by=Subquery(lines.values("author_name")[:1]),
            joined=Subquery(joined.annotate(n=models.Count("pk")).values("n")),
        )


@tracked()
class BuildingEvent(models.Model):
    """One cause for many calls at one property, such as "No hot water".

    What is read to callers is its last line (`EventLine`). Closing it comments and closes the
    calls that joined: `outcome` and `closing_status` say how, each `EventCall` when it was done.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    property = models.ForeignKey(
        Property, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reason = models.ForeignKey(
        Reason,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    title = models.CharField(max_length=120)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    opened_by_name = models.CharField(max_length=120, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    closing_status = models.ForeignKey(
        Status,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    outcome = models.TextField(blank=True, default="")

    objects = BuildingEventQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="buildingevent_of_organization"),
            models.CheckConstraint(name="buildingevent_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="buildingevent_closes_with_an_outcome",
                condition=Q(closed_at=None, outcome="", closing_status=None)
                | (Q(closed_at__isnull=False, closing_status__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "opened_at", "id"], name="buildingevent_list"),
            models.Index(
                fields=["property"], name="buildingevent_open", condition=Q(closed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EventLine(models.Model):
    """What is read to callers from then on; these rows only grow, the newest counts."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    event = models.ForeignKey(
        BuildingEvent, models.PROTECT, related_name="lines", db_constraint=False
    )
    text = models.CharField(max_length=300)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    author_name = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="eventline_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text


class EventCall(models.Model):
    """A call that joined an event. `settled_at` is when closing the event had reached it.

    `refusal` says why the call itself was not closed then, "" when it was.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    event = models.ForeignKey(
        BuildingEvent, models.PROTECT, related_name="calls", db_constraint=False
    )
    call_log = models.OneToOneField(
        CallLog, models.PROTECT, related_name="in_event", db_constraint=False
    )
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    joined_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="eventcall_refused_when_settled",
                condition=Q(refusal="") | Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.call_log_id}"
