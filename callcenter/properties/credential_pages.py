"""Pages of credentials: who has which, what it was used for, issue one, end one."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from callcenter.accounts.links import absolute
from callcenter.accounts.models import ApiCredential, ApiCredentialQuerySet, Role
from callcenter.core.errors import NotFoundError
from callcenter.core.htmx import render_page
from callcenter.core.paging import page_of

from .credential_forms import CredentialForm
from .credentials import effective_role
from .issuing import revoke_credential as revoke
from .middleware import StaffRequest
from .principals import Principal

PAGE_SIZE = 50
ENDED_SIZE = 20
NEWEST = "/api/calllogs?page=1&pageSize=3"  # what a new credential can be tried with


@dataclass(frozen=True)
class Shown:
    """A credential as a page tells it: what holds now, and the properties that one may see.

    `acts_as` is the role that it has now when that is less than it was issued for (B-41).
    """

    row: ApiCredential
    state: str
    acts_as: str
    places: list[str]
    others: int


@require_GET
def credentials(request: StaffRequest) -> HttpResponse:
    """The credentials that one may see, those in force first, and the form that issues one."""
    return _page(request, CredentialForm(principal=request.principal))


@require_POST
def issue(request: StaffRequest) -> HttpResponse:
    """Issue a credential and show its secret this one time."""
    form = CredentialForm(request.POST, principal=request.principal)
    made = form.issued(request.POST.get("key", ""))
    return _page(request, form) if made is None else secret_page(request, request.principal, *made)


@require_GET
def credential(request: StaffRequest, credential_id: int) -> HttpResponse:
    """One credential, and what it asked in the last seven days."""
    principal = request.principal
    rows = _told(ApiCredential.objects.visible_to(principal).filter(pk=credential_id), principal)
    if not rows:
        raise NotFoundError(_("There is no such credential."))
    asked = rows[0].row.requests.kept()
    context = {
        "shown": rows[0],
        "page": page_of(asked, cursor=request.GET.get("cursor", ""), size=PAGE_SIZE, by="at"),
        "zone": principal.organization.time_zone,
        "asks_to_revoke": "revoke" in request.GET,
    }
    return render_page(request, "properties/credential.html", context, partial="requests")


@require_POST
def revoke_credential(request: StaffRequest, credential_id: int) -> HttpResponse:
    """End a credential."""
    ended = revoke(credential_id=credential_id, principal=request.principal)
    messages.success(request, _("%s does not work any more.") % ended.name)
    return redirect("properties:credentials")


def secret_page(
    request: HttpRequest, principal: Principal, credential_id: int, secret: str
) -> HttpResponse:
    """The page that shows a secret once, or says that it was shown ("")."""
    context = {
        "credential": ApiCredential.objects.visible_to(principal).get(pk=credential_id),
        "secret": secret,
        "call": f'curl -H "Authorization: Bearer {secret}" "{absolute(NEWEST)}"',
    }
    response = render(request, "properties/credential_made.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(request: StaffRequest, form: CredentialForm) -> HttpResponse:
    principal = request.principal
    mine = ApiCredential.objects.visible_to(principal)
    working = _slice(request, mine.in_force(), "cursor", PAGE_SIZE)
    ended = _slice(request, mine.ended(), "ended", ENDED_SIZE)
    context = {
        "lists": [
            ("cursor", working, _tell(working.rows, principal)),
            ("ended", ended, _tell(ended.rows, principal)),
        ],
        "form": form,
        "key": uuid.uuid4(),
        "manages": principal.manages,
        "zone": principal.organization.time_zone,
    }
    return render_page(
        request, "properties/credentials.html", context, partial="credentials", status=form.status
    )


def _slice(request: StaffRequest, rows: ApiCredentialQuerySet, name: str, size: int) -> Any:
    rows = rows.for_list().prefetch_related("property_links__property")
    return page_of(rows, cursor=request.GET.get(name, ""), size=size, by="created_at")


def _told(rows: ApiCredentialQuerySet, principal: Principal) -> list[Shown]:
    rows = rows.for_list().select_related("created_by", "revoked_by")
    return _tell(rows.prefetch_related("property_links__property"), principal)


def _tell(rows: Iterable[ApiCredential], principal: Principal) -> list[Shown]:
    return [Shown(row, _state(row), _acts_as(row), *_places(row, principal)) for row in rows]


def _state(row: ApiCredential) -> str:
    """revoked, expired, asleep (its person is out) or working."""
    if row.revoked_at is not None:
        return "revoked"
    if row.is_expired:
        return "expired"
    return "asleep" if row.owner_role is None else "working"  # type: ignore[attr-defined]


def _acts_as(row: ApiCredential) -> str:
    owners: str | None = row.owner_role  # type: ignore[attr-defined]
    if owners is None or not row.role:
        return ""
    now = effective_role(row.role, owners)
    return "" if now == row.role else str(Role(now).label)


def _places(row: ApiCredential, principal: Principal) -> tuple[list[str], int]:
    """The names of the set that the principal may see, and how many more there are."""
    seen = principal.property_ids
    linked = [link.property for link in row.property_links.all()]
    names = sorted(place.name for place in linked if seen is None or place.pk in seen)
    return names, len(linked) - len(names)
