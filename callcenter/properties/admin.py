"""The organisation, its people's places in it, properties, units and residents in the admin."""

from typing import Any, override

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import ApiCredential, Membership, Organization, Role
from callcenter.core.phones import parse_phone

from .actions import change_membership, manageable_roles, set_active
from .credential_admin import ApiCredentialAdmin
from .models import Property, PropertyLink, Resident, ResidentPhone, Unit
from .scoped_admin import (
    ScopedAdmin,
    ScopedForm,
    ScopedInline,
    ScopedRelatedFilter,
    principal_of,
)

admin.site.register(ApiCredential, ApiCredentialAdmin)


@admin.register(Organization)
class OrganizationAdmin(ScopedAdmin):
    """One's own organisation: owners change its name, zone, region and switches."""

    list_display = ("name", "time_zone", "region")
    search_fields = ("name",)
    fields = (
        "name",
        "slug",
        "uuid",
        "time_zone",
        "region",
        "members_see_unplaced",
        "requires_answers",
        "created_at",
    )
    readonly_fields = ("slug", "uuid", "created_at")


class MembershipForm(ScopedForm):
    """Nobody gives a role above the own, and an admin gives only that of a member (B-09)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            choice: Any = self.fields["role"]
            roles = manageable_roles(principal_of(self.request))
            choice.choices = [(role.value, role.label) for role in roles]


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """Who belongs to the organisation. People come in by invitation, not here."""

    form = MembershipForm
    list_display = ("user", "email", "role", "is_active", "created_at")
    list_filter = ("role", "is_active")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")
    ordering = ("user__name", "pk")
    fields = ("user", "role", "is_active", "created_at")
    readonly_fields = ("user", "created_at")

    @admin.display(description=_("E-mail"), ordering="user__email")
    def email(self, membership: Membership) -> str:
        """The address the person signs in with."""
        return membership.user.email

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No: choosing among accounts would tell who has one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """Owners change all, admins those whose role is member."""
        within = obj is None or obj.role == Role.MEMBER
        allowed = within or principal_of(request).role == Role.OWNER
        return allowed and super().has_change_permission(request, obj)

    @override
    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """By the actions of the page for people, so that both keep the same rules."""
        actor = principal_of(request)
        if "role" in form.changed_data:
            change_membership(
                membership_id=obj.pk,
                role=obj.role,
                property_ids=list(obj.property_links.values_list("property_id", flat=True)),
                principal=actor,
            )
        if "is_active" in form.changed_data:
            set_active(membership_id=obj.pk, is_active=obj.is_active, principal=actor)


@admin.register(PropertyLink)
class PropertyLinkAdmin(ScopedAdmin):
    """Which member sees which property."""

    list_display = ("membership", "property", "created_at")
    list_filter = (("property", ScopedRelatedFilter),)
    list_select_related = ("membership__user", "property")
    search_fields = ("membership__user__name", "property__name")
    ordering = ("membership__user__name", "property__name", "pk")
    autocomplete_fields = ("membership", "property")
    fields = ("membership", "property")

    def has_change_permission(self, request: HttpRequest, obj: PropertyLink | None = None) -> bool:
        """A link is made or taken away, not changed into another one."""
        return False


@admin.register(Property)
class PropertyAdmin(ScopedAdmin):
    """Buildings and communities."""

    list_display = ("name", "city", "state", "time_zone", "is_active")
    list_filter = ("is_active", "state")
    search_fields = ("search_name",)
    ordering = ("name", "pk")
    fieldsets = (
        (None, {"fields": ("name", "legal_name", "time_zone", "is_active")}),
        (_("Address"), {"fields": ("address1", "address2", "city", "state", "zip")}),
        (_("For the agent"), {"fields": ("greeting", "instructions", "emergency_rules")}),
        (_("Origin"), {"fields": ("source", "external_id", "created_at")}),
    )
    readonly_fields = ("source", "external_id", "created_at")


class WithPlaceThatStays(ScopedAdmin):
    """Rows whose property is chosen once and stays."""

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """The property, too, once the row is there."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None else (*fixed, "property")


@admin.register(Unit)
class UnitAdmin(WithPlaceThatStays):
    """Places to live in."""

    list_display = ("__str__", "property", "floor", "address1")
    list_filter = (("property", ScopedRelatedFilter),)
    list_select_related = ("property",)
    search_fields = ("number_key__startswith", "property__search_name")
    ordering = ("property__name", "display_order", "building", "number_key", "pk")
    autocomplete_fields = ("property",)
    fieldsets = (
        (None, {"fields": ("property", "building", "number", "floor", "display_order")}),
        (_("Address"), {"fields": ("address1", "address2", "city", "state", "zip")}),
        (_("Map"), {"fields": ("latitude", "longitude")}),
        (_("For the agent"), {"fields": ("instructions", "may_enter", "pets", "medical_note")}),
        (_("Origin"), {"fields": ("source", "external_id", "created_at")}),
    )
    readonly_fields = ("source", "external_id", "created_at")


class ResidentPhoneForm(ScopedForm):
    """A number as typed; what it means is worked out, not typed."""

    @override
    def save(self, commit: bool = True) -> Any:
        """Fill in the columns that are read off the number."""
        if "raw" in self.changed_data:
            region = principal_of(self.request).organization.region
            number = parse_phone(self.instance.raw, region=region)[0]
            self.instance.e164 = number.e164 or ""
            self.instance.extension = number.extension
            self.instance.digits_reversed = number.digits[::-1]
        return super().save(commit)


class ResidentPhoneInline(ScopedInline):
    """The numbers of a resident."""

    model = ResidentPhone
    form = ResidentPhoneForm
    fields = ("label", "raw", "e164", "extension", "valid_from", "valid_to", "do_not_use")
    readonly_fields = ("e164", "extension")


class ResidentForm(ScopedForm):
    """A resident lives at one property."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse a unit of another property."""
        cleaned = super().clean() or {}
        unit = cleaned.get("unit")
        at = cleaned["property"].pk if cleaned.get("property") else self.instance.property_id
        if unit is not None and at is not None and unit.property_id != at:
            self.add_error("unit", _("This unit is at another property."))
        return cleaned


@admin.register(Resident)
class ResidentAdmin(WithPlaceThatStays):
    """The people who live there."""

    form = ResidentForm
    list_display = ("full_name", "property", "unit", "occupancy", "move_in", "move_out")
    list_filter = ("occupancy", ("property", ScopedRelatedFilter))
    list_select_related = ("property", "unit")
    search_fields = ("search_name",)
    ordering = ("search_name", "pk")
    autocomplete_fields = ("property", "unit")
    fieldsets = (
        (None, {"fields": ("property", "unit", "occupancy", "move_in", "move_out")}),
        (_("Person"), {"fields": ("first_name", "middle_name", "last_name", "email")}),
        (_("Origin"), {"fields": ("source", "external_id", "edited_at", "created_at")}),
    )
    readonly_fields = ("source", "external_id", "edited_at", "created_at")
    inlines = [ResidentPhoneInline]

    @admin.display(description=_("Name"), ordering="search_name")
    def full_name(self, resident: Resident) -> str:
        """As elsewhere: erased people have no name."""
        return resident.full_name

    @override
    def save_model(
        self, request: HttpRequest, obj: Resident, form: forms.ModelForm, change: bool
    ) -> None:
        """Remember that a person edited the row, so that no import overwrites it (inv 10)."""
        obj.edited_at = timezone.now()
        form.changed_data.append("edited_at")
        super().save_model(request, obj, form, change)
