"""What the forms about callbacks send; the actions judge what it means."""

from django import forms

from callcenter.core.forms import WrittenField

from .due_words import LONGEST
from .models import CallbackState


class PromiseForm(forms.Form):
    """When, in words, and who: "me", "anyone", a name or an e-mail address."""

    due = forms.CharField(max_length=LONGEST, required=False)
    who = forms.CharField(max_length=254, required=False)


class ChangeForm(PromiseForm):
    """The same; what is empty stays as it is."""


class EndForm(forms.Form):
    """How it ended, what came of it, and where the matter goes if that is chosen."""

    state = forms.ChoiceField(
        choices=[choice for choice in CallbackState.choices if choice[0] != "pending"]
    )
    comment = WrittenField()
    status = forms.IntegerField(required=False)

    def clean_state(self) -> CallbackState:
        """The state as the action takes it."""
        return CallbackState(self.cleaned_data["state"])
