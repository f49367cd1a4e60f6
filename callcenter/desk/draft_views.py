"""Where static/js/drafts.js keeps what is typed, and asks for what was not saved."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from callcenter.accounts.clock import DRAFT_KEY
from callcenter.calls.drafts import Opened, drafts_for, forget_draft, save_draft
from callcenter.core.errors import RuleError
from callcenter.core.strict_json import NotJsonError, read_json
from callcenter.core.templatetags.times import zone_named
from callcenter.properties.middleware import StaffRequest, zone_of

MOST_FORMS = 10  # on one page
DEEPEST = 4


@require_GET
def drafts(request: StaffRequest) -> JsonResponse:
    """The drafts of the forms that `for` names, and the login's key for unsent words.

    Nothing is stored by anybody: the key must die with the login (B-24).
    """
    keys = request.GET.getlist("for")[:MOST_FORMS]
    kept = {
        draft.key: {
            "data": draft.data,
            "displaced": draft.displaced,
            "revision": draft.revision,
            "saved": _clock(request, draft.updated_at),
        }
        for draft in drafts_for(keys, request.principal)
    }
    return _answer({"key": request.session.get(DRAFT_KEY, ""), "drafts": kept})


@require_http_methods(["PUT", "DELETE"])
def draft(request: StaffRequest, key: str) -> HttpResponse:
    """Keep a form's words (PUT, JSON), or discard the draft that was shown (DELETE)."""
    try:
        if request.method == "DELETE":
            return _discard(request, key)
        return _keep(request, key)
    except RuleError as error:
        return _answer({"error": str(error)}, status=error.http_status)


def _keep(request: StaffRequest, key: str) -> JsonResponse:
    said = _body(request)
    seq, moved_from = said.get("seq"), said.get("moved_from", "")
    if type(seq) is not int or not 0 <= seq < 2**63 or not isinstance(moved_from, str):
        raise RuleError(_("This is no form that can be kept."))
    kept = save_draft(
        key=key,
        opened=_opened(said.get("opened")),
        seq=seq,
        entries=said.get("data"),
        actor=request.principal,
        moved_from=moved_from,
        settles=said.get("settles") is True,
    )
    answer = {
        "revision": kept.revision,
        "saved": _clock(request, kept.saved_at),
        "displaced": kept.displaced,
        "over": kept.is_over,
    }
    return _answer(answer)


def _discard(request: StaffRequest, key: str) -> HttpResponse:
    opened = _opened(request.GET.get("opened"))
    forget_draft(key=key, opened=opened, actor=request.principal)
    return _answer({"over": True})


def _opened(said: Any) -> Opened:
    opened = Opened.read(said) if isinstance(said, str) else None
    if opened is None:
        raise RuleError(_("This is no form that can be kept."))
    return opened


def _body(request: StaffRequest) -> dict[str, Any]:
    """The members of the JSON object that was sent; RuleError for anything else (B-18)."""
    try:
        said = read_json(request.body, max_depth=DEEPEST)
    except NotJsonError as error:
        raise RuleError(_("This is no form that can be kept.")) from error
    if not isinstance(said, dict):
        raise RuleError(_("This is no form that can be kept."))
    return said


def _clock(request: StaffRequest, moment: Any) -> str:
    """The time of day on the clock of the person, with seconds."""
    return date_format(timezone.localtime(moment, zone_named(zone_of(request))), "H:i:s")


def _answer(members: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(members, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
