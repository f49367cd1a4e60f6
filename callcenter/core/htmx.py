"""The one decision between a full page and the part that htmx swaps in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that went through django-htmx's middleware."""

    htmx: HtmxDetails


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx will swap the answer into the page; boosted and history requests get all."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def swaps(request: HttpRequest, target: str) -> bool:
    """Whether htmx will put the answer in the place of the element with this id."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return wants_partial(request) and htmx.target == target


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    partial: str,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only its `partial` when htmx will swap it in (B-26)."""
    name = f"{template}#{partial}" if wants_partial(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    response.headers["Cache-Control"] = "private, no-store"
    return response
