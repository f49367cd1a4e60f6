"""The log form: what an agent types while somebody is on the line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from callcenter.calls.asking import typed_answers
from callcenter.calls.contacted import read_contacted
from callcenter.calls.models import Direction, Reason, Status
from callcenter.calls.places import Place
from callcenter.calls.values import ContactTime, NewCall
from callcenter.core.durations import parse_duration
from callcenter.core.errors import RuleError

from .promise import PromiseFields

PLACE_FIELDS = ("property", "unit", "resident")


class CallForm(PromiseFields, forms.Form):
    """A new call at `place`; everything but the caller may stay empty.

    `reasons` and `statuses` are those that the principal may choose from. The ids of the place
    are not fields: the view resolves them first, because the clock and the caller depend on it.
    """

    call_from = forms.CharField(max_length=300, required=False, label=_("Call from"))
    reasons = forms.TypedMultipleChoiceField(coerce=int, required=False, label=_("Reasons"))
    subject = forms.CharField(max_length=300, required=False, label=_("Subject"))
    notes = forms.CharField(max_length=50_000, required=False, strip=False, label=_("Note"))
    direction = forms.ChoiceField(choices=Direction.choices, label=_("Direction"))
    phone = forms.CharField(max_length=80, required=False, label=_("Number"))
    status = forms.TypedChoiceField(coerce=int, label=_("Status after the call"))
    contacted = forms.CharField(max_length=80, required=False, label=_("Call time"))
    duration = forms.CharField(max_length=20, required=False, label=_("Duration"))

    def __init__(
        self, *args: Any, place: Place, zone: str, reasons: list[Reason], statuses: list[Status]
    ) -> None:
        super().__init__(*args)
        self.place = place
        self.zone = zone
        self.refused: RuleError | None = None
        self._choices("reasons").choices = [(row.pk, row.name) for row in reasons]
        self._choices("status").choices = [(row.pk, row.name) for row in statuses]
        self.fields["status"].initial = next((s.pk for s in statuses if s.is_initial), None)

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        return field

    def clean_contacted(self) -> ContactTime | None:
        """The moment on the clock of the place; None for now."""
        if not self.cleaned_data["contacted"]:
            return None
        try:
            return read_contacted(self.cleaned_data["contacted"], zone=self.zone)
        except RuleError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_duration(self) -> int | None:
        """Seconds, None when unknown."""
        if not self.cleaned_data["duration"]:
            return None
        try:
            return parse_duration(self.cleaned_data["duration"])
        except RuleError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> None:
        """Nobody is logged as calling from nowhere."""
        super().clean()
        if self.place.resident is None and not self.cleaned_data.get("call_from"):
            self.add_error("call_from", _("Say who called."))

    def refuse(self, error: RuleError) -> None:
        """Show a refusal of the action beside its field, or beside the question of a card."""
        self.refused = error
        field = error.field if error.field in self.fields else None
        if field is None or field not in self.errors:
            self.add_error(field, str(error))

    def call(self, user_id: int | None) -> NewCall:
        """What the action takes, when this person sends it; only of a valid form."""
        data = self.cleaned_data
        place = self.place
        return NewCall(
            property_id=place.property.pk if place.property else None,
            unit_id=place.unit.pk if place.unit else None,
            resident_id=place.resident.pk if place.resident else None,
            call_from=data["call_from"],
            phone=data["phone"],
            direction=Direction(data["direction"]),
            status_id=data["status"],
            subject=data["subject"],
            notes=data["notes"],
            reason_ids=data["reasons"],
            contacted=data["contacted"],
            duration_seconds=data["duration"],
            promise=self.promise(user_id),
            answers=typed_answers(self.data),
        )
