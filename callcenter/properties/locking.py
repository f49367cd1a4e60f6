"""A page whose login has ended locks in place, and its person's password opens it (B-42).

What was typed never left the page; nothing but the login is new. Only the one whose page it is
opens it again, for the organisation that it was made for. Everybody else signs in anew.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import (
    clear_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from callcenter.accounts.codes import SignInCodeForm
from callcenter.accounts.models import User
from callcenter.accounts.sessions import seconds_left

from .middleware import ORGANIZATION_KEY, lacks_factor, resolve_principal

SIGNER = signing.Signer(salt="properties.locking")

type Answer = tuple[dict[str, Any], int]


def page_owner(request: HttpRequest) -> str:
    """Whose page this is, and of which organisation: "12.3"; "" when nobody is signed in."""
    principal = getattr(request, "principal", None)
    return f"{principal.user_id}.{principal.organization_id}" if principal else ""


def for_pages(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: `page_of`, `page_token` by which it is unlocked, `session_left`."""
    owner = page_owner(request)
    if not owner:
        return {}
    return {
        "page_of": owner,
        "page_token": SIGNER.sign(owner),
        "session_left": seconds_left(request),
        "session_idle": int(settings.SESSION_IDLE.total_seconds()),
    }


@login_not_required  # says only whether there is a login, and what an open page must know of it
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """Whether the login goes on: 200 with the seconds that are left, else 401.

    A POST is what a page sends while somebody is at work in it: like every request that is not of
    the background it moves the idle limit (the middleware does).
    """
    return _answer(request, {}, 200 if page_owner(request) else 401)


@login_not_required  # the password is asked for, and counted as at the sign-in
@sensitive_post_parameters("password", "code")
@require_POST
def unlock(request: HttpRequest) -> JsonResponse:
    """Sign the page's person in again; `lead` says where to go instead when that cannot be."""
    page = _read_page(request.POST.get("page", ""))
    if page is None:
        return _lead(request, _sign_in(request))
    if page_owner(request):  # signed in meanwhile, in another tab
        is_same = page_owner(request) == f"{page[0]}.{page[1]}"
        return _answer(request, {}, 200) if is_same else _lead(request, reverse("desk:home"))
    person = User.objects.filter(pk=page[0], is_active=True).first()
    if person is None:
        return _lead(request, _sign_in(request))
    said, status = _prove(request, person)
    if status != 200:
        return _answer(request, said, status)
    return _open(request, *page)


def _read_page(token: str) -> tuple[int, int] | None:
    try:
        owner = SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    user_id, organization_id = owner.split(".")
    return int(user_id), int(organization_id)


def _prove(request: HttpRequest, person: User) -> Answer:
    """Password, and code where the person has an app; tries are counted (B-35)."""
    adapter = get_adapter(request)
    password = request.POST.get("password", "")
    try:
        user = adapter.authenticate(request, email=person.email, password=password)
    except ValidationError as error:  # too many tries
        return {"error": error.messages[0]}, 429
    if user is None or user.pk != person.pk:
        return {"error": _("This is not your password.")}, 422
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    if Authenticator.Type.TOTP not in kinds and Authenticator.Type.WEBAUTHN in kinds:
        return {"lead": _sign_in(request)}, 409  # a passkey is asked for by the sign-in page
    clear_authentication_records(request)
    record_authentication(request, user, method="password", email=person.email)
    if Authenticator.Type.TOTP in kinds:
        code = request.POST.get("code", "").strip()
        form = SignInCodeForm({"code": code}, user=user)
        if not code or not form.is_valid():
            said = form.errors["code"][0] if code else ""
            return {"needs_code": True, "error": said}, 422
        form.save()
    adapter.login(request, user)
    return {}, 200


def _open(request: Any, user_id: int, organization_id: int) -> JsonResponse:
    """The login is new; the page goes on if it is still the person's page."""
    request.session[ORGANIZATION_KEY] = organization_id
    resolve_principal(request)
    if page_owner(request) != f"{user_id}.{organization_id}" or lacks_factor(request.user):
        return _lead(request, reverse("desk:home"))
    return _answer(request, {}, 200)


def _sign_in(request: HttpRequest) -> str:
    shown = request.POST.get("shown", "")
    query = {"next": shown} if shown.startswith("/") and not shown.startswith("//") else {}
    return f"{reverse('account_login')}?{urlencode(query)}"


def _lead(request: HttpRequest, where: str) -> JsonResponse:
    return _answer(request, {"lead": where}, 409)


def _answer(request: HttpRequest, said: dict[str, Any], status: int) -> JsonResponse:
    """With whose login it is, the seconds that are left, and a token for forms of now."""
    owner = page_owner(request)
    left = seconds_left(request) if owner else 0
    said = said | {"who": owner, "left": left, "token": get_token(request)}
    response = JsonResponse(said, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
