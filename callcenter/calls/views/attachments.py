"""Files of calls: taken in by a form, handed out as downloads and never shown (C05)."""

from typing import Any

import structlog
from django.conf import settings
from django.http import FileResponse, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from callcenter.accounts.idempotency import once
from callcenter.calls.attaching import attach_files, discard, opened, receive
from callcenter.calls.content import Content
from callcenter.calls.models import Attachment
from callcenter.calls.thumbnails import MEDIA_TYPE
from callcenter.core.connections import let_connection_go
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.uploads import takes_files
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .log import show_act, visible_call

# As everywhere, and whatever a browser makes of the file may do nothing at all.
SANDBOX: dict[str, Any] = {**settings.SECURE_CSP, "sandbox": True}
logger = structlog.get_logger(__name__)


@takes_files(lambda: int(settings.ATTACHMENT_BYTES_PER_CALL))
@require_POST
def call_log_attach(request: StaffRequest, pk: int) -> HttpResponse:
    """Attach the files of the form, all or none; attachments.js sends them one by one."""
    visible_call(request.principal, pk)
    error: RuleError | None = None
    done = ""
    try:
        n = _attach_once(request, pk)
        done = ngettext("%(n)d file attached.", "%(n)d files attached.", n) % {"n": n}
    except NotFoundError:
        raise
    except RuleError as refused:
        error = refused
    if request.headers.get("Accept") == "application/json":
        said = {"done": done} if error is None else {"error": str(error)}
        response = JsonResponse(said, status=200 if error is None else error.http_status)
        response.headers["Cache-Control"] = "private, no-store"
        return response
    return show_act(request, pk, "attach", done=done, error=error)


def _attach_once(request: StaffRequest, pk: int) -> int:
    """How many files this form attached, now or when it was sent before (B-46)."""
    received = []
    kept: set[str] = set()
    try:
        for upload in request.FILES.getlist("files"):
            received.append(receive(upload))  # noqa: PERF401 (those before a refused one count)

        def effect() -> dict[str, Any]:
            rows = attach_files(call_log_id=pk, files=received, actor=request.principal)
            return {"stored": [row.stored_as for row in rows]}

        answer = once(
            actor=request.principal,
            endpoint=f"calls:attach:{pk}",
            key=request.POST.get("key", ""),
            body=[(file.name, file.stored.sha256.hex()) for file in received],
            effect=effect,
        )
        kept = set(answer["stored"])
    finally:
        discard(file for file in received if file.stored.name not in kept)
    return len(kept)


@require_safe
@csp_override(SANDBOX)
def attachment_file(request: StaffRequest, pk: int) -> FileResponse:
    """The file itself, as a download under a name whose ending says what is in it."""
    row = _visible(request.principal, pk)
    name = Content(row.media_type).name_for(row.name)
    return _handed_out(row.stored_as, row.media_type, filename=name, as_attachment=True)


@require_safe
@csp_override(SANDBOX)
def attachment_thumbnail(request: StaffRequest, pk: int) -> FileResponse:
    """The small picture that was painted of a picture."""
    row = _visible(request.principal, pk)
    if not row.thumbnail_as:
        raise NotFoundError(_("There is no such file."))
    return _handed_out(row.thumbnail_as, MEDIA_TYPE, filename="thumbnail.jpg", as_attachment=False)


def _visible(principal: Principal, pk: int) -> Attachment:
    """The attachment; NotFoundError when it is absent or not for these eyes (B-07)."""
    row = Attachment.objects.visible_to(principal).filter(pk=pk).first()
    if row is None:
        raise NotFoundError(_("There is no such file."))
    return row


def _handed_out(stored_as: str, media_type: str, **options: Any) -> FileResponse:
    """A streamed answer that no cache keeps and during which no database connection waits."""
    try:
        file = opened(stored_as)
    except FileNotFoundError:
        logger.error("attachment_is_gone", stored_as=stored_as)
        raise NotFoundError(_("There is no such file.")) from None
    let_connection_go()
    response = FileResponse(file, content_type=media_type, **options)
    response.headers["Cache-Control"] = "private, no-store"
    return response
