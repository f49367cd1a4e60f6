"""What the forms on the page of a call send; the actions judge what it means."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from callcenter.core.forms import WrittenField
from callcenter.core.ids import read_id

from .models import Direction, Reason, Visibility


class CommentForm(forms.Form):
    """A line for the history."""

    text = WrittenField()
    visibility = forms.ChoiceField(choices=Visibility, required=False)

    def clean_visibility(self) -> Visibility:
        """Internal unless somebody says otherwise."""
        return Visibility(self.cleaned_data["visibility"] or Visibility.INTERNAL)


class StatusForm(forms.Form):
    """Where the matter goes, with words if there are any."""

    status = forms.IntegerField()
    comment = WrittenField()
    seen_version = forms.IntegerField()


class NotesForm(forms.Form):
    """The notes as they shall be."""

    notes = WrittenField()
    seen_version = forms.IntegerField()
    seen_digest = forms.CharField(max_length=64, required=False)


class FoldForm(forms.Form):
    """The call that is the head of the matter; "#4711" is taken too."""

    head = forms.CharField(max_length=19)
    seen_version = forms.IntegerField()

    def clean_head(self) -> int:
        """The number of the head."""
        return number_of_call(self.cleaned_data["head"])


class UnfoldForm(forms.Form):
    """Why a folded call is another matter."""

    comment = WrittenField()


class EventForm(forms.Form):
    """What is going on at a property, and what callers shall hear."""

    property = forms.IntegerField()
    reason = forms.IntegerField(required=False)
    title = forms.CharField(max_length=120, required=False)
    line = forms.CharField(max_length=300, required=False)


class EventLineForm(forms.Form):
    """What callers shall hear."""

    line = forms.CharField(max_length=300, required=False)


class EventJoinForm(forms.Form):
    """A call that belongs to an event."""

    call = forms.CharField(max_length=19)

    def clean_call(self) -> int:
        """Its number."""
        return number_of_call(self.cleaned_data["call"])


class EventOverForm(forms.Form):
    """What came of an event, and where its calls go."""

    outcome = forms.CharField(max_length=2000, required=False)
    status = forms.IntegerField()


def number_of_call(typed: str) -> int:
    """The number that "4711" or "#4711" names; ValidationError for anything else."""
    number = read_id(typed.strip().removeprefix("#").strip())
    if number is None:
        raise forms.ValidationError(_("Write the number of a call, such as #4711."))
    return number


class WithdrawForm(forms.Form):
    """Why a call, or one comment of it, is taken out."""

    reason = forms.CharField(max_length=300, required=False)
    comment = forms.IntegerField(required=False)
    seen_version = forms.IntegerField(required=False)


class CorrectionForm(forms.Form):
    """What the log should have said; the place is "u:12", "r:7", "p:3" or "" for none."""

    place = forms.RegexField(r"^(?:[urp]:[0-9]{1,18})?$", required=False)
    call_from = forms.CharField(max_length=300, required=False)
    main_reason = forms.IntegerField(required=False)
    more_reasons = forms.TypedMultipleChoiceField(coerce=int, required=False)
    subject = forms.CharField(max_length=300, required=False)
    direction = forms.ChoiceField(choices=Direction)
    day = forms.DateField()
    time = forms.TimeField()
    is_second = forms.BooleanField(required=False)
    comment = WrittenField()
    seen_version = forms.IntegerField()

    def __init__(self, *args: Any, reasons: Iterable[Reason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        more = cast(forms.TypedMultipleChoiceField, self.fields["more_reasons"])
        more.choices = [(reason.pk, reason.name) for reason in reasons]
