"""Telephone numbers of people: remembered from a call, added, given up, not to be used."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callcenter.calls.models import RememberedNumber
from callcenter.calls.remembering import remember_number
from callcenter.calls.rows import phone_said
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties import numbers
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.models import PhoneLabel, ResidentPhone
from callcenter.properties.principals import Principal

from .log import do_once, refusal_of, show_act, show_call
from .places import numbers_context, resident_context, unit_context


class RememberForm(forms.Form):
    """Whose number it is: a resident, or the name of somebody new."""

    resident = forms.IntegerField(required=False)
    name = forms.CharField(max_length=300, required=False)
    label = forms.ChoiceField(choices=PhoneLabel, required=False)


class NumberForm(forms.Form):
    """A number as it is read out."""

    number = forms.CharField(max_length=80)
    label = forms.ChoiceField(choices=PhoneLabel)


class ForbidForm(forms.Form):
    """Whether nobody should ring it."""

    do_not_use = forms.BooleanField(required=False)


class NameForm(forms.Form):
    """The name of somebody new."""

    name = forms.CharField(max_length=300)


@require_POST
def call_log_remember(request: StaffRequest, pk: int) -> HttpResponse:
    """Put the number of the call on a resident of its place, or on somebody new there."""

    def effect(data: dict[str, Any]) -> list[dict[str, Any]]:
        remembered = remember_number(
            call_log_id=pk,
            resident_id=data["resident"],
            name=data["name"],
            label=data["label"] or PhoneLabel.OTHER,
            actor=request.principal,
        )
        return [{"id": remembered.pk}]

    try:
        undo = do_once(request, f"calls:remember:{pk}", RememberForm(request.POST), effect)
    except NotFoundError:
        raise
    except RuleError as error:
        response = show_act(request, pk, "remember", done="", error=error)
        response.headers["HX-Retarget"] = "#log"
        return response
    said = remembered_said(undo[0]["id"], request.principal)
    toast(request, said, undo=sign_undo("number", undo, request.principal))
    return show_call(request, pk, done=said)


def remembered_said(pk: int, principal: Principal) -> str:
    """ "(212) 555-0101 remembered for Ana Ruiz." """
    mine = RememberedNumber.objects.visible_to(principal).select_related("phone", "resident")
    found = mine.filter(pk=pk).first()
    if found is None or found.phone is None:
        return _("Number remembered.")
    said = {
        "number": phone_said(found.phone.e164, found.phone.raw),
        "name": found.resident.full_name,
    }
    return _("%(number)s remembered for %(name)s.") % said


@require_safe
def remembered_number(request: StaffRequest, pk: int) -> HttpResponse:
    """How many earlier calls were linked with a number; asks again until that is over."""
    mine = RememberedNumber.objects.visible_to(request.principal).select_related("resident")
    remembered = mine.filter(pk=pk).first()
    if remembered is None:
        raise NotFoundError(_("There is no such number."))
    return render(request, "calls/_remembered.html", {"remembered": remembered})


@require_POST
def number_add(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a resident one more number."""

    def effect(data: dict[str, Any]) -> None:
        numbers.add_number(
            resident_id=pk, raw=data["number"], label=data["label"], actor=request.principal
        )

    return _on_resident(request, pk, "add", NumberForm(request.POST), effect, _("Number added."))


@require_POST
def number_retire(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that a number is the resident's no more."""

    def effect(_data: dict[str, Any]) -> None:
        numbers.retire_number(phone_id=pk, actor=request.principal)

    resident_id = _resident_of(request.principal, pk)
    said = _("Number given up; its calls stay with this person.")
    form = forms.Form(request.POST)
    return _on_resident(request, resident_id, f"retire:{pk}", form, effect, said)


@require_POST
def number_forbid(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that nobody should ring a number, or that one may again."""

    def effect(data: dict[str, Any]) -> None:
        numbers.forbid_number(phone_id=pk, actor=request.principal, **data)

    resident_id = _resident_of(request.principal, pk)
    form = ForbidForm(request.POST)
    return _on_resident(request, resident_id, f"forbid:{pk}", form, effect, _("Noted."))


@require_POST
def resident_add(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody new in a unit: the name suffices."""

    def effect(data: dict[str, Any]) -> None:
        numbers.add_resident(unit_id=pk, name=data["name"], actor=request.principal)

    error = refusal_of(request, f"calls:resident_add:{pk}", NameForm(request.POST), effect)
    if error is None and not wants_partial(request):
        messages.success(request, _("Person added."))
        return redirect("calls:unit", pk)
    context = unit_context(request, pk) | _refused(request, error)
    status = error.http_status if error else 200
    return render_page(request, "calls/unit.html", context, partial="people", status=status)


def _on_resident(
    request: StaffRequest,
    resident_id: int,
    name: str,
    form: forms.Form,
    effect: Callable[[dict[str, Any]], None],
    done: str,
) -> HttpResponse:
    """Do it once and show the numbers of the resident again, with why not when it was refused."""
    error = refusal_of(request, f"calls:number:{name}:{resident_id}", form, effect)
    if error is None and not wants_partial(request):
        messages.success(request, done)
        return redirect("calls:resident", resident_id)
    read = numbers_context if wants_partial(request) else resident_context
    context = read(request, resident_id) | _refused(request, error)
    context["done"] = "" if error else done
    status = error.http_status if error else 200
    return render_page(request, "calls/resident.html", context, partial="numbers", status=status)


def _refused(request: StaffRequest, error: RuleError | None) -> dict[str, Any]:
    fresh = {"key": str(uuid.uuid4())}
    return fresh | {"error": error, "typed": request.POST.dict()} if error else fresh


def _resident_of(principal: Principal, phone_id: int) -> int:
    phones = ResidentPhone.objects.visible_to(principal).filter(pk=phone_id)
    found = phones.values_list("resident_id", flat=True).first()
    if found is None:
        raise NotFoundError(_("There is no such number."))
    return found
