"""Puts the principal on every request: resolved once, asked again on the next one (B-06)."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import get_contextvars

from callcenter.accounts.models import Membership, User

from .access import active_memberships, principal_of
from .principals import Principal

ORGANIZATION_KEY = "organization_id"


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in and belongs to an organisation."""

    user: User
    principal: Principal


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
    """Resolves the principal for the views behind it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        resolve_principal(request)
        return self.get_response(request)
