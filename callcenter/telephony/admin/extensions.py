"""Extensions in the admin: whose they are, where they stand, which line rings them."""

from typing import Any, override

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from callcenter.core.errors import RuleError
from callcenter.properties.scoped_admin import (
    ScopedAdmin,
    ScopedForm,
    ScopedRelatedFilter,
    principal_of,
)
from callcenter.telephony.extensions import (
    ExtensionFields,
    add_extension,
    assign_extension,
    read_line,
    read_number,
)
from callcenter.telephony.models import Extension


class ExtensionForm(ScopedForm):
    """An extension; its line may be typed in any form."""

    own_line = forms.CharField(
        max_length=40,
        required=False,
        label=_("Own line"),
        help_text=_("The public number that rings it: ours, so it is nobody else's."),
    )

    def clean_number(self) -> str:
        """Digits, with one * at most."""
        try:
            return read_number(self.cleaned_data["number"])
        except RuleError as refused:
            raise ValidationError(str(refused)) from refused

    def clean_own_line(self) -> str:
        """As E.164."""
        try:
            return read_line(self.cleaned_data["own_line"], principal_of(self.request))
        except RuleError as refused:
            raise ValidationError(str(refused)) from refused

    def fields_said(self, names: list[str]) -> ExtensionFields:
        """What the action takes of these fields."""
        said: dict[str, Any] = {}
        for name in names:
            if name in ("user", "property"):
                said[f"{name}_id"] = getattr(self.cleaned_data[name], "pk", None)
            elif name == "own_line":
                said[name] = self.cleaned_data[name]
        fields: ExtensionFields = said  # type: ignore[assignment]
        return fields


@admin.register(Extension)
class ExtensionAdmin(ScopedAdmin):
    """Extensions: whoever answers at one sees its calls."""

    form = ExtensionForm
    list_display = ("number", "user", "property", "own_line", "created_at")
    list_filter = (
        ("user", admin.EmptyFieldListFilter),
        ("user", ScopedRelatedFilter),
        ("property", ScopedRelatedFilter),
    )
    list_select_related = ("user", "property")
    search_fields = ("number", "own_line", "user__name", "property__name")
    search_help_text = _("Digits of the extension or its line, or a name.")
    ordering = ("number", "pk")
    autocomplete_fields = ("property",)
    fields = ("number", "user", "property", "own_line", "created_at")
    readonly_fields = ("created_at",)

    def get_readonly_fields(self, request: HttpRequest, obj: Extension | None = None) -> Any:
        """The number, too, once the extension is there: calls tell of it."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None else (*fixed, "number")

    @override
    def save_model(self, request: HttpRequest, obj: Extension, form: Any, change: bool) -> None:
        """By the actions."""
        actor = principal_of(request)
        if change:
            fields = form.fields_said(form.changed_data)
            assign_extension(extension_id=obj.pk, fields=fields, actor=actor)
            return
        fields = form.fields_said(["user", "property", "own_line"])
        obj.pk = add_extension(number=obj.number, fields=fields, actor=actor).pk
