"""Lists that somebody took out of the house."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.properties.principals import Principal


class ExportRecordQuerySet(models.QuerySet["ExportRecord"]):
    """Reads of the record of exports."""

    def visible_to(self, principal: Principal) -> Self:
        """All of the organisation for owners and admins, one's own for a member."""
        rows = self.filter(organization_id=principal.organization_id)
        return rows if principal.manages else rows.filter(user_id=principal.user_id)


class ExportRecord(models.Model):
    """That somebody exported a list of calls; these rows only grow.

    One is written before the first line leaves, so that a download which breaks off is on record
    too, and says who, what and in which columns (`picked`: so many picked rows, null: all that
    match `query`). A second one, with `began`, follows the last line and says how many `rows`
    were written and how many were `counted` in the database then: the two are the same unless
    calls were changed meanwhile.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    began = models.ForeignKey(
        "self", models.PROTECT, related_name="ends", null=True, blank=True, db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    user_name = models.CharField(max_length=120)
    request_id = models.CharField(max_length=80, blank=True, default="")
    query = models.TextField(blank=True, default="")
    columns = models.CharField(max_length=300, blank=True, default="")
    picked = models.PositiveIntegerField(null=True, blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)
    counted = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    objects = ExportRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exportrecord_rows_at_its_end",
                condition=Q(began=None, rows=None, counted=None)
                | Q(began__isnull=False, rows__isnull=False, counted__isnull=False),
            ),
            UniqueConstraint(
                fields=["began"], name="exportrecord_ends_once", condition=Q(began__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["organization", "at"], name="exportrecord_newest")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.at}"
