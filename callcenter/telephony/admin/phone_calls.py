"""Telephone calls in the admin: shown whole with their parties, withdrawn with a reason."""

from typing import Any, override

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from callcenter.core.phones import trailing
from callcenter.properties.asking_admin import may
from callcenter.properties.principals import Principal
from callcenter.properties.scoped_admin import ReadOnlyAdmin, ScopedRelatedFilter
from callcenter.properties.withdrawing_admin import ShownInline, WithdrawingAdmin
from callcenter.telephony.models import PhoneCall, PhoneCallParty
from callcenter.telephony.withdrawing import withdraw_phone_call


class PartyInline(ShownInline):
    """What each extension saw of a call."""

    model = PhoneCallParty
    show_change_link = False
    fields = (
        *("position", "extension", "caller_id", "flow", "status", "ringing_at", "answered_at"),
        *("ended_at", "disposition"),
    )
    readonly_fields = fields
    ordering = ("position",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their extensions."""
        return super().get_queryset(request).select_related("extension")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As of the call."""
        return may(request, "view", PhoneCall._meta)  # noqa: SLF001 (Django's name)


@admin.register(PhoneCall)
class PhoneCallAdmin(WithdrawingAdmin, ReadOnlyAdmin):
    """Telephone calls, as their systems told of them."""

    list_display = (
        *("published_at", "flow", "caller_raw", "caller_name", "called_raw", "extension"),
        *("property", "disposition", "talk_seconds", "ended_at"),
    )
    list_filter = (
        "flow",
        "disposition",
        "published_at",
        ("ended_at", admin.EmptyFieldListFilter),
        ("extension", ScopedRelatedFilter),
        ("property", ScopedRelatedFilter),
    )
    list_select_related = ("extension", "property")
    search_fields = ("wire_id",)  # the box is there; `get_search_results` says what it finds
    search_help_text = _("Last digits of a number, four at least, or the id of a call.")
    ordering = ("-published_at", "-pk")
    fields = (
        *("published_at", "answered_at", "ended_at", "disposition", "talk_seconds", "cost_cents"),
        *("flow", "caller_raw", "caller_e164", "caller_name", "called_raw", "called_e164"),
        *("extension", "property", "upstream", "external_id", "wire_id", "nonce"),
        *("heard_at", "stored_at"),
    )
    readonly_fields = ("wire_id", "heard_at", "stored_at")
    inlines = (PartyInline,)
    asks_why = True
    withdrawing = _(
        "A withdrawn phone call and its parties leave every list and count; they stay in the"
        " record."
    )

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[PhoneCall], search_term: str
    ) -> tuple[models.QuerySet[PhoneCall], bool]:
        """By id, or by the last digits of either number through their indexes."""
        term = search_term.strip().lower()
        if not term:
            return queryset, False
        found = Q(wire_id=term)
        digits = trailing(term)
        if digits:
            found |= Q(caller_digits_reversed__startswith=digits)
            found |= Q(called_digits_reversed__startswith=digits)
        return queryset.filter(found), False

    @override
    def withdraw_one(self, pk: int, reason: str, actor: Principal) -> None:
        withdraw_phone_call(phone_call_id=pk, reason=reason, actor=actor)
