"""The list as a file."""

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callcenter.calls.bulk import picked_of
from callcenter.calls.exporting import Export, begin_export, lines_of
from callcenter.calls.filters import CallLogFilter
from callcenter.core.errors import RuleError
from callcenter.properties.middleware import StaffRequest

from .listing import columns_for


@require_POST
def call_log_export(request: StaffRequest) -> HttpResponseBase:
    """All calls that match the filters in the address, or the picked ones, as CSV."""
    found = CallLogFilter(request.GET, principal=request.principal)
    if not found.is_valid():
        raise RuleError(_("These filters make no sense together: nothing was exported."))
    picked = request.POST.getlist("call")
    parts = found.parts()
    if picked:
        parts = [found.queryset.filter(pk__in=[one.id for one in picked_of(picked)])]
    export = Export(parts, columns_for(request), found.ascends(), request.principal)
    export, record = begin_export(
        export, query=found.query(), picked=len(picked) if picked else None
    )
    name = f"calls-{timezone.now():%Y-%m-%d-%H%M}.csv"
    return StreamingHttpResponse(
        lines_of(export, record),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
