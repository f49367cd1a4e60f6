"""Chains that were run and their rings in the admin: facts to read, withdrawn with a reason."""

import uuid
from typing import Any, override

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from callcenter.escalations.items import withdraw_item
from callcenter.escalations.models import Escalation, EscalationItem, Word
from callcenter.escalations.running import withdraw_escalation
from callcenter.properties.principals import Principal
from callcenter.properties.scoped_admin import ReadOnlyAdmin, ScopedRelatedFilter
from callcenter.properties.withdrawing_admin import ShownInline, WithdrawingAdmin

LARGEST_KEY = 2**63 - 1


class WordFilter(admin.SimpleListFilter):
    """The usual words of a status, and one for all that other systems said instead."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Not those of the table: its words may be another organisation's."""
        return [*Word.choices, ("other", _("Other"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        """Rows of the chosen word."""
        if self.value() == "other":
            return queryset.exclude(status__in=Word.values)
        return queryset.filter(status=self.value()) if self.value() else queryset


class EvidenceAdmin(WithdrawingAdmin, ReadOnlyAdmin):
    """What was run: shown whole, and taken out of lists and counts with a reason."""

    ordering = ("-created_at", "-pk")
    search_words: tuple[str, ...] = ()
    search_calls = ""
    search_fields = ("id",)  # the box is there; `get_search_results` says what it finds
    search_help_text = _("Number of the call with #, an id, or part of a name or phone number.")
    asks_why = True

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By key or number of the call, else by what any of the words contains."""
        term = search_term.strip()
        number = term.removeprefix("#")
        if number != term and number.isdecimal() and int(number) <= LARGEST_KEY:
            return queryset.filter(**{self.search_calls: int(number)}), False
        try:
            return queryset.filter(pk=uuid.UUID(term)), False
        except ValueError:
            pass
        found = Q()
        for column in self.search_words:
            found |= Q(**{f"{column}__icontains": term})
        return queryset.filter(found), False


class ItemInline(ShownInline):
    """The rings of a chain."""

    model = EscalationItem
    fields = (
        *("started_at", "responder_name", "phone", "status", "dial_seconds"),
        *("talk_seconds", "is_answered", "accepted_by_human", "cost_cents"),
    )
    readonly_fields = fields
    ordering = ("started_at", "created_at", "pk")


@admin.register(Escalation)
class EscalationAdmin(EvidenceAdmin):
    """Chains. They are started and ended on the page of their call."""

    list_display = (
        *("started_at", "status", "policy", "property", "call_log"),
        *("caller_phone", "answered_by", "ended_at"),
    )
    list_filter = (
        WordFilter,
        "started_at",
        ("ended_at", admin.EmptyFieldListFilter),
        ("policy", ScopedRelatedFilter),
        ("property", ScopedRelatedFilter),
    )
    list_select_related = ("policy", "property", "call_log", "answered_by")
    search_words = ("caller_phone", "status", "policy__name", "started_by_name")
    search_calls = "call_log_id"
    exclude = ("organization", "started_by")
    readonly_fields = ("id", "version", "created_at", "updated_at")
    inlines = (ItemInline,)
    withdrawing = _(
        "A withdrawn chain and its rings leave every list and count; they stay in the record."
    )

    @override
    def withdraw_one(self, pk: uuid.UUID, reason: str, actor: Principal) -> None:
        withdraw_escalation(escalation_id=pk, reason=reason, actor=actor)


@admin.register(EscalationItem)
class EscalationItemAdmin(EvidenceAdmin):
    """Rings. What came of one is told on the page of its call."""

    list_display = (
        *("started_at", "responder_name", "phone", "status", "dial_seconds", "talk_seconds"),
        *("is_answered", "accepted_by_human", "looks_like_voicemail", "cost_cents"),
    )
    list_filter = (
        WordFilter,
        "is_answered",
        "accepted_by_human",
        "looks_like_voicemail",
        "started_at",
        ("responder", ScopedRelatedFilter),
        ("property", ScopedRelatedFilter),
    )
    search_words = ("responder_name", "phone", "status", "status_message")
    search_calls = "escalation__call_log_id"
    list_select_related = ("escalation",)
    exclude = ("organization", "rung_by")
    readonly_fields = (
        *("property", "rule_order", "ring_limit_seconds", "looks_like_voicemail"),
        *("id", "version", "created_at", "updated_at"),
    )
    withdrawing = _("A withdrawn ring leaves every list and count; it stays in the record.")

    @override
    def withdraw_one(self, pk: uuid.UUID, reason: str, actor: Principal) -> None:
        withdraw_item(item_id=pk, reason=reason, actor=actor)
