"""What the admin classes of chains share: rows change by actions and are withdrawn by them."""

import uuid
from abc import ABC, abstractmethod
from typing import Any, override

from django import forms
from django.http import HttpRequest

from callcenter.properties.principals import Principal
from callcenter.properties.scoped_admin import ScopedForm, ScopedInline, principal_of
from callcenter.properties.withdrawing_admin import WithdrawingAdmin


class VersionedForm(ScopedForm):
    """A form that says which version was seen, so that the later of two writers is told."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:  # noqa: SLF001 (Django's name)
            self.instance.pk = None  # not "whatever the database makes": there is no row yet
        elif "seen_version" in self.fields:
            self.initial["seen_version"] = self.instance.version
            self.fields["seen_version"].required = True

    @property
    def said(self) -> dict[str, Any]:
        """The columns that were changed, by their names; those of related rows as keys."""
        columns = {field.name: field.attname for field in self.instance._meta.concrete_fields}  # noqa: SLF001
        changed = [name for name in self.changed_data if name in columns]
        return {columns[name]: getattr(self.instance, columns[name]) for name in changed}

    @property
    def seen(self) -> int | None:
        """The version that the page showed."""
        version: int | None = self.cleaned_data["seen_version"]
        return version


class ActingAdmin(WithdrawingAdmin):
    """Rows that are added and changed by actions."""

    form = VersionedForm

    @abstractmethod
    def create(self, form: Any, actor: Principal) -> Any:
        """Add the row of a valid form by its action."""

    @abstractmethod
    def change(self, pk: uuid.UUID, form: Any, actor: Principal) -> None:
        """Write what a valid form says of a row by its action."""

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """By the actions of the pages and the API, so that all keep the same rules."""
        actor = principal_of(request)
        if change:
            self.change(obj.pk, form, actor)
        else:
            obj.pk = self.create(form, actor).pk

    @override
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Parts by the actions, too: each inline knows its own."""
        formset.act(form.instance.pk, form, principal_of(request))


class ActingFormSet(forms.BaseInlineFormSet, ABC):
    """Parts of a row whose forms are handed to actions."""

    @abstractmethod
    def act(self, pk: uuid.UUID, parent: Any, actor: Principal) -> None:
        """Write what the forms say of the parts of a row."""

    @property
    def added(self) -> list[dict[str, Any]]:
        """What was said of new parts."""
        new = [form for form in self.extra_forms if form.has_changed()]
        gone = self.deleted_forms
        return [form.cleaned_data for form in new if form not in gone]

    @property
    def gone(self) -> list[Any]:
        """The keys of the parts that were ticked to go."""
        return [form.instance.pk for form in self.deleted_forms if form.instance.pk is not None]


class ActingInline(ScopedInline):
    """Parts of a row, on its page; one query for the choices of all of them."""

    formset = ActingFormSet

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The choices are read once, not once for each part."""
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.choices = list(field.choices)
        return field
