"""What somebody who sends a file says of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .models import ImportSource, SourceKind
from .readers.dates import DateOrder

ORDERS = [
    (DateOrder.UNKNOWN.value, _("Not said: refuse what could be either")),
    (DateOrder.MONTH_FIRST.value, _("Month first: 11/03/2026 is in November")),
    (DateOrder.DAY_FIRST.value, _("Day first: 11/03/2026 is in March")),
]


class UploadForm(forms.Form):
    """A file and the source it comes from."""

    kind: SourceKind
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        help_text=_("Files of one source know each other: the same lines are taken once."),
    )
    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, principal: Principal, **kwargs: Any) -> None:
        kwargs["prefix"] = self.kind.value
        super().__init__(*args, **kwargs)
        mine = ImportSource.objects.visible_to(principal).filter(kind=self.kind, is_active=True)
        self.sources = list(mine.order_by("name").values_list("name", flat=True))
        for field in self.fields.values():
            is_select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_select else "form-control"
        self.fields["source"].widget.attrs["list"] = f"{self.kind.value}-sources"

    @property
    def options(self) -> dict[str, str]:
        """What the source declares from now on."""
        return {}


class RosterForm(UploadForm):
    """A roster of residents."""

    kind = SourceKind.ROSTER
    date_order = forms.ChoiceField(label=_("Dates like 11/03/2026"), choices=ORDERS, required=False)
    home = forms.ModelChoiceField(
        label=_("Property"),
        queryset=Property.objects.none(),
        required=False,
        empty_label=_("Named in the file"),
        help_text=_("For a file without a column that names it."),
    )

    field_order = ["source", "file", "date_order", "home"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Property.objects.visible_to(kwargs["principal"]).filter(is_active=True)
        chooser = self.fields["home"]
        if isinstance(chooser, forms.ModelChoiceField):
            chooser.queryset = rows.order_by("name")
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,text/csv,text/plain"

    @property
    def options(self) -> dict[str, str]:
        """How dates are written and where everybody lives, as said now."""
        chosen = self.cleaned_data["home"]
        return {
            "date_order": self.cleaned_data["date_order"],
            "property": chosen.name if chosen else "",
        }


class CallLogsForm(UploadForm):
    """Call logs as the property API writes them."""

    kind = SourceKind.CALL_LOGS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".json,.txt,application/json"


FORMS: dict[str, type[UploadForm]] = {
    SourceKind.ROSTER.value: RosterForm,
    SourceKind.CALL_LOGS.value: CallLogsForm,
}
