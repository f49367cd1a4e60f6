"""The rehearsal: which chain would ring at a property, at a moment, for a reason. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from callcenter.calls.due_words import Due, read_due
from callcenter.calls.models import Reason
from callcenter.core.errors import RuleError
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .models import Policy
from .planned import Step, proposed_policies, steps_at


@dataclass(frozen=True)
class Rehearsal:
    """What would happen; `due` is None for now. `others` would be proposed behind `policy`."""

    home: Property
    reason: Reason | None
    at: datetime
    due: Due | None
    policy: Policy | None
    others: list[Policy]
    steps: list[Step]

    @property
    def first(self) -> Step | None:
        """The first step that rings somebody."""
        return next((step for step in self.steps if step.line is not None), None)


class RehearsalForm(forms.Form):
    """Where, when in words, and why; the moment is empty for now."""

    property = forms.ChoiceField()
    due = forms.CharField(max_length=60, required=False)
    reason = forms.ChoiceField(required=False)

    def __init__(
        self,
        *args: Any,
        properties: Sequence[Property],
        reasons: Sequence[Reason],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.properties = {str(home.pk): home for home in properties}
        self.reasons = {str(reason.pk): reason for reason in reasons}
        choose = self.fields["property"]
        choose.choices = [(pk, home.name) for pk, home in self.properties.items()]  # type: ignore[attr-defined]
        choose.error_messages = dict.fromkeys(
            ("required", "invalid_choice"), _("Choose a property.")
        )
        why = self.fields["reason"]
        why.choices = [("", ""), *((pk, one.name) for pk, one in self.reasons.items())]  # type: ignore[attr-defined]
        why.error_messages = {"invalid_choice": _("There is no such reason.")}

    def clean(self) -> dict[str, Any]:
        """Read the words of the moment on the clock of the chosen property."""
        data = super().clean() or {}
        home = self.properties.get(data.get("property", ""))
        data["moment"] = None
        if home is not None and data.get("due") and data["due"].casefold() != "now":
            try:
                data["moment"] = read_due(data["due"], zone=home.time_zone, now=timezone.now())
            except RuleError as error:
                self.add_error("due", str(error))
        return data


def rehearse(form: RehearsalForm, *, now: datetime, principal: Principal) -> Rehearsal:
    """Whom the chain would ring that a valid form asks for; at most five statements."""
    data = form.cleaned_data
    home, reason = form.properties[data["property"]], form.reasons.get(data["reason"])
    families = {reason.family} if reason is not None and reason.family else set()
    policies = proposed_policies(property_id=home.pk, families=families, principal=principal)
    due: Due | None = data["moment"]
    at = due.at if due else now
    policy = next(iter(policies), None)
    return Rehearsal(
        home=home,
        reason=reason,
        at=at,
        due=due,
        policy=policy,
        others=policies[1:],
        steps=steps_at(policy, at, principal) if policy else [],
    )
