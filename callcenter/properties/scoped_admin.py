"""What every admin class shares: rows, pickers and writes all go through the principal."""

from typing import Any, override
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, connection, models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Membership, Organization, User
from callcenter.core.capped import CappedPaginator
from callcenter.core.errors import RuleError
from callcenter.core.text import FoldedField, NumberKeyField
from callcenter.core.transactions import write_transaction

from .admin_history import events_of
from .admin_pickers import ManyPicker, Picker
from .principals import Principal

DERIVED = (FoldedField, NumberKeyField)
REFUSALS = {
    "membership_last_owner_stays": _("An organisation keeps at least one active owner."),
    "reason_mnemonics_prefix_free": _("This mnemonic begins another one, or another begins it."),
    "calls_calllog_status_kind_within_organization_id": _(
        "A status that calls have keeps its kind: make a new one and disable this one."
    ),
    "properties_resident_unit_id_within_property_id": _("This unit is at another property."),
}


def principal_of(request: HttpRequest) -> Principal:
    """The principal of a request that the admin site let through."""
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


def rows_of(model: type[models.Model], principal: Principal) -> models.QuerySet[Any]:
    """The rows of `model` that the principal sees: `visible_to` where rows are scoped by it."""
    if model is Organization:
        return Organization.objects.filter(pk=principal.organization_id)
    if model is User:
        return User.objects.filter(
            pk__in=Membership.objects.filter(organization_id=principal.organization_id).values(
                "user_id"
            )
        ).order_by("name", "pk")
    manager: Any = model._default_manager  # noqa: SLF001 (Django's name)
    if hasattr(manager, "visible_to"):
        seen: models.QuerySet[Any] = manager.visible_to(principal)
        return seen
    own: models.QuerySet[Any] = manager.filter(organization_id=principal.organization_id)
    return own


def wording(refused: Exception) -> str:
    """Why a change was refused, fit for staff."""
    if isinstance(refused, RuleError):
        return str(refused)
    rule = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", None)
    if rule in REFUSALS:
        return str(REFUSALS[rule])
    return str(_("The database refuses this change (%(rule)s).") % {"rule": rule or "-"})


class ScopedForm(forms.ModelForm):
    """A form whose row belongs to the principal's organisation before anything is checked."""

    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        adding = self.instance._state.adding  # noqa: SLF001 (Django's name)
        if adding and hasattr(self.instance, "organization_id"):
            self.instance.organization_id = principal_of(self.request).organization_id

    def _get_validation_exclusions(self) -> set[str]:
        """As Django's, but "once per organisation" is checked here and not by an error page."""
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclude - {"organization"}

    def clean(self) -> dict[str, Any] | None:
        """Say what the database or an action refused when the form was sent."""
        cleaned = super().clean()
        refused = getattr(self.request, "refused", None)
        if refused is not None:
            raise ValidationError(wording(refused))
        return cleaned


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """Choices of a related model, of the principal's organisation only."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, Any]]:
        rows = rows_of(field.related_model, principal_of(request))
        return [(str(row.pk), str(row)) for row in rows[:200]]


class ScopedPickers(BaseModelAdmin):
    """Rows and choices within what the principal sees, in pages and inlines alike."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """What `visible_to` gives, in the order of the class."""
        rows = rows_of(self.model, principal_of(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        """A foreign id is refused like an absent one (B-03)."""
        kwargs["queryset"] = rows_of(db_field.related_model, principal_of(request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Picker(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        """As for foreign keys."""
        kwargs["queryset"] = rows_of(db_field.related_model, principal_of(request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = ManyPicker(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Time zones are picked, not typed."""
        if db_field.name == "time_zone":
            zones = [(zone, zone) for zone in sorted(available_timezones())]
            blank = [("", "-")] if db_field.blank else []
            return forms.ChoiceField(
                choices=blank + zones,
                required=not db_field.blank,
                label=db_field.verbose_name.capitalize(),
                help_text=db_field.help_text,
                initial=db_field.get_default() or "",
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class ScopedAdmin(ScopedPickers, admin.ModelAdmin):
    """A page of the admin: audited writes, refusals in words, history from the audit."""

    is_scoped = True
    form = ScopedForm
    view_on_site = False
    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    object_history_template = "admin/audit_history.html"

    @override
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form, knowing who asks."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """A POST is one audited transaction; what is refused comes back with all that was typed."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with write_transaction(principal_of(request)):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, RuleError) as refused:
            request.refused = refused  # type: ignore[attr-defined]
            answer = super().changeform_view(request, object_id, form_url, extra_context)
            answer.status_code = getattr(refused, "http_status", 422)
            return answer

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, str] | None = None
    ) -> Any:
        """Actions and deletions are one audited transaction, too."""
        return self._write(request, lambda: super(ScopedAdmin, self).changelist_view(request))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Deleting is refused in words where the database keeps a row."""
        return self._write(
            request, lambda: super(ScopedAdmin, self).delete_view(request, object_id)
        )

    def _write(self, request: HttpRequest, act: Any) -> HttpResponse:
        if request.method != "POST":
            answer: HttpResponse = act()
            return answer
        try:
            with write_transaction(principal_of(request)):
                done: HttpResponse = act()
                check_now()
                return done
        except (Error, RuleError) as refused:
            if not isinstance(refused, IntegrityError | RuleError):
                raise
            self.message_user(request, wording(refused), messages.ERROR)
            return redirect(request.get_full_path())

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what was changed and what is derived from it, and nothing else (rule 16)."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        columns = {field.name: field for field in obj._meta.concrete_fields}  # noqa: SLF001
        changed = [name for name in form.changed_data if name in columns]
        derived = [name for name, field in columns.items() if isinstance(field, DERIVED)]
        if changed:
            obj.save(update_fields=[*changed, *derived])

    @override
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Rows of an inline belong to the organisation of their parent."""
        for row in formset.save(commit=False):
            row.organization_id = form.instance.organization_id
            row.save()
        for row in formset.deleted_objects:
            row.delete()

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Ask the deferred constraints while the form can still answer."""
        super().save_related(request, form, formsets, change)
        check_now()

    @override
    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        """None: the audit says what changed."""
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the audit has it, whoever writes; a second log could only disagree."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing, as for additions."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing, as for additions."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the audit knows of the row: when, who, what became what."""
        row = self.get_object(request, object_id)
        events = [] if row is None else events_of(row)
        return super().history_view(request, object_id, {"events": events})


class ReadOnlyAdmin(ScopedAdmin):
    """Pages that only show."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False


class ScopedInline(ScopedPickers, admin.TabularInline):
    """Parts of a row, on its page."""

    form = ScopedForm
    view_on_site = False
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The formset, whose forms know who asks."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        form = type(formset.form.__name__, (formset.form,), {"request": request})
        return type(formset.__name__, (formset,), {"form": form})


def check_now() -> None:
    """Make the constraints that wait for the commit speak before it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
