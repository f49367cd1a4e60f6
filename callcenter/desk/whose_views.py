"""Beside the number in the log form: who has it, or whose it may become."""

import uuid
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from callcenter.calls.remembering import remember_typed_number
from callcenter.calls.views.log import do_once
from callcenter.calls.views.numbers import remembered_said
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import wants_partial
from callcenter.core.ids import read_id
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import Resident
from callcenter.properties.principals import Principal

from .whose import whose

LONGEST = 80


class TypedNumberForm(forms.Form):
    """The number in the log form, and the person chosen there."""

    phone = forms.CharField(max_length=LONGEST)
    resident = forms.IntegerField()


@require_GET
def whose_number(request: StaffRequest) -> HttpResponse:
    """The people of the typed number; when nobody has it, the offer to remember it."""
    if not wants_partial(request):
        return redirect("desk:new")
    return _show(request, request.GET.get("phone", "")[:LONGEST])


@require_POST
def remember_number(request: StaffRequest) -> HttpResponse:
    """Put the typed number on the person who is chosen in the form."""

    def effect(data: dict[str, Any]) -> list[dict[str, Any]]:
        remembered = remember_typed_number(
            raw=data["phone"], resident_id=data["resident"], actor=request.principal
        )
        return [{"id": remembered.pk}]

    error: RuleError | None = None
    try:
        undo = do_once(request, "desk:remember", TypedNumberForm(request.POST), effect)
        said = remembered_said(undo[0]["id"], request.principal)
        toast(request, said, undo=sign_undo("number", undo, request.principal))
    except NotFoundError:
        raise
    except RuleError as refused:
        error = refused
    return _show(request, request.POST.get("phone", "")[:LONGEST], error)


def _show(request: StaffRequest, phone: str, error: RuleError | None = None) -> HttpResponse:
    found = whose(phone, request.principal)
    asked = request.POST.get("resident", "") or request.GET.get("resident", "")
    context = {
        "whose": found,
        "resident": _resident(asked, request.principal) if found.is_free else None,
        "error": error,
        "key": str(uuid.uuid4()),
    }
    status = error.http_status if error else 200
    return render(request, "desk/_whose.html", context, status=status)


def _resident(asked: str, principal: Principal) -> Resident | None:
    """The person who is chosen in the form, if the principal sees one."""
    pk = read_id(asked)
    if pk is None:
        return None
    return Resident.objects.visible_to(principal).filter(pk=pk, erased_at=None).first()
