"""Building events in the admin, to read."""

from callcenter.properties.scoped_admin import ReadOnlyAdmin


class BuildingEventAdmin(ReadOnlyAdmin):
    """Building events. They are opened, told and ended on their page."""

    list_display = ("title", "property", "reason", "opened_at", "closed_at", "opened_by_name")
    list_filter = ("opened_at", "closed_at")
    list_select_related = ("property", "reason")
    search_fields = ("title",)
    ordering = ("-pk",)
    exclude = ("organization",)
