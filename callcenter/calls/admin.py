"""Calls, their statuses and reasons in the admin: for repair, and through the actions."""

from typing import Any, override

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from callcenter.properties.principals import Principal
from callcenter.properties.scoped_admin import (
    ReadOnlyAdmin,
    ScopedAdmin,
    ScopedForm,
    ScopedRelatedFilter,
    principal_of,
)
from callcenter.properties.withdrawing_admin import ShownInline, WithdrawingAdmin

from .actions import correct_call_log, edit_notes, withdraw_call_log
from .callbacks import assign_callback, move_callback, promise_callback
from .card_admin import DecisionCardAdmin, ReasonSetAdmin
from .event_admin import BuildingEventAdmin
from .export_admin import ExportRecordAdmin
from .history import reasons_of
from .models import (
    Attachment,
    BuildingEvent,
    Callback,
    CallLog,
    Comment,
    DecisionCard,
    ExportRecord,
    Reason,
    ReasonSet,
    Status,
)
from .values import ContactTime, Correction, Promise

CORRECTED = ("property", "unit", "resident", "call_from", "subject", "direction", "contacted_at")

admin.site.register(DecisionCard, DecisionCardAdmin)
admin.site.register(ReasonSet, ReasonSetAdmin)
admin.site.register(BuildingEvent, BuildingEventAdmin)
admin.site.register(ExportRecord, ExportRecordAdmin)


@admin.register(Status)
class StatusAdmin(ScopedAdmin):
    """Where a matter can stand."""

    list_display = ("name", "kind", "order", "is_enabled", "is_initial")
    list_filter = ("kind", "is_enabled")
    search_fields = ("name",)
    ordering = ("order", "pk")
    fields = (
        "name",
        "kind",
        "order",
        "is_enabled",
        "is_initial",
        "needs_head_call",
        "is_callback",
        "pauses_clock",
        "allowed_next",
        "source",
        "external_id",
    )
    readonly_fields = ("source", "external_id")
    autocomplete_fields = ("allowed_next",)


@admin.register(Reason)
class ReasonAdmin(ScopedAdmin):
    """Why somebody rings."""

    list_display = ("name", "mnemonic", "family", "is_emergency", "is_enabled")
    list_filter = ("is_enabled", "is_emergency")
    search_fields = ("name", "=mnemonic", "family", "search_words")
    ordering = ("family", "mnemonic", "pk")
    fields = (
        "family",
        "name",
        "mnemonic",
        "is_emergency",
        "is_enabled",
        "search_words",
        "first_answer_minutes",
        "resolution_minutes",
        "script",
        "source",
        "external_id",
    )
    readonly_fields = ("source", "external_id")


class CommentInline(ShownInline):
    """The history of a call: to read, here as in the database."""

    model = Comment
    fields = ("seq", "created_at", "author_name", "kind", "visibility", "status_name", "text")
    readonly_fields = fields
    ordering = ("seq",)
    show_change_link = False


class CallLogForm(ScopedForm):
    """A correction: what the call should have said, why, and which version was seen."""

    comment = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why the call is corrected; stands in its history."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "seen_version" in self.fields:
            self.initial["seen_version"] = self.instance.version


@admin.register(CallLog)
class CallLogAdmin(WithdrawingAdmin):
    """Calls: corrected and withdrawn by the actions; logged, commented and moved on at the desk."""

    form = CallLogForm
    list_display = (
        "id",
        "contacted_at",
        "place",
        "call_from",
        "status",
        "subject",
        "taken_by_name",
    )
    list_filter = (
        ("status", ScopedRelatedFilter),
        "direction",
        ("contacted_on", admin.DateFieldListFilter),
        ("property", ScopedRelatedFilter),
    )
    list_select_related = ("property", "unit", "resident", "status")
    search_fields = ("=id", "search")
    search_help_text = _("Number of the call, or words of call from, subject and notes.")
    ordering = ("-contacted_at", "-pk")
    autocomplete_fields = ("property", "unit", "resident")
    fieldsets = (
        (None, {"fields": (*CORRECTED, "notes", "comment", "seen_version")}),
        (
            _("As it stands"),
            {"fields": ("status", "reason_names", "closed_at", "version", "phone_raw")},
        ),
        (_("Origin"), {"fields": ("taken_by_name", "contacted_zone", "source", "created_at")}),
    )
    readonly_fields = (
        "status",
        "reason_names",
        "closed_at",
        "version",
        "phone_raw",
        "taken_by_name",
        "contacted_zone",
        "source",
        "created_at",
    )
    inlines = [CommentInline]
    asks_why = True
    withdrawing = _("A withdrawn call leaves every list and count; it stays in the record.")

    @admin.display(description=_("Place"))
    def place(self, log: CallLog) -> str:
        """Property and unit."""
        return " · ".join(str(part) for part in (log.property, log.unit) if part) or "-"

    @admin.display(description=_("Reasons"))
    def reason_names(self, log: CallLog) -> str:
        """The main one first."""
        return ", ".join(str(reason) for reason in reasons_of(log)) or "-"

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[CallLog], search_term: str
    ) -> tuple[models.QuerySet[CallLog], bool]:
        """By number, else by words through the index that serves the lists."""
        term = search_term.strip().removeprefix("#")
        if not term:
            return queryset, False
        if term.isdecimal() and len(term) < 19:
            return queryset.filter(pk=int(term)), False
        return queryset.filter(search=term), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No: calls are logged at the desk."""
        return False

    @override
    def save_model(self, request: HttpRequest, obj: CallLog, form: Any, change: bool) -> None:
        """Correct facts and notes by the actions: version, history and rules as on the pages."""
        actor, said = principal_of(request), form.cleaned_data
        changed, seen = set(form.changed_data), said["seen_version"]
        if changed & set(CORRECTED):
            before = CallLog.objects.visible_to(actor).get(pk=obj.pk)
            correction = Correction(
                property_id=obj.property_id,
                unit_id=obj.unit_id,
                resident_id=obj.resident_id,
                call_from=obj.call_from,
                reason_ids=[reason.pk for reason in reasons_of(before)],
                subject=obj.subject,
                direction=said["direction"],
                contacted=ContactTime(at=obj.contacted_at, zone=before.contacted_zone),
            )
            correct_call_log(
                call_log_id=obj.pk,
                correction=correction,
                comment=said["comment"],
                seen_version=seen,
                actor=actor,
            )
            seen += 1
        if "notes" in changed:
            edit_notes(call_log_id=obj.pk, notes=obj.notes, seen_version=seen, actor=actor)

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the parts of a call are written by actions only."""

    def named(self, row: Any) -> str:
        """With who called."""
        return f"{row} {row.call_from}"

    @override
    def withdraw_one(self, pk: int, reason: str, actor: Principal) -> None:
        withdraw_call_log(call_log_id=pk, reason=reason, seen_version=None, actor=actor)


@admin.register(Callback)
class CallbackAdmin(ScopedAdmin):
    """Promises to ring back. They end on the page of their call, with an outcome."""

    list_display = ("call_log", "due_at", "assignee", "state")
    list_filter = ("state", "due_at")
    list_select_related = ("call_log", "assignee")
    search_fields = ("=call_log__id", "call_log__call_from")
    ordering = ("due_at", "pk")
    autocomplete_fields = ("call_log",)
    fields = ("call_log", "due_at", "assignee", "state", "outcome", "ended_at", "created_at")
    readonly_fields = ("state", "outcome", "ended_at", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Callback | None = None) -> Any:
        """The call, too, once the promise is there."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None else (*fixed, "call_log")

    @override
    def save_model(self, request: HttpRequest, obj: Callback, form: Any, change: bool) -> None:
        """Promise, move and hand on by the actions: with a line of history, and rules as there."""
        actor, changed = principal_of(request), set(form.changed_data)
        if not change:
            promise = Promise(at=obj.due_at, assignee_id=obj.assignee_id)
            made = promise_callback(call_log_id=obj.call_log_id, promise=promise, actor=actor)
            obj.pk = made.pk
            return
        if "due_at" in changed:
            move_callback(callback_id=obj.pk, due_at=obj.due_at, text="", actor=actor)
        if "assignee" in changed:
            assign_callback(callback_id=obj.pk, assignee_id=obj.assignee_id, actor=actor)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Files of calls. They are added, downloaded and withdrawn on the page of their call."""

    list_display = ("name", "call_log", "media_type", "byte_size", "added_by_name", "added_at")
    list_filter = ("added_at",)
    list_select_related = ("call_log",)
    search_fields = ("=call_log__id", "name__startswith")
    ordering = ("-pk",)
    exclude = ("organization", "stored_as", "thumbnail_as", "sha256", "comment", "added_by")
