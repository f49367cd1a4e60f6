"""Who is on call when: a week that repeats, and the days that differ from it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.calls.models import OrganizationQuerySet
from callcenter.core.audit import tracked

from .base import Kept
from .responders import InUseQuerySet, Responder


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ScheduleQuerySet(InUseQuerySet["Schedule"]):
    """Reads of schedules."""

    def for_list(self) -> Self:
        """By name."""
        return self.order_by("name", "pk")


@tracked()
class Schedule(Kept):
    """A rota. Its times are those of the wall clock of whatever place asks (`Policy.zone`)."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True, default="")
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

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="schedule_of_organization"),
            UniqueConstraint(
                fields=["organization", "name"],
                name="schedule_name_once",
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(name="schedule_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class ScheduleTurn(models.Model):
    """From this moment of every week somebody is on call, until the next turn begins.

    So turns cannot overlap; a turn of nobody is a gap that somebody wanted.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    schedule = models.ForeignKey(
        Schedule, models.PROTECT, related_name="turns", db_index=False, db_constraint=False
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts_at = models.TimeField()
    responder = models.ForeignKey(
        Responder, models.PROTECT, related_name="turns", null=True, blank=True, db_constraint=False
    )

    objects = OrganizationQuerySet["ScheduleTurn"].as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["schedule", "weekday", "starts_at"], name="scheduleturn_starts_once"
            ),
            models.CheckConstraint(
                name="scheduleturn_weekday_known", condition=Q(weekday__in=Weekday.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M}"


@tracked()
class ScheduleOverride(models.Model):
    """Somebody else, or nobody, from one time of the wall clock to another.

    Where several overlap the newest counts.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    schedule = models.ForeignKey(
        Schedule, models.PROTECT, related_name="overrides", db_index=False, db_constraint=False
    )
    starts_on = models.DateField()
    starts_at = models.TimeField()
    ends_on = models.DateField()
    ends_at = models.TimeField()
    responder = models.ForeignKey(
        Responder,
        models.PROTECT,
        related_name="overrides",
        null=True,
        blank=True,
        db_constraint=False,
    )
    note = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InUseQuerySet["ScheduleOverride"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="scheduleoverride_times_in_order",
                condition=Q(starts_on__lt=F("ends_on"))
                | Q(starts_on=F("ends_on"), starts_at__lt=F("ends_at")),
            ),
        ]
        indexes = [
            # those that touch the next nights, however many there were in past years
            models.Index(
                fields=["schedule", "ends_on"],
                name="scheduleoverride_ahead",
                condition=Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.starts_at:%H:%M} - {self.ends_on} {self.ends_at:%H:%M}"
