"""Imports: where rows come from, each run, and what became of every line."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.principals import Principal


class SourceKind(models.TextChoices):
    """What a source delivers."""

    ROSTER = "roster", _("Resident roster (CSV)")
    CALL_LOGS = "call_logs", _("Call logs (JSON of the property API)")


class OwnedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that owners and admins of the organisation see."""

    def visible_to(self, principal: Principal) -> Self:
        """The organisation's own; nothing for a member."""
        if not principal.manages:
            return self.none()
        return self.filter(organization_id=principal.organization_id)


class ImportSourceQuerySet(OwnedQuerySet["ImportSource"]):
    """Reads of sources."""


class ImportRunQuerySet(OwnedQuerySet["ImportRun"]):
    """Reads of runs."""


class ImportLineQuerySet(OwnedQuerySet["ImportLine"]):
    """Reads of lines."""


@tracked()
class ImportSource(models.Model):
    """A system whose rows we take in. Its `key` is the `source` of every row it made."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=9, choices=SourceKind)
    time_zone = models.CharField(
        max_length=60, blank=True, default="", help_text=_("Zone of times that name none.")
    )
    options = models.JSONField(
        default=dict, blank=True, help_text=_("Column mapping, order of day and month.")
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ImportSourceQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="importsource_of_organization"),
            UniqueConstraint(fields=["organization", "key"], name="importsource_key_once"),
            models.CheckConstraint(name="importsource_has_key", condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return self.name


class RunState(models.TextChoices):
    """How far a run is. Staging, validating and applying count as running."""

    PENDING = "pending", _("Waiting")
    STAGING = "staging", _("Reading")
    VALIDATING = "validating", _("Checking")
    APPLYING = "applying", _("Writing")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    PARKED = "parked", _("Parked")


RUNNING = (RunState.STAGING, RunState.VALIDATING, RunState.APPLYING)


class ImportRun(models.Model):
    """One file taken in. Its counters are written with the lines that they count.

    `lines_read` equals the sum of the five outcomes once the run is done (inv 8, checked by the
    database); a source has at most one running run (inv 23). `leased_until` is renewed by the
    worker; a run whose lease is over is taken up again by the sweeper. `attempts` counts the
    leases and fences off a worker that lost its own. `requested_by` is asked for its rights
    again at each chunk. `checkpoint` is the number of the last line that was applied; `columns`
    says how the header was understood (header, used, ignored).
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source = models.ForeignKey(
        ImportSource, models.PROTECT, related_name="runs", db_index=False, db_constraint=False
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PENDING)
    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=80)
    sha256 = models.BinaryField(max_length=32)
    byte_size = models.BigIntegerField()
    bytes_read = models.BigIntegerField(default=0)
    lines_read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    kept_edits = models.PositiveIntegerField(default=0)
    checkpoint = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    columns = models.JSONField(default=dict, db_default={}, blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "id"], name="importrun_of_organization"),
            UniqueConstraint(
                fields=["source"], name="importrun_one_running", condition=Q(state__in=RUNNING)
            ),
            models.CheckConstraint(
                name="importrun_conserves_lines",
                condition=~Q(state=RunState.DONE)
                | Q(
                    lines_read=F("created")
                    + F("updated")
                    + F("unchanged")
                    + F("rejected")
                    + F("duplicate")
                ),
            ),
            models.CheckConstraint(
                name="importrun_finished_at_iff_over",
                condition=Q(state__in=(RunState.DONE, RunState.FAILED), finished_at__isnull=False)
                | (~Q(state__in=(RunState.DONE, RunState.FAILED)) & Q(finished_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="importrun_list"),
            models.Index(fields=["source", "-id"], name="importrun_of_source"),
            # what the sweeper asks for
            models.Index(
                fields=["leased_until"],
                name="importrun_unfinished",
                condition=~Q(state__in=(RunState.DONE, RunState.FAILED, RunState.PARKED)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"


class LineOutcome(models.TextChoices):
    """What became of a line; empty while it waits."""

    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    UNCHANGED = "unchanged", _("Unchanged")
    REJECTED = "rejected", _("Rejected")
    DUPLICATE = "duplicate", _("Duplicate in file")


class ImportLine(models.Model):
    """One line of a run: what it said, its outcome, and the value before it was applied."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="lines", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()
    natural_key = models.CharField(max_length=200, blank=True, default="")
    row_hash = models.BinaryField(max_length=32, default=b"")
    data = models.JSONField(null=True)
    outcome = models.CharField(max_length=9, choices=LineOutcome, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    before = models.JSONField(null=True)
    object_id = models.BigIntegerField(null=True)
    kept_fields = models.JSONField(default=list, blank=True)

    objects = ImportLineQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["run", "number"], name="importline_number_once"),
            models.CheckConstraint(
                name="importline_rejected_with_reason",
                condition=~Q(outcome=LineOutcome.REJECTED) | ~Q(reason=""),
            ),
        ]
        indexes = [
            # the rejected lines of a run, in order
            models.Index(
                fields=["run", "number"],
                name="importline_rejected",
                condition=Q(outcome=LineOutcome.REJECTED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"


class SourceRow(models.Model):
    """The last content taken from a source for a natural key: its hash and our row's id.

    The same content again is "unchanged" without a look at the domain row. `values` keeps a
    fingerprint of what the import wrote, field by field, so that a later edit by a person is
    seen and kept (inv 10).
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source = models.ForeignKey(
        ImportSource, models.PROTECT, related_name="rows", db_index=False, db_constraint=False
    )
    natural_key = models.CharField(max_length=200)
    row_hash = models.BinaryField(max_length=32)
    object_id = models.BigIntegerField()
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["source", "natural_key"], name="sourcerow_once"),
        ]

    def __str__(self) -> str:
        return self.natural_key
