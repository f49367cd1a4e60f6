"""What the pages of chains send."""

from django import forms

from .models import Outcome
from .running import ENDINGS


class StartForm(forms.Form):
    """A chain for a call: by which policy, and whom it rings first."""

    policy = forms.UUIDField(required=False)
    rule = forms.UUIDField(required=False)


class RingForm(forms.Form):
    """Whom a chain rings next: a step of its policy, or somebody else."""

    rule = forms.UUIDField(required=False)
    responder = forms.UUIDField(required=False)


class ToldForm(forms.Form):
    """What came of a ring."""

    outcome = forms.ChoiceField(choices=Outcome.choices)


class EndForm(forms.Form):
    """How a chain ends that nobody accepted."""

    ending = forms.ChoiceField(choices=[(word.value, word.label) for word in ENDINGS])
    comment = forms.CharField(max_length=500, required=False)


class WithdrawForm(forms.Form):
    """Why a chain or a ring is withdrawn."""

    reason = forms.CharField(max_length=300, required=False)


class HandleForm(forms.Form):
    """What was done about a finding."""

    comment = forms.CharField(max_length=300, required=False)


class JudgeForm(forms.Form):
    """Whether a person picked up."""

    human = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown")])
