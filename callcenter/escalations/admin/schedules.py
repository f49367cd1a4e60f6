"""Rotas in the admin: the week as a whole, and the days that differ from it."""

import uuid
from datetime import datetime
from typing import Any, override

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from callcenter.escalations.models import Schedule, ScheduleOverride, ScheduleTurn
from callcenter.escalations.schedules import (
    NewTurn,
    add_override,
    change_schedule,
    create_schedule,
    set_week,
    withdraw_override,
    withdraw_schedule,
)
from callcenter.properties.asking_admin import may
from callcenter.properties.principals import Principal

from .acting import ActingAdmin, ActingFormSet, ActingInline


class WeekFormSet(ActingFormSet):
    """The turns of a week, which are set together."""

    @override
    def act(self, pk: uuid.UUID, parent: Any, actor: Principal) -> None:
        """Set the week that the forms show, when they show another one than before."""
        if not self.has_changed():
            return
        shown = [form for form in self.initial_forms if form not in self.deleted_forms]
        turns = [form.cleaned_data for form in shown] + self.added
        set_week(
            schedule_id=pk,
            turns=[
                NewTurn(
                    turn["weekday"],
                    turn["starts_at"],
                    turn["responder"].pk if turn["responder"] else None,
                )
                for turn in turns
            ],
            # a change of the name has compared the version already, and made it one higher
            seen_version=None if parent.said else parent.seen,
            actor=actor,
        )


class OverrideFormSet(ActingFormSet):
    """The days that differ: given and withdrawn."""

    @override
    def act(self, pk: uuid.UUID, parent: Any, actor: Principal) -> None:
        for override_id in self.gone:
            withdraw_override(override_id=override_id, actor=actor)
        for said in self.added:
            add_override(
                schedule_id=pk,
                starts=datetime.combine(said["starts_on"], said["starts_at"]),
                ends=datetime.combine(said["ends_on"], said["ends_at"]),
                responder_id=said["responder"].pk if said["responder"] else None,
                note=said["note"],
                actor=actor,
            )


class PartOfSchedule(ActingInline):
    """Who changes a schedule changes its parts."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As of the schedule."""
        return may(request, "view", Schedule._meta)  # noqa: SLF001 (Django's name)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As of the schedule."""
        return may(request, "change", Schedule._meta)  # noqa: SLF001

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As of the schedule."""
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As of the schedule."""
        return self.has_add_permission(request, obj)


class TurnInline(PartOfSchedule):
    """The week that repeats: each turn lasts until the next one begins."""

    model = ScheduleTurn
    formset = WeekFormSet
    fields = ("weekday", "starts_at", "responder")
    ordering = ("weekday", "starts_at")


class OverrideInline(PartOfSchedule):
    """Given or withdrawn, never changed: the newest counts."""

    model = ScheduleOverride
    formset = OverrideFormSet
    fields = ("starts_on", "starts_at", "ends_on", "ends_at", "responder", "note")
    ordering = ("-ends_on", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the name of who is on call."""
        return super().get_queryset(request).select_related("responder")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False


@admin.register(Schedule)
class ScheduleAdmin(ActingAdmin):
    """Rotas, on the wall clock of whatever place asks."""

    list_display = ("name", "description", "created_at", "updated_at")
    list_filter = ("created_at",)
    search_fields = ("name", "description")
    ordering = ("name", "pk")
    fields = ("name", "description", "seen_version", "id", "version", "created_at", "updated_at")
    readonly_fields = ("id", "version", "created_at", "updated_at")
    inlines = (TurnInline, OverrideInline)
    withdrawing = _("No rule can ring by it any more.")

    @override
    def create(self, form: Any, actor: Principal) -> Schedule:
        return create_schedule(fields=form.said, actor=actor)

    @override
    def change(self, pk: uuid.UUID, form: Any, actor: Principal) -> None:
        if form.said:
            change_schedule(schedule_id=pk, fields=form.said, seen_version=form.seen, actor=actor)

    @override
    def withdraw_one(self, pk: uuid.UUID, reason: str, actor: Principal) -> None:
        withdraw_schedule(schedule_id=pk, actor=actor)
