"""Error pages: say what happened to the text that was typed, and nothing of the inside (B-59).

For htmx each is a short notice that is shown above the page while the form stays as it is.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from .errors import RuleError

KEPT_FIELDS = ("subject", "notes", "text", "comment", "call_from", "reason_text")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: not even the host or the form could be read, so the page uses neither."""
    page = render_to_string("400.html", {"request_id": request_id()})
    return HttpResponse(page, status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the place may be seen, but this may not be done there."""
    words = _("Your role does not include this. An owner of your organisation can change that.")
    return _answer(request, 403, _("Not allowed"), words)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: absent, or not for these eyes; the two look the same (B-07)."""
    words = _("There is nothing at this address, or it is not among what you may see.")
    return _answer(request, 404, _("Not found"), words)


def refusal(request: HttpRequest, error: RuleError) -> HttpResponse:
    """A refusal that no view placed beside a field, as a page of its own."""
    if error.http_status == HTTPStatus.NOT_FOUND:
        return page_not_found(request, error)
    return _answer(request, error.http_status, _("Not done"), str(error), template="refusal.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was made for another session, most often before signing in again.

    A page that asks through htmx is given a token for the session of now, so that the same press
    works the second time; a foreign page cannot read it.
    """
    words = _("This form was opened before you signed in, or has grown too old. Open it again.")
    if is_htmx(request):
        words = _("You signed in after this form was opened. It is renewed: send it once more.")
    title = _("This form is out of date")
    return _answer(request, 403, title, words, template="403_csrf.html", renews=True)


def page_of_another(request: HttpRequest) -> HttpResponse:
    """409: the page was made for another login, and its words must not become this one's."""
    words = _("Somebody else, or another organisation, is open in this browser now. Reload it.")
    return _answer(request, 409, _("This page is not yours any more"), words)


def _answer(
    request: HttpRequest,
    status: int,
    title: str,
    words: str,
    *,
    template: str = "",
    renews: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {"title": title, "words": words, "request_id": request_id()}
    if is_htmx(request):
        context["token"] = get_token(request) if renews else ""
        response = render(request, "_flash.html", context, status=status)
    else:
        context["kept"] = kept_texts(request)
        response = render(request, template or f"{status}.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    response.headers["Cache-Control"] = "private, no-store"
    return response


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for; errors come before django-htmx has looked."""
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers


def request_id() -> str:
    """The id under which the log knows this request; empty when it got none."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def kept_texts(request: HttpRequest) -> list[str]:
    """What the person typed into a text field, so that it can be copied from the error page.

    Only what a page of ours sent: a foreign page must not put its words on ours.
    """
    origin = request.headers.get("Origin", "")
    if request.method != "POST" or urlsplit(origin).netloc != request.get_host():
        return []
    try:
        sent: Any = request.POST
    except (RawPostDataException, UnreadablePostError):
        return []
    return [sent[name] for name in KEPT_FIELDS if sent.get(name, "").strip()]
