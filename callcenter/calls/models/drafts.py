"""What somebody typed and has not saved."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Index, UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.properties.principals import Principal


class DraftQuerySet(models.QuerySet["Draft"]):
    """Reads of drafts."""

    def visible_to(self, principal: Principal) -> Self:
        """One's own, in the organisation of now: nobody reads another's."""
        return self.filter(
            organization_id=principal.organization_id, user_id=principal.user_id
        ).exclude(user_id=None)

    def unsaved(self) -> Self:
        """Those that hold words, newest first."""
        return self.exclude(data=[]).order_by("-updated_at", "-pk")


class Draft(models.Model):
    """What somebody typed and has not saved: by person, organisation and what it is about.

    `subject_id` is the id in the key. `data` is the form as a list of [name, value], empty when
    there is nothing to restore. Each
    opening of a form is a `writer` (a UUID of the browser) whose saves carry a growing `seq`; the
    `revision` counts what was taken. `displaced` is the text of another writer that the present
    one had not seen. `done` are the last writers whose words were saved or discarded: a save of
    theirs that was long under way brings nothing back. Not audited.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=80)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=list, db_default=[])
    displaced = models.JSONField(default=list, db_default=[])
    writer = models.CharField(max_length=36, db_default="")
    seq = models.BigIntegerField(db_default=0)
    revision = models.BigIntegerField(db_default=0)
    done = ArrayField(models.CharField(max_length=36), default=list, db_default=[])
    updated_at = models.DateTimeField(db_default=Now())

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["user", "organization", "key"], name="draft_once")]
        indexes = [
            # What is old enough to be forgotten, for the hourly task.
            Index(fields=["updated_at"], name="draft_age"),
        ]

    def __str__(self) -> str:
        return self.key
