"""The page of an invitation, for people who are not in yet."""

import uuid

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from structlog.contextvars import get_contextvars

from callcenter.accounts.actions import find_person
from callcenter.accounts.models import OneTimeLink, User

from .forms import AcceptForm
from .invitations import accept_as, accept_as_new, find_invitation


@login_not_required  # the token itself, of 256 random bits, is the right to be here
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: with a new account, with the password of the present one, or,
    when one is signed in under the address, with one click.
    """
    link = find_invitation(token)
    me = request.user if isinstance(request.user, User) else None
    is_mine = me is not None and me.email.lower() == link.email.lower()
    person = me if is_mine else User(email=link.email)
    data = request.POST if request.method == "POST" else None
    form = AcceptForm(data, person=person, initial={"name": link.name})
    if request.method == "POST":
        if me is not None and is_mine:
            accept_as(token=token, person=me, request_id=_request_id())
            messages.success(request, _("Welcome. You find it under Change organisation."))
            return redirect("properties:organizations")
        if form.is_valid() and _accept(request, link, token, form):
            messages.success(request, _("Welcome. Sign in with your address and password."))
            return redirect("account_login")
    context = {"link": link, "form": form, "is_mine": is_mine, "other": me if not is_mine else None}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "properties/invitation.html", context, status=status)


def _request_id() -> str:
    return str(get_contextvars().get("request_id") or uuid.uuid4())


def _accept(request: HttpRequest, link: OneTimeLink, token: str, form: AcceptForm) -> bool:
    """Whether somebody joined; else the form says why not. Tries are counted as a login's."""
    password = form.cleaned_data["password"]
    if find_person(link.email) is None:
        if not form.is_fit_for(User(email=link.email, name=form.cleaned_data["name"])):
            return False
        name = form.cleaned_data["name"]
        accept_as_new(token=token, name=name, password=password, request_id=_request_id())
        return True
    try:
        person = get_adapter().authenticate(request, email=link.email, password=password)
    except ValidationError as refusal:
        form.add_error("password", refusal)
        return False
    if person is None or not person.is_active:
        form.add_error("password", _("This is not the password of the account."))
        return False
    accept_as(token=token, person=person, request_id=_request_id())
    return True
