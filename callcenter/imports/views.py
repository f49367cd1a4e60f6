"""Pages of imports: send a file, watch it being taken in, see what was refused and why."""

import uuid
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from callcenter.accounts.idempotency import once
from callcenter.core.errors import RuleError
from callcenter.core.htmx import render_page
from callcenter.core.paging import page_of
from callcenter.core.uploads import takes_files
from callcenter.properties.middleware import StaffRequest

from . import actions, files
from .forms import FORMS, UploadForm
from .models import RUNNING, ImportLine, ImportRun, RunState
from .rejections import error_file, rejected_page

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE_SIZE = 25
KEPT_SHOWN = 20


def managers_only[R: HttpResponseBase](view: "Callable[..., R]") -> "Callable[..., R]":
    """403 for everybody who does not import: members, and people without an organisation."""

    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> R:
        if request.principal is None or not request.principal.may("imports.view_importrun"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@takes_files(lambda: int(settings.IMPORT_MAX_BYTES))
@require_http_methods(["GET", "POST"])
@managers_only
def import_list(request: StaffRequest) -> HttpResponse:
    """The runs, newest first, and a form for each kind of file."""
    if request.method == "POST":
        return _sent(request)
    return _list_page(request, _forms(request), uuid.uuid4())


def _sent(request: StaffRequest) -> HttpResponse:
    kind = request.POST.get("kind", "")
    forms = _forms(request)
    form_class = FORMS.get(kind)
    if form_class is None:
        raise PermissionDenied
    form = form_class(request.POST, request.FILES, principal=request.principal)
    forms[kind] = form
    if form.is_valid():
        try:
            return redirect("imports:detail", pk=_start(request, form))
        except RuleError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return _list_page(request, forms, request.POST.get("key", ""), status=422)


def _start(request: StaffRequest, form: UploadForm) -> int:
    """The run of this file: a new one, or that of the same form sent before (B-46)."""
    upload, principal = form.cleaned_data["file"], request.principal
    stored = files.store(upload)
    source = actions.NamedSource(form.cleaned_data["source"], form.kind)

    def effect() -> dict[str, Any]:
        run = actions.start_run(
            stored=stored,
            file_name=upload.name,
            source=source,
            options=form.options,
            actor=principal,
        )
        return {"run": run.pk, "stored": stored.name}

    body = {"kind": form.kind, "source": source.name, "sha256": stored.sha256.hex()}
    kept = ""
    try:
        answer = once(
            actor=principal,
            endpoint="imports:list",
            key=request.POST.get("key", ""),
            body=body | form.options,
            effect=effect,
        )
        kept = answer["stored"]
    finally:
        if kept != stored.name:
            files.remove(stored.name)
    return int(answer["run"])


def _forms(request: StaffRequest) -> dict[str, UploadForm]:
    return {kind: form(principal=request.principal) for kind, form in FORMS.items()}


def _list_page(
    request: StaffRequest, forms: dict[str, UploadForm], key: Any, status: int = 200
) -> HttpResponse:
    runs = ImportRun.objects.visible_to(request.principal)
    related = runs.select_related("source", "requested_by")
    cursor = request.GET.get("cursor", "")
    context = {
        "forms": list(forms.values()),
        "key": key,
        "zone": request.principal.organization.time_zone,
        "page": page_of(related, cursor=cursor, size=PAGE_SIZE, by="created_at"),
    }
    return render_page(request, "imports/list.html", context, partial="runs", status=status)


@require_GET
@managers_only
def import_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One run: how far it is, where every line ended, what was refused."""
    return _run_page(request, pk, partial="run")


@require_GET
@managers_only
def import_rejected(request: StaffRequest, pk: int) -> HttpResponse:
    """The same page, further down its refused lines."""
    return _run_page(request, pk, partial="rejected")


def _run_page(
    request: StaffRequest, pk: int, *, partial: str, status: int = 200, error: str = ""
) -> HttpResponse:
    run = _run(request, pk)
    after = request.GET.get("after", "")
    number = int(after) if after.isdecimal() and len(after) < 10 else 0
    lines, following = rejected_page(run, request.principal, number)
    ended = run.created + run.updated + run.unchanged + run.rejected + run.duplicate
    kept = ImportLine.objects.visible_to(request.principal).filter(run=run)
    context = {
        "run": run,
        "is_open": run.state in (RunState.PENDING, *RUNNING),
        "ended": ended,
        "waiting": max(run.lines_read - ended, 0),
        "after": number,
        "rejections": lines,
        "following": following,
        "kept": kept.exclude(kept_fields=[]).order_by("number")[:KEPT_SHOWN]
        if run.kept_edits
        else [],
        "key": uuid.uuid4(),
        "error": error,
        "zone": request.principal.organization.time_zone,
    }
    return render_page(request, "imports/detail.html", context, partial=partial, status=status)


def _run(request: StaffRequest, pk: int) -> ImportRun:
    runs = ImportRun.objects.visible_to(request.principal)
    return get_object_or_404(runs.select_related("source", "requested_by"), pk=pk)


@require_GET
@managers_only
def import_errors(request: StaffRequest, pk: int) -> StreamingHttpResponse:
    """The refused lines as a CSV file."""
    run = _run(request, pk)
    rows = error_file(run, request.principal)
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="rejected-{run.pk}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@managers_only
def import_continue(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a parked run go on with the rights of whoever presses."""
    _run(request, pk)

    def effect() -> dict[str, Any]:
        actions.continue_run(run_id=pk, actor=request.principal)
        return {}

    try:
        once(
            actor=request.principal,
            endpoint="imports:continue",
            key=request.POST.get("key", ""),
            body={"run": pk},
            effect=effect,
        )
    except RuleError as error:
        return _run_page(request, pk, partial="run", status=error.http_status, error=str(error))
    return redirect("imports:detail", pk=pk)
