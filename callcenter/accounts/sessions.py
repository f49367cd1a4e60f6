"""How long a login lasts, and what everybody else is answered (B-33, B-42)."""

import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from .clock import SEEN_AT, SIGNED_IN_AT

# names of addresses that say something to whoever is not signed in any more
ANSWER_WITHOUT_LOGIN = (
    *("account_login", "account_logout"),
    *("properties:session", "properties:unlock"),
)
WRITE_EVERY = 60  # seconds between two writes of SEEN_AT


def is_background(request: HttpRequest) -> bool:
    """Whether the page asks by itself (polls, streams): that keeps no login alive."""
    return request.headers.get("X-Background") == "1"


def ended(request: HttpRequest) -> str:
    """Why the login of this request is over: "idle", "shift" or "" when it is not.

    A session without its clock was not made by a login and is over as well.
    """
    now = time.time()
    if now - request.session.get(SIGNED_IN_AT, 0) >= settings.SESSION_ABSOLUTE.total_seconds():
        return "shift"
    if now - request.session.get(SEEN_AT, 0) >= settings.SESSION_IDLE.total_seconds():
        return "idle"
    return ""


def page_to_return_to(request: HttpRequest) -> str:
    """Where to go after signing in: the page that is shown, as a path of this site (B-27)."""
    shown = request.get_full_path()
    if request.headers.get("HX-Request") == "true":
        shown = _own_path(request, request.headers.get("HX-Current-URL", ""))
    elif request.method not in ("GET", "HEAD"):
        shown = _own_path(request, request.headers.get("Referer", ""))
    return shown


def _own_path(request: HttpRequest, url: str) -> str:
    parts = urlsplit(url)
    if parts.netloc != request.get_host() or not parts.path.startswith("/"):
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def to_sign_in(request: HttpRequest, why: str = "") -> HttpResponse:
    """Lead to the login page. htmx is told to leave the page: a fragment never holds a login.

    A request that the page made by itself only learns 401, so that nothing typed is lost.
    """
    query = {"next": page_to_return_to(request)} | ({"ended": why} if why else {})
    url = f"{reverse('account_login')}?{urlencode(query)}"
    if request.headers.get("HX-Request") != "true" and not is_background(request):
        return HttpResponseRedirect(url)
    response = HttpResponse(_("You are signed out."), status=401, content_type="text/plain")
    response.headers["Cache-Control"] = "private, no-store"
    if not is_background(request):
        response.headers["HX-Redirect"] = url
    return response


def seconds_left(request: HttpRequest) -> int:
    """How long this login lasts if nothing more is typed, in seconds."""
    now = time.time()
    idle = request.session.get(SEEN_AT, 0) + settings.SESSION_IDLE.total_seconds()
    shift = request.session.get(SIGNED_IN_AT, 0) + settings.SESSION_ABSOLUTE.total_seconds()
    return max(0, int(min(idle, shift) - now))


class SessionLimitsMiddleware(MiddlewareMixin):
    """Ends logins that are idle or too old; real input moves the idle limit."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Sign out and lead to the login page when a limit is passed."""
        if not request.user.is_authenticated:
            return None
        why = ended(request)
        if why:
            return self._end(request, why)
        now = int(time.time())
        if not is_background(request) and now - request.session[SEEN_AT] >= WRITE_EVERY:
            request.session[SEEN_AT] = now
        return None

    def _end(self, request: HttpRequest, why: str) -> HttpResponse | None:
        logout(request)
        answers_anyway = request.path in map(reverse, ANSWER_WITHOUT_LOGIN)
        return None if answers_anyway else to_sign_in(request, why)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Closed by default; as Django's, but htmx never gets a login page to swap in."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        """Lead to the login page in the way that the asker can follow."""
        return to_sign_in(request)
