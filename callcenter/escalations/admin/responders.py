"""Who can be rung, with the numbers, in the admin."""

import uuid
from typing import Any, override

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from callcenter.escalations.models import Responder, ResponderLine
from callcenter.escalations.responders import (
    add_line,
    change_responder,
    create_responder,
    verify_line,
    withdraw_line,
    withdraw_responder,
)
from callcenter.properties.asking_admin import may
from callcenter.properties.principals import Principal
from callcenter.properties.scoped_admin import ScopedForm

from .acting import ActingAdmin, ActingFormSet, ActingInline


class LineForm(ScopedForm):
    """A number and whether it was tried. A number never changes: another one is another line."""

    is_verified = forms.BooleanField(required=False, label=_("Verified"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["is_verified"] = self.instance.verified_at is not None
            for name in ("label", "raw"):
                self.fields[name].disabled = True


class LineFormSet(ActingFormSet):
    """The numbers of a responder: given, verified, withdrawn."""

    @override
    def act(self, pk: uuid.UUID, parent: Any, actor: Principal) -> None:
        """Dead numbers go first, so that one can be given anew."""
        for line_id in self.gone:
            withdraw_line(line_id=line_id, actor=actor)
        for form in self.initial_forms:
            if "is_verified" in form.changed_data and form not in self.deleted_forms:
                is_verified = form.cleaned_data["is_verified"]
                verify_line(line_id=form.instance.pk, is_verified=is_verified, actor=actor)
        for said in self.added:
            add_line(
                responder_id=pk,
                number=said["raw"],
                label=said["label"],
                is_verified=said["is_verified"],
                actor=actor,
            )


class ResponderLineInline(ActingInline):
    """The numbers on which somebody is rung; chains ring the verified ones."""

    model = ResponderLine
    form = LineForm
    formset = LineFormSet
    fields = ("label", "raw", "e164", "is_verified", "verified_at")
    readonly_fields = ("e164", "verified_at")
    ordering = ("position", "pk")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To delete a number is to withdraw it."""
        return may(request, "withdraw", self.opts)


@admin.register(Responder)
class ResponderAdmin(ActingAdmin):
    """People who can be rung, with or without an account."""

    list_display = ("name", "email", "user", "created_at")
    list_filter = (("user", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("name", "email", "lines__e164")
    search_help_text = _("Words of name or e-mail, or digits of a number.")
    ordering = ("name", "pk")
    fields = ("name", "email", "user", "seen_version", "id", "version", "created_at", "updated_at")
    readonly_fields = ("id", "version", "created_at", "updated_at")
    inlines = (ResponderLineInline,)
    withdrawing = _("Chains ring them no more; what was rung before keeps the name.")

    @override
    def create(self, form: Any, actor: Principal) -> Responder:
        return create_responder(fields=form.said, actor=actor)

    @override
    def change(self, pk: uuid.UUID, form: Any, actor: Principal) -> None:
        if form.said:
            change_responder(responder_id=pk, fields=form.said, seen_version=form.seen, actor=actor)

    @override
    def withdraw_one(self, pk: uuid.UUID, reason: str, actor: Principal) -> None:
        withdraw_responder(responder_id=pk, actor=actor)
