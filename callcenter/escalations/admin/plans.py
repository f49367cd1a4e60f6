"""Policies and their rules in the admin."""

import uuid
from typing import Any, override

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from callcenter.escalations.models import Policy, Rule
from callcenter.escalations.policies import change_policy, create_policy, withdraw_policy
from callcenter.escalations.rules import add_rule, change_rule, withdraw_rule
from callcenter.properties.principals import Principal
from callcenter.properties.scoped_admin import ScopedRelatedFilter
from callcenter.properties.withdrawing_admin import ShownInline

from .acting import ActingAdmin, VersionedForm


class RuleInline(ShownInline):
    """The steps of a policy, to read; each is changed on its own page."""

    model = Rule
    fields = ("order", "name", "responder", "schedule", "escalate_after_seconds")
    readonly_fields = fields
    ordering = ("order",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With whom they ring."""
        return super().get_queryset(request).select_related("responder", "schedule")


@admin.register(Policy)
class PolicyAdmin(ActingAdmin):
    """Chains as planned: for which property and which reasons, and what callers hear."""

    list_display = ("name", "property", "reason_family", "is_enabled", "routing_phone")
    list_filter = ("is_enabled", "repeats", ("property", ScopedRelatedFilter))
    list_select_related = ("property",)
    search_fields = ("name", "description", "reason_family", "routing_phone", "slug")
    ordering = ("name", "pk")
    autocomplete_fields = ("property",)
    fieldsets = (
        (None, {"fields": ("name", "description", "is_enabled", "seen_version")}),
        (_("For what"), {"fields": ("property", "reason_family", "time_zone")}),
        (
            _("What callers hear"),
            {"fields": ("greeting_message", "no_answer_message", "no_one_available_message")},
        ),
        (_("When nobody answers"), {"fields": ("repeats", "repeat_times")}),
        (
            _("As other systems tell"),
            {
                "fields": (
                    "id",
                    "slug",
                    "routing_phone",
                    "provider_phone_id",
                    "phone_country_code",
                    "phone_area_code",
                    "phone_purchased_at",
                )
            },
        ),
        (_("Origin"), {"fields": ("created_by", "version", "created_at", "updated_at")}),
    )
    readonly_fields = (
        *("id", "slug", "routing_phone", "provider_phone_id", "phone_country_code"),
        *("phone_area_code", "phone_purchased_at", "created_by"),
        *("version", "created_at", "updated_at"),
    )
    inlines = (RuleInline,)
    asks_why = True
    withdrawing = _(
        "Its rules, its chains and their rings are withdrawn with it. To stop using a policy,"
        " disable it instead."
    )

    @override
    def create(self, form: Any, actor: Principal) -> Policy:
        return create_policy(fields=form.said, actor=actor)

    @override
    def change(self, pk: uuid.UUID, form: Any, actor: Principal) -> None:
        if form.said:
            change_policy(policy_id=pk, fields=form.said, seen_version=form.seen, actor=actor)

    @override
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Nothing: rules are shown here."""

    @override
    def withdraw_one(self, pk: uuid.UUID, reason: str, actor: Principal) -> None:
        withdraw_policy(policy_id=pk, reason=reason, actor=actor)


class RuleForm(VersionedForm):
    """A step and its place; it rings a person or follows a schedule."""

    place = forms.IntegerField(
        required=False,
        label=_("Order"),
        help_text=_("The later steps move down by one; empty: the last one, or as it stands."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["place"] = self.instance.order

    def clean(self) -> dict[str, Any] | None:
        """Say in words what the database would refuse by a constraint's name."""
        cleaned = super().clean() or {}
        responder, schedule = cleaned.get("responder"), cleaned.get("schedule")
        if responder and schedule:
            self.add_error("schedule", _("Ring a person or follow a schedule, not both."))
        if not responder and not schedule and not self.errors:
            self.add_error("responder", _("Say who is rung: a person or a schedule."))
        return cleaned

    @property
    def moved_to(self) -> int | None:
        """The place that was typed, if it is another one."""
        order: int | None = self.cleaned_data["place"] if "place" in self.changed_data else None
        return order


@admin.register(Rule)
class RuleAdmin(ActingAdmin):
    """The steps of chains."""

    form = RuleForm
    list_display = ("__str__", "policy", "order", "responder", "schedule", "escalate_after_seconds")
    list_filter = (
        ("policy", ScopedRelatedFilter),
        ("responder", ScopedRelatedFilter),
        ("schedule", ScopedRelatedFilter),
    )
    list_select_related = ("policy", "responder", "schedule")
    search_fields = ("name", "description", "policy__name", "responder__name", "schedule__name")
    ordering = ("policy__name", "policy_id", "order", "pk")
    fieldsets = (
        (None, {"fields": ("policy", "place", "name", "description", "seen_version")}),
        (_("Who is rung"), {"fields": ("responder", "schedule", "escalate_after_seconds")}),
        (_("Origin"), {"fields": ("id", "created_by", "version", "created_at", "updated_at")}),
    )
    readonly_fields = ("id", "created_by", "version", "created_at", "updated_at")
    withdrawing = _("The later steps of the chain move up by one.")

    def get_readonly_fields(self, request: HttpRequest, obj: Rule | None = None) -> Any:
        """The policy, too, once the rule is there."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None else (*fixed, "policy")

    @override
    def create(self, form: Any, actor: Principal) -> Rule:
        said = form.said
        policy_id = said.pop("policy_id")
        return add_rule(policy_id=policy_id, fields=said, order=form.moved_to, actor=actor)

    @override
    def change(self, pk: uuid.UUID, form: Any, actor: Principal) -> None:
        if form.said or form.moved_to is not None:
            change_rule(
                rule_id=pk,
                fields=form.said,
                order=form.moved_to,
                seen_version=form.seen,
                actor=actor,
            )

    @override
    def withdraw_one(self, pk: uuid.UUID, reason: str, actor: Principal) -> None:
        withdraw_rule(rule_id=pk, actor=actor)
