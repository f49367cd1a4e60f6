"""Who opened what only some should read."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.properties.models import Unit


class MedicalNoteReading(models.Model):
    """That somebody opened the medical note of a unit; these rows only grow."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    reader_name = models.CharField(max_length=120)
    request_id = models.CharField(max_length=80, blank=True, default="")
    read_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.unit_id} {self.reader_name}"
