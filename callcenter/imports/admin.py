"""Sources, runs and lines of imports in the admin: runs and lines are only shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from callcenter.properties.scoped_admin import ReadOnlyAdmin, ScopedAdmin, ScopedRelatedFilter

from .models import ImportLine, ImportRun, ImportSource


@admin.register(ImportSource)
class ImportSourceAdmin(ScopedAdmin):
    """Systems that rows come from. The key is written into rows, so it stays."""

    list_display = ("name", "key", "kind", "time_zone", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "key")
    ordering = ("name", "pk")
    fields = ("name", "key", "kind", "time_zone", "options", "is_active", "created_at")
    readonly_fields = ("created_at",)

    def get_readonly_fields(self, request: HttpRequest, obj: ImportSource | None = None) -> Any:
        """Key and kind, too, once the source is there."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None else (*fixed, "key", "kind")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """What was taken in. New runs begin on the page for imports."""

    list_display = (
        "id",
        "source",
        "file_name",
        "state",
        "lines_read",
        "rejected",
        "requested_by",
        "created_at",
    )
    list_filter = ("state", ("source", ScopedRelatedFilter))
    list_select_related = ("source", "requested_by")
    search_fields = ("=id", "file_name")
    ordering = ("-pk",)
    exclude = ("organization", "stored_as", "sha256", "checkpoint", "leased_until")


@admin.register(ImportLine)
class ImportLineAdmin(ReadOnlyAdmin):
    """What became of each line."""

    list_display = ("number", "run", "outcome", "natural_key", "reason")
    list_filter = ("outcome",)
    list_select_related = ("run",)
    search_fields = ("=number", "natural_key__startswith")
    ordering = ("-run", "number")
    exclude = ("organization", "row_hash")
