"""Where static/js/attachments.js brings the files of a call that is not saved yet."""

from typing import Any

from django.conf import settings
from django.http import JsonResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from callcenter.accounts.idempotency import once
from callcenter.calls.attaching import discard, receive
from callcenter.calls.models import WaitingFile
from callcenter.calls.waiting import forget_waiting, keep_waiting
from callcenter.core.errors import RuleError
from callcenter.core.uploads import takes_files
from callcenter.properties.middleware import StaffRequest

MOST = 100  # files that one form asks for


@takes_files(lambda: int(settings.ATTACHMENT_MAX_BYTES))
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: StaffRequest) -> JsonResponse:
    """Take in one file (POST), or tell which of those that `token` names still wait."""
    if request.method != "POST":
        tokens = request.GET.getlist("token")[:MOST]
        mine = WaitingFile.objects.visible_to(request.principal).filter(stored_as__in=tokens)
        return _answer({"files": [_said(row) for row in mine]})
    try:
        return _answer(_kept_once(request))
    except RuleError as error:
        return _answer({"error": str(error)}, status=error.http_status)


@require_http_methods(["DELETE"])
def file(request: StaffRequest, token: str) -> JsonResponse:
    """Forget a file that was added by mistake."""
    forget_waiting(token=token, actor=request.principal)
    return _answer({"done": _("Removed.")})


def _kept_once(request: StaffRequest) -> dict[str, Any]:
    """What the page is told of the file, the same when it was sent before (B-46)."""
    upload = request.FILES.get("files")
    if upload is None:
        raise RuleError(_("Choose a file first."), field="files")
    received = receive(upload)
    kept = ""

    def effect() -> dict[str, Any]:
        row = keep_waiting(file=received, actor=request.principal)
        return _said(row) | {"done": _("Kept for this call.")}

    try:
        answer = once(
            actor=request.principal,
            endpoint="desk:files",
            key=request.POST.get("key", ""),
            body=[received.name, received.stored.sha256.hex()],
            effect=effect,
        )
        kept = answer["token"]
    finally:
        if kept != received.stored.name:
            discard([received])
    return answer


def _said(row: WaitingFile) -> dict[str, Any]:
    size = filesizeformat(row.byte_size)
    return {"token": row.stored_as, "name": row.name, "size": size}


def _answer(members: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(members, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
