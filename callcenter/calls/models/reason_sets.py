"""Which reasons a desk offers where: sets of reasons for properties and directions."""

from typing import Self

from django.db import models
from django.db.models import Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Organization
from callcenter.core.audit import tracked
from callcenter.properties.models import Property

from .call_logs import Direction
from .reasons import Reason
from .statuses import OrganizationQuerySet


class ReasonSetQuerySet(OrganizationQuerySet["ReasonSet"]):
    """Reads of reason sets."""

    def at(self, property_id: int | None) -> Self:
        """Those in use at a property: made for it, or for every place."""
        here = Q(properties=None)
        if property_id is not None:
            here |= Q(properties=property_id)
        return self.filter(here, is_enabled=True)


@tracked()
class ReasonSet(models.Model):
    """Reasons that are offered at some properties for some direction; empty means all of them.

    Where no set applies every reason is offered. A set only orders what is shown: a reason
    outside of it is found under "all" and by its mnemonic, and no call is refused for it.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    direction = models.CharField(
        max_length=8, choices=Direction, blank=True, default="", help_text=_("Both when empty.")
    )
    properties = models.ManyToManyField(
        Property, blank=True, related_name="+", help_text=_("Every property when empty.")
    )
    reasons = models.ManyToManyField(Reason, related_name="+")
    is_enabled = models.BooleanField(default=True)

    objects = ReasonSetQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "name"], name="reasonset_name_once"),
            models.CheckConstraint(
                name="reasonset_direction_known", condition=Q(direction__in=["", *Direction.values])
            ),
        ]

    def __str__(self) -> str:
        return self.name
