"""Lists of calls that people come back to, and how each likes them."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Now

from callcenter.accounts.models import Organization
from callcenter.properties.principals import Principal


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Reads of saved views."""

    def visible_to(self, principal: Principal) -> Self:
        """One's own, and those that were saved for all."""
        mine = Q(owner_id=principal.user_id) | Q(is_shared=True)
        return self.filter(mine, organization_id=principal.organization_id)

    def changeable_by(self, principal: Principal) -> Self:
        """One's own; owners and admins change the shared ones too."""
        mine = Q(owner_id=principal.user_id)
        if principal.manages:
            mine |= Q(is_shared=True)
        return self.visible_to(principal).filter(mine)


class SavedView(models.Model):
    """Filters of the list of calls under a name.

    `query` holds only what the filters of the list know, in their order; it gives no right to any
    row, because the rows still come from the principal of whoever looks (M13). `columns` are keys
    with commas between them, "" for those of whoever looks.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True, default="")
    columns = models.CharField(max_length=300, blank=True, default="")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "owner", "name"], name="savedview_name_once"),
            models.CheckConstraint(name="savedview_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class ListSettings(models.Model):
    """How somebody likes the list of calls: the columns, and the filters that were last used."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    columns = models.CharField(max_length=300, blank=True, default="")
    query = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "user"], name="listsettings_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
