"""The record of exports in the admin: who took which calls out of the house, to read."""

from typing import Any, override
from urllib.parse import parse_qsl

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from callcenter.properties.scoped_admin import ReadOnlyAdmin

from .models import ExportRecord


class EndFilter(admin.SimpleListFilter):
    """How exports ended."""

    title = _("end")
    parameter_name = "end"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Whole, with another number of rows than were there, or broken off."""
        return [
            ("whole", _("Whole")),
            ("other", _("Calls changed meanwhile")),
            ("broken", _("Broken off")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that ended so."""
        if self.value() == "whole":
            return queryset.filter(written=F("found"))
        if self.value() == "other":
            return queryset.filter(written__isnull=False).exclude(written=F("found"))
        return queryset.filter(written=None) if self.value() == "broken" else queryset


class ExportRecordAdmin(ReadOnlyAdmin):
    """Exports of the list of calls, each in one line: its beginning, and how it ended."""

    list_display = ("at", "user_name", "asked", "columns", "ended")
    list_filter = ("at", EndFilter)
    search_fields = ("user_name", "query", "request_id")
    ordering = ("-at", "-pk")
    fields = ("at", "user_name", "asked", "columns", "ended", "request_id")
    readonly_fields = ("asked", "ended")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The beginnings, with the rows of their ends."""
        begun: QuerySet[Any] = super().get_queryset(request).filter(began=None)
        ended: QuerySet[Any] = begun.annotate(written=F("ends__rows"), found=F("ends__counted"))
        return ended

    @admin.display(description=_("Calls"))
    def asked(self, record: ExportRecord) -> str:
        """The filters, or how many rows were picked by hand."""
        if record.picked is not None:
            return str(_("%(n)d picked rows") % {"n": record.picked})
        filters = parse_qsl(record.query, keep_blank_values=True)
        said = ", ".join(f"{name}: {value}" if value else name for name, value in filters)
        return said or str(_("All calls"))

    @admin.display(description=_("End"))
    def ended(self, record: Any) -> str:
        """How many rows went out, and how many were there then if that is another number."""
        if record.written is None:
            return str(_("Broken off"))
        if record.written == record.found:
            return str(_("%(n)d rows") % {"n": record.written})
        said = _("%(n)d rows, of %(found)d that were there at its end")
        return str(said % {"n": record.written, "found": record.found})
