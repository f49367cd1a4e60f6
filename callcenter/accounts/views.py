"""Pages of people about themselves: profile, forgotten password, one-time link."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from callcenter.core.htmx import render_page
from callcenter.core.mail import mail_is_configured

from . import throttle
from .actions import change_profile, person_of_reset, request_reset, reset_password
from .forms import NewPasswordForm, ProfileForm, ResetRequestForm
from .idempotency import Asker, once
from .links import find_link
from .models import OneTimeLinkKind, User

RESETS_PER_WINDOW = 3


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, also when that is nothing; None when it was not sent."""
    return request.POST if request.method == "POST" else None


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    principal: Asker


@require_http_methods(["GET", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    """One's own name, zone, theme, density and keys, and the way to password and factors."""
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(_sent(request), instance=person)
    if request.method == "POST" and form.is_valid():
        _save_profile(request, person, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    context = {"form": form, "key": request.POST.get("key") or uuid.uuid4()}
    status = 422 if form.errors else 200
    return render_page(request, "accounts/profile.html", context, partial="profile", status=status)


def _save_profile(request: PersonRequest, person: User, fields: dict[str, Any]) -> None:
    def effect() -> dict[str, Any]:
        change_profile(person=person, actor=request.principal, **fields)
        return {}

    key = request.POST.get("key", "")
    once(actor=request.principal, endpoint="profile", key=key, body=fields, effect=effect)


@login_not_required  # whoever forgot the password cannot sign in; the throttle guards it
@never_cache
@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a mail that sets a new password; without mail the page names who can help."""
    form = ResetRequestForm(_sent(request))
    if request.method == "POST" and mail_is_configured() and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            throttle.count_try(
                {
                    throttle.of_reset(email): RESETS_PER_WINDOW,
                    throttle.of_address(request): settings.LOGIN_TRIES_PER_ADDRESS,
                }
            )
        except throttle.TooManyTriesError as refusal:
            form.add_error("email", str(refusal))
        else:
            request_reset(email=email)
            return redirect(f"{reverse('account_reset_password')}?sent=1")
    context = {"form": form, "sent": "sent" in request.GET, "has_mail": mail_is_configured()}
    status = 422 if form.errors else 200
    return render(request, "account/password_reset.html", context, status=status)


@login_not_required  # the token itself, of 256 random bits, is the right to be here
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by a one-time link; used, revoked and unknown links are 404 alike."""
    found = find_link(token, OneTimeLinkKind.PASSWORD_RESET)
    form = NewPasswordForm(_sent(request), person=person_of_reset(found))
    if request.method == "POST" and form.is_valid():
        reset_password(token=token, password=form.cleaned_data["password"])
        messages.success(request, _("Your new password is set. Sign in with it."))
        return redirect("account_login")
    context = {"form": form, "email": found.email}
    status = 422 if form.errors else 200
    return render(request, "accounts/link.html", context, status=status)


@login_not_required  # leads to the one page where one signs in: with throttle and second factor
def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin site's own login is not used: it knows neither throttle nor second factor."""
    if request.user.is_authenticated:
        raise PermissionDenied
    home = reverse("admin:index")
    wished = request.GET.get("next", "")
    target = wished if wished.startswith(home) else home
    return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
