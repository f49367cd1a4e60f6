"""Screens on a wall: their list, a new one with its address shown once, and what they show."""

import uuid
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from callcenter.accounts.links import absolute
from callcenter.accounts.models import Wallboard
from callcenter.core.errors import RuleError
from callcenter.core.htmx import render_page
from callcenter.properties.access import principal_of_wallboard
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.wallboards import create_wallboard, find_wallboard, revoke_wallboard

from .board_today import screen_of


class WallboardForm(forms.Form):
    """A new screen."""

    name = forms.CharField(max_length=100, label=_("Where it hangs"))


@require_safe
def wallboards(request: StaffRequest) -> HttpResponse:
    """All screens, and the form for one more."""
    _check(request)
    return _list(request, WallboardForm())


@require_POST
def create(request: StaffRequest) -> HttpResponse:
    """Make a screen; its address is in this answer and nowhere else."""
    _check(request)
    form = WallboardForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        board, token = create_wallboard(name=form.cleaned_data["name"], actor=request.principal)
    except RuleError as error:
        form.add_error("name", str(error))
        return _list(request, form, status=error.http_status)
    context = {"board": board, "address": absolute(reverse("desk:tv", args=[token]))}
    return render(request, "desk/wallboard_made.html", context)


@require_POST
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """End a screen."""
    revoke_wallboard(wallboard_id=pk, actor=request.principal)
    return redirect("desk:wallboards")


@login_not_required  # the token in the address is the right; B-42 exempts it from idle limits
@require_safe
def tv(request: HttpRequest, token: str) -> HttpResponse:
    """Figures for a wall: no names, no numbers, no words of anybody (users.md 6.7)."""
    board = find_wallboard(token)
    if board is None:
        raise Http404
    principal = principal_of_wallboard(board, request_id=str(uuid.uuid4()))
    context = {"screen": screen_of(principal), "organization": board.organization, "token": token}
    context["zone"] = board.organization.time_zone
    response = render_page(request, "desk/tv.html", context, partial="screen")
    patch_cache_control(response, private=True, no_store=True)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _check(request: StaffRequest) -> None:
    if not request.principal.may("accounts.view_wallboard"):
        raise PermissionDenied


def _list(request: StaffRequest, form: WallboardForm, status: int = 200) -> HttpResponse:
    boards = Wallboard.objects.visible_to(request.principal).for_list()
    context: dict[str, Any] = {"boards": boards[:100], "form": form}
    context["zone"] = request.principal.organization.time_zone
    return render_page(request, "desk/wallboards.html", context, partial="screens", status=status)
