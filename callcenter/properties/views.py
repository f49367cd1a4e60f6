"""People of an organisation: who they are, what they may, and how they come and go."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from callcenter.accounts.actions import mail_text
from callcenter.accounts.idempotency import once
from callcenter.accounts.links import absolute
from callcenter.accounts.models import Membership, OneTimeLink, OneTimeLinkKind, Role
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import render_page
from callcenter.core.mail import mail_is_configured

from .access import active_memberships
from .actions import change_membership, make_reset_link, manageable_roles, set_active
from .forms import InviteForm, RightsForm
from .invitations import invite as make_invitation
from .invitations import revoke_invitation
from .middleware import ORGANIZATION_KEY, StaffRequest
from .models import Property
from .principals import Principal

type Made = tuple[OneTimeLink, str]


def require_manager(principal: Principal) -> None:
    """PermissionDenied for members: people are the concern of owners and admins."""
    if not principal.may("accounts.change_membership"):
        raise PermissionDenied


@require_GET
def members(request: StaffRequest) -> HttpResponse:
    """Everybody of the organisation, the open invitations, and the form that invites."""
    require_manager(request.principal)
    return _members_page(request, InviteForm(principal=request.principal))


def _members_page(request: StaffRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    principal = request.principal
    people = Membership.objects.visible_to(principal).for_list()
    open_links = OneTimeLink.objects.visible_to(principal).open().order_by("email", "pk")
    context = {
        "people": people.prefetch_related("property_links__property"),
        "invitations": open_links.filter(kind=OneTimeLinkKind.INVITATION),
        "manageable": manageable_roles(principal),
        "form": form,
        "key": uuid.uuid4(),
    }
    return render_page(
        request, "properties/members.html", context, partial="members", status=status
    )


@require_POST
def invite(request: StaffRequest) -> HttpResponse:
    """Invite somebody; the link goes by mail, or is shown once to be handed over."""
    require_manager(request.principal)
    form = InviteForm(request.POST, principal=request.principal)
    if not form.is_valid():
        return _members_page(request, form, status=422)
    fields = {
        "email": form.cleaned_data["email"],
        "role": form.cleaned_data["role"],
        "property_ids": sorted(form.cleaned_data["properties"]),
    }
    try:
        token = _made_once(
            request,
            "invite",
            fields,
            lambda: make_invitation(principal=request.principal, **fields),
        )
    except RuleError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _members_page(request, form, status=refusal.http_status)
    path = reverse("properties:invitation", args=[token]) if token else ""
    return _hand_over(request, email=fields["email"], path=path, is_invitation=True)


def _made_once(request: StaffRequest, endpoint: str, body: Any, make: Callable[[], Made]) -> str:
    """The token of the link that `make` makes; "" when the form had its effect before.

    The stored answer holds no token: only a digest of it may be kept.
    """
    made: list[Made] = []

    def effect() -> dict[str, Any]:
        made.append(make())
        return {"link": made[-1][0].pk}

    key = request.POST.get("key", "")
    answer = once(actor=request.principal, endpoint=endpoint, key=key, body=body, effect=effect)
    return next((token for link, token in made if link.pk == answer["link"]), "")


def _hand_over(
    request: StaffRequest, *, email: str, path: str, is_invitation: bool
) -> HttpResponse:
    """Mail the link, or show it this one time."""
    if mail_is_configured():
        text = _(
            "%(who)s invites you to the call desk of %(organization)s.\n\n%(url)s\n\n"
            "The link works once and for a week."
        ) % {
            "who": request.principal.user_name,
            "organization": request.principal.organization.name,
            "url": absolute(path),
        }
        subject = _("Your invitation to callcenter")
        if not path or mail_text(to=email, subject=subject, text=text):
            messages.success(request, _("An invitation is on its way to %s.") % email)
        else:
            messages.error(request, _("The mail to %s could not be sent. Try again.") % email)
        return redirect("properties:members")
    context = {
        "email": email,
        "url": absolute(path) if path else "",
        "is_invitation": is_invitation,
    }
    response = render(request, "properties/link_made.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def revoke(request: StaffRequest, link_id: int) -> HttpResponse:
    """Take an invitation back."""
    require_manager(request.principal)
    revoke_invitation(link_id=link_id, principal=request.principal)
    messages.success(request, _("The invitation does not work any more."))
    return redirect("properties:members")


def _visible(request: StaffRequest, membership_id: int) -> Membership:
    rows = Membership.objects.visible_to(request.principal).select_related("user")
    found = rows.filter(pk=membership_id).first()
    if found is None:
        raise NotFoundError(_("This person is not among yours."))
    return found


@require_http_methods(["GET", "POST"])
def member(request: StaffRequest, membership_id: int) -> HttpResponse:
    """One person's role and properties; a member gets 403, a stranger's id is 404."""
    require_manager(request.principal)
    membership = _visible(request, membership_id)
    linked = membership.property_links.values_list("property_id", flat=True)
    initial = {"role": membership.role, "properties": list(linked)}
    data = request.POST if request.method == "POST" else None
    form = RightsForm(data, principal=request.principal, initial=initial)
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                _change(request, membership, form)
                messages.success(request, _("Saved. It counts from the next click on."))
                return redirect("properties:member", membership.pk)
            status = 422
        except RuleError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            status = refusal.http_status
    return render_page(
        request,
        "properties/member.html",
        _member_context(request, membership, form),
        partial="member",
        status=status,
    )


def _change(request: StaffRequest, membership: Membership, form: RightsForm) -> None:
    fields = {
        "membership_id": membership.pk,
        "role": form.cleaned_data["role"],
        "property_ids": sorted(form.cleaned_data["properties"]),
    }

    def effect() -> dict[str, Any]:
        change_membership(principal=request.principal, **fields)
        return {}

    key = request.POST.get("key", "")
    once(actor=request.principal, endpoint="member", key=key, body=fields, effect=effect)


def _member_context(
    request: StaffRequest, membership: Membership, form: RightsForm
) -> dict[str, Any]:
    principal = request.principal
    return {
        "membership": membership,
        "form": form,
        "may_change": Role(membership.role) in manageable_roles(principal),
        "may_reset": principal.role == Role.OWNER and not mail_is_configured(),
        "is_me": membership.pk == principal.membership_id,
        "has_properties": Property.objects.visible_to(principal).exists(),
        "key": uuid.uuid4(),
    }


@require_POST
def deactivate(request: StaffRequest, membership_id: int) -> HttpResponse:
    """Let somebody out; from the next request on."""
    return _set_active(request, membership_id, is_active=False)


@require_POST
def reactivate(request: StaffRequest, membership_id: int) -> HttpResponse:
    """Let somebody in again."""
    return _set_active(request, membership_id, is_active=True)


def _set_active(request: StaffRequest, membership_id: int, *, is_active: bool) -> HttpResponse:
    require_manager(request.principal)
    _visible(request, membership_id)
    try:
        set_active(membership_id=membership_id, is_active=is_active, principal=request.principal)
    except RuleError as refusal:
        if refusal.http_status != 422:
            raise
        messages.error(request, str(refusal))
    else:
        said = _("This person is in again.") if is_active else _("This person is out.")
        messages.success(request, said)
    return redirect("properties:member", membership_id)


@require_POST
def reset(request: StaffRequest, membership_id: int) -> HttpResponse:
    """Make a link with which somebody sets a new password, and show it this one time."""
    require_manager(request.principal)
    person = _visible(request, membership_id).user
    principal = request.principal
    try:
        token = _made_once(
            request,
            "reset",
            {"membership": membership_id},
            lambda: make_reset_link(membership_id=membership_id, principal=principal),
        )
    except RuleError as refusal:
        if refusal.http_status != 422:
            raise
        messages.error(request, str(refusal))
        return redirect("properties:member", membership_id)
    path = reverse("accounts:link", args=[token]) if token else ""
    return _hand_over(request, email=person.email, path=path, is_invitation=False)


@never_cache
@require_http_methods(["GET", "POST"])
def organizations(request: StaffRequest) -> HttpResponse:
    """The organisations one belongs to; POST makes another one the active one."""
    mine = active_memberships(request.user.pk)
    if request.method == "POST":
        wished = request.POST.get("organization", "")
        found = next((row for row in mine if str(row.organization_id) == wished), None)
        if found is None:
            raise NotFoundError(_("You do not belong to this organisation."))
        request.session[ORGANIZATION_KEY] = found.organization_id
        messages.success(request, _("You work for %s now.") % found.organization)
        return redirect("accounts:profile")
    context = {"memberships": mine}
    return render_page(request, "properties/organizations.html", context, partial="organizations")
