"""Puts the principal on every request: resolved once, asked again on the next one (B-06)."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from structlog.contextvars import get_contextvars

from callcenter.accounts.models import Membership, Role, User
from callcenter.core.error_pages import page_of_another

from .access import active_memberships, principal_of
from .principals import Principal

ORGANIZATION_KEY = "organization_id"
OPEN_TO_ALL = ("account_", "mfa_")  # names of the pages where one signs in, out and sets factors


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in and belongs to an organisation."""

    user: User
    principal: Principal


def zone_of(request: StaffRequest) -> str:
    """The time zone on whose clock the person reads: their own, else the organisation's."""
    return request.user.time_zone or request.principal.organization.time_zone


def chosen(memberships: list[Membership], organization_id: int | None) -> Membership | None:
    """The membership of the wished organisation, else the oldest, else none."""
    wished = (row for row in memberships if row.organization_id == organization_id)
    return next(wished, memberships[0] if memberships else None)


def resolve_principal(request: Any) -> None:
    """Set `request.principal`: that of the active membership, or None for everybody else."""
    request.principal = None
    user = request.user
    if not isinstance(user, User) and not user.is_authenticated:
        return
    memberships = user.memberships_now
    if memberships is None:
        memberships = active_memberships(user.pk)
    user.active_membership = chosen(memberships, request.session.get(ORGANIZATION_KEY))
    if user.active_membership is not None:
        request_id = str(get_contextvars().get("request_id") or uuid.uuid4())
        request.principal = principal_of(user.active_membership, request_id=request_id)


class PrincipalMiddleware:
    """Resolves the principal for the views behind it; their pages stay out of caches (C35)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        resolve_principal(request)
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def lacks_factor(user: User) -> bool:
    """Whether the person must first set up a second factor: owners and admins must (B-38)."""
    active = user.active_membership
    if not settings.REQUIRE_MFA or active is None:
        return False
    has_factor: bool = active.has_second_factor  # type: ignore[attr-defined]
    return active.role in (Role.OWNER, Role.ADMIN) and not has_factor


class ThresholdMiddleware(MiddlewareMixin):
    """Between signing in and every page: nobody without an organisation, no bare password
    where a second factor is asked for. The admin site and fragments are no exception.
    """

    def process_view(
        self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        """Lead elsewhere, or let the view answer."""
        if not isinstance(request.user, User) or not getattr(view_func, "login_required", True):
            return None
        if not _is_own_page(request):
            return page_of_another(request)
        if (request.resolver_match.url_name or "").startswith(OPEN_TO_ALL):
            return None
        if request.principal is None:
            return render(request, "properties/no_organization.html", status=403)
        if lacks_factor(request.user):
            return _to_factors(request)
        return None


def _is_own_page(request: Any) -> bool:
    """Whether the page that asks was made for this person and organisation, if it says so.

    A page stays open while somebody else signs in, or while its person changes the organisation:
    what was typed into it must not be taken for words of the other (B-42).
    """
    said = request.headers.get("X-Page-Of")
    principal = request.principal
    return not (said and principal) or said == f"{principal.user_id}.{principal.organization_id}"


def _to_factors(request: HttpRequest) -> HttpResponse:
    url = reverse("mfa_index") + "?needed=1"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=403, headers={"HX-Redirect": url})
    return redirect(url)
