"""Saved views of the list, and its columns and density."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BooleanField, CharField, Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callcenter.accounts.actions import PROFILE, change_profile
from callcenter.accounts.idempotency import once
from callcenter.accounts.models import Density
from callcenter.calls.filters import CallLogFilter
from callcenter.calls.list_columns import BY_KEY, USUAL
from callcenter.calls.saving_views import delete_view, remember, rename_view, save_view
from callcenter.core.errors import RuleError
from callcenter.core.forms import checked
from callcenter.core.htmx import wants_partial
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties.middleware import StaffRequest

from .listing import show_list
from .log import sent


class ViewForm(Form):
    """A view's name, and whether all shall have it."""

    name = CharField(max_length=80, required=False)
    is_shared = BooleanField(required=False)


@require_POST
def view_save(request: StaffRequest) -> HttpResponse:
    """Keep the filters of the address, and the columns if they are to go with them."""
    found = CallLogFilter(request.GET, principal=request.principal)
    if not found.is_valid():
        raise RuleError(_("These filters make no sense together: nothing was saved."))
    columns = _known(request.GET.get("columns", "").split(","))

    def effect() -> dict[str, Any]:
        data = checked(ViewForm(request.POST))
        return {
            "id": save_view(
                query=found.query(), columns=columns, actor=request.principal, **data
            ).pk
        }

    return _act(request, "save", effect, lambda _answer: toast(request, _("View saved.")))


@require_POST
def view_rename(request: StaffRequest, pk: int) -> HttpResponse:
    """Give it another name."""

    def effect() -> dict[str, Any]:
        name = request.POST.get("name", "")
        return {"id": pk, "name": rename_view(view_id=pk, name=name, actor=request.principal)}

    def tell(answer: dict[str, Any]) -> None:
        undo = sign_undo("view_name", [answer], request.principal)
        toast(request, _("View renamed."), undo=undo)

    return _act(request, f"rename:{pk}", effect, tell)


@require_POST
def view_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Take it away."""

    def effect() -> dict[str, Any]:
        return delete_view(view_id=pk, actor=request.principal)

    def tell(answer: dict[str, Any]) -> None:
        undo = sign_undo("view", [answer], request.principal)
        toast(request, _("View %(name)s deleted.") % answer, undo=undo)

    return _act(request, f"delete:{pk}", effect, tell)


@require_POST
def list_columns(request: StaffRequest) -> HttpResponse:
    """The columns of the list, in their order, and how dense its rows are, from now on.

    "usual" for the columns of the house.
    """
    density = request.POST.get("density", "")
    if density in Density.values and density != request.user.density:
        fields = {name: getattr(request.user, name) for name in PROFILE} | {"density": density}
        change_profile(person=request.user, actor=request.principal, **fields)
    columns = "" if "usual" in request.POST else _known(request.POST.getlist("column"))
    remember(actor=request.principal, columns=columns)
    return _list_again(request)


def _known(keys: list[str]) -> str:
    """These columns as they are kept; "" for the usual ones."""
    known = [key for key in dict.fromkeys(keys) if key in BY_KEY]
    return "" if known == [column.key for column in USUAL] else ",".join(known)


def _act(
    request: StaffRequest,
    name: str,
    effect: Callable[[], dict[str, Any]],
    tell: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    """Do it once for the key of the form, and show the list again."""
    try:
        answer = once(
            actor=request.principal,
            endpoint=f"calls:views:{name}",
            key=request.POST.get("key", ""),
            body=sent(request.POST),
            effect=effect,
        )
    except RuleError as refusal:
        if wants_partial(request) or refusal.http_status in (403, 404):
            raise
        messages.error(request, str(refusal))
    else:
        tell(answer)
    return _list_again(request)


def _list_again(request: StaffRequest) -> HttpResponse:
    if wants_partial(request):
        return show_list(request, {"views_changed": True})
    query = request.GET.urlencode()
    return redirect(f"{reverse('calls:list')}?{query}" if query else reverse("calls:list"))
