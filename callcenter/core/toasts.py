"""Toasts: what was done, said for some seconds in a corner, with a button that undoes it.

`toast(request, ...)` in a view is all that is needed. A fragment for htmx gets it appended by
the middleware, a page shows it in its frame (templates/_toasts.html), and what leads elsewhere
hands it on to the next page.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from .errors import RuleError
from .htmx import wants_partial

TOAST = constants.SUCCESS + 1  # a level of messages of its own: other templates leave it alone
SHOWN = 10  # seconds; static/js/toasts.js waits longer while somebody points at it
UNDONE_WITHIN = 15 + 45  # seconds: as long as it is shown, and grace for those who paused it
SALT = "core.toasts.undo"


@dataclass(frozen=True)
class Toast:
    """Words, and the signed token that the Undo button sends; "" for no button."""

    text: str
    undo: str = ""


@dataclass(frozen=True)
class Undoing:
    """What a token asks for: the kind of what was done, its rows, and a key of its own."""

    kind: str
    rows: list[dict[str, Any]]
    key: str


class Person(Protocol):
    """Who did it, and alone may undo it."""

    @property
    def organization_id(self) -> int: ...
    @property
    def user_id(self) -> int | None: ...


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say that something was done; `undo` is a token of `sign_undo`."""
    _waiting(request).append(Toast(text, undo))


def sign_undo(kind: str, rows: list[dict[str, Any]], actor: Person) -> str:
    """A token by which this actor undoes this, for a minute; "" when there is nothing to undo.

    Each row says what it takes to go back: ids, the version after the act, what was before.
    """
    if not rows:
        return ""
    said = [kind, rows, actor.organization_id, actor.user_id, str(uuid.uuid4())]
    return signing.dumps(said, salt=SALT, compress=True)


def read_undo(token: str, actor: Person) -> Undoing:
    """What the token asks for; RuleError when it is too old, or was not given to this actor."""
    try:
        kind, rows, organization_id, user_id, key = signing.loads(
            token, salt=SALT, max_age=UNDONE_WITHIN
        )
    except signing.SignatureExpired as error:
        raise RuleError(_("It is too late to undo this. Change it by hand.")) from error
    except signing.BadSignature as error:
        raise RuleError(_("This cannot be undone from here.")) from error
    if (organization_id, user_id) != (actor.organization_id, actor.user_id):
        raise RuleError(_("This cannot be undone from here."))
    return Undoing(kind, rows, key)


def toasts(request: HttpRequest) -> Iterator[Toast]:
    """Those that this page shows: its own, and what the page before handed on. Each once."""
    for message in _handed_on(request):
        if message.level == TOAST:
            yield Toast(str(message.message), message.extra_tags or "")
    waiting = _waiting(request)
    while waiting:
        yield waiting.pop(0)


def for_pages(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: `toasts` and `notes`, all other messages; read where they are shown."""
    return {
        "toasts": lambda: toasts(request),
        "notes": lambda: [one for one in _handed_on(request) if one.level != TOAST],
    }


class ToastMiddleware:
    """Puts what views said into fragments, or hands it on to the next page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        waiting = _waiting(request)
        if waiting and _is_swapped(request, response):
            context = {"toasts": [waiting.pop(0) for _one in list(waiting)]}
            fragment = render_to_string("_toasts.html#arriving", context, request)
            response.content += fragment.encode()
        for left in waiting:
            messages.add_message(request, TOAST, left.text, extra_tags=left.undo)
        return response


def _waiting(request: HttpRequest) -> list[Toast]:
    """What was said during this request and not shown yet."""
    waiting: list[Toast] = request.__dict__.setdefault("waiting_toasts", [])
    return waiting


def _handed_on(request: HttpRequest) -> list[Message]:
    """The messages of Django for this page; reading none leaves their cookie alone."""
    stored = messages.get_messages(request)
    return list(stored) if len(stored) else []


def _is_swapped(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether htmx takes this answer into the page that is open."""
    leads_away = {"HX-Redirect", "HX-Refresh", "HX-Location", "Location"} & set(response.headers)
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    has_body = not response.streaming and response.status_code not in (204, 304)
    return wants_partial(request) and is_html and has_body and not leads_away
