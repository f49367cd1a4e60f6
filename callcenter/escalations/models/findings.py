"""What the nightly look ahead found: holes, and people who cannot be reached."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .policies import Policy
from .responders import Responder


class FindingKind(models.TextChoices):
    """What is wrong with the next nights."""

    HOLE = "hole", gettext_lazy("Hole")
    UNPLANNED = "unplanned", gettext_lazy("No chain")
    UNVERIFIED = "unverified", gettext_lazy("No verified number")
    MISSED = "missed", gettext_lazy("Missed rings")


class NightCheckQuerySet(models.QuerySet["NightCheck"]):
    """Reads of checks."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's, for who manages it."""
        if not principal.manages or principal.property_ids is not None:
            return self.none()
        return self.filter(organization_id=principal.organization_id)


class NightCheck(models.Model):
    """One look ahead of an organisation, once for a day on its own clock.

    The row is there before the work; `checked_at` says that the work is done, with how many
    findings it `opened` and how many were `gone`.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    opened = models.PositiveIntegerField(default=0, editable=False)
    gone = models.PositiveIntegerField(default=0, editable=False)

    objects = NightCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="nightcheck_of_organization"),
            UniqueConstraint(fields=["organization", "day"], name="nightcheck_once_a_day"),
            models.CheckConstraint(
                name="nightcheck_counts_when_checked",
                condition=Q(checked_at__isnull=False) | Q(opened=0, gone=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Reads of findings."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's, for who manages it; nothing for others."""
        if not principal.manages or principal.property_ids is not None:
            return self.none()
        return self.filter(organization_id=principal.organization_id)

    def holding(self) -> Self:
        """Those that the last look still found, handled or not."""
        return self.filter(gone_in=None)

    def for_list(self) -> Self:
        """The next night first, then people, with what a row tells."""
        related = self.select_related("policy__property", "property", "responder")
        names = ("policy__name", "property__name", "responder__name")
        return related.order_by(F("night").asc(nulls_last=True), "kind", *names, "pk")


@tracked()
class Finding(models.Model):
    """Something wrong with the next nights, from the look that found it to the one that did not.

    A hole is a night of a policy with its seconds; it is another finding when it grows or
    shrinks. In between somebody may say that it is handled, with a comment: then it is off the
    list although it still holds.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=10, choices=FindingKind)
    policy = models.ForeignKey(
        Policy,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    night = models.DateField(null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    property = models.ForeignKey(
        Property,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    responder = models.ForeignKey(
        Responder,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    found_in = models.ForeignKey(
        NightCheck, models.PROTECT, related_name="findings", db_constraint=False
    )
    found_at = models.DateTimeField(db_default=Now(), editable=False)
    gone_in = models.ForeignKey(
        NightCheck,
        models.PROTECT,
        related_name="ended_findings",
        null=True,
        blank=True,
        db_constraint=False,
    )
    handled_at = models.DateTimeField(null=True, blank=True, editable=False)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    handled_by_name = models.CharField(max_length=120, blank=True, default="", editable=False)
    comment = models.CharField(max_length=300, blank=True, default="", editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=[
                    *("organization", "kind", "policy", "night", "seconds"),
                    *("property", "responder"),
                ],
                name="finding_holds_once",
                condition=Q(gone_in=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="finding_says_of_what",
                condition=Q(
                    kind=FindingKind.HOLE,
                    policy__isnull=False,
                    night__isnull=False,
                    seconds__isnull=False,
                    seconds__gt=0,
                    property=None,
                    responder=None,
                )
                | Q(
                    kind=FindingKind.UNPLANNED,
                    property__isnull=False,
                    policy=None,
                    night=None,
                    seconds=None,
                    responder=None,
                )
                | Q(
                    kind__in=(FindingKind.UNVERIFIED, FindingKind.MISSED),
                    responder__isnull=False,
                    policy=None,
                    night=None,
                    seconds=None,
                    property=None,
                ),
            ),
            models.CheckConstraint(
                name="finding_handled_with_comment",
                condition=Q(handled_at=None, comment="")
                | (Q(handled_at__isnull=False) & ~Q(comment="")),
            ),
        ]

    def __str__(self) -> str:
        return self.words()

    def words(self) -> str:
        """What is wrong, in a few words."""
        if self.kind == FindingKind.HOLE:
            return _("%(day)s, %(policy)s: nobody would ring for %(long)s") % {
                "day": date_format(self.night, "D j M") if self.night else "",
                "policy": self.policy,
                "long": long(self.seconds or 0),
            }
        if self.kind == FindingKind.UNPLANNED:
            return _("%(home)s has no chain for ordinary calls") % {"home": self.property}
        if self.kind == FindingKind.UNVERIFIED:
            return _("%(name)s has no verified number") % {"name": self.responder}
        return _("%(name)s missed the last three rings") % {"name": self.responder}


def long(seconds: int) -> str:
    """ "14 h", "30 min", "1 h 30 min"."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return _("%(m)d min") % {"m": minutes}
    if not minutes:
        return _("%(h)d h") % {"h": hours}
    return _("%(h)d h %(m)d min") % {"h": hours, "m": minutes}
