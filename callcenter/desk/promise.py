"""The callback in the log form: a quick choice or free words, mine or anyone's."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from callcenter.calls.due_words import LONGEST, read_due
from callcenter.calls.values import Promise
from callcenter.core.errors import RuleError

QUICK = (("", _("None")), ("30m", _("30 min")), ("2h", _("2 h")), ("tomorrow 9", _("Tomorrow 9")))
WHO = (("me", _("Mine")), ("anyone", _("Anyone")))


class PromiseFields(forms.Form):
    """Fields `due_quick`, `due` (which wins) and `due_who`; `zone` is set by the form's class."""

    due_quick = forms.ChoiceField(choices=QUICK, required=False, label=_("Callback"))
    due = forms.CharField(max_length=LONGEST, required=False, label=_("When to ring back"))
    due_who = forms.ChoiceField(choices=WHO, required=False, label=_("Who rings back"))

    zone: str

    def clean(self) -> dict[str, Any] | None:
        """Say at once what of the words is not understood."""
        cleaned = super().clean()
        words = self.cleaned_data.get("due") or self.cleaned_data.get("due_quick")
        self.cleaned_data["promised"] = None
        if words:
            try:
                due = read_due(words, zone=self.zone, now=timezone.now())
                self.cleaned_data["promised"] = due
            except RuleError as error:
                self.add_error("due", str(error))
        return cleaned

    def promise(self, user_id: int | None) -> Promise | None:
        """What was promised, by the person who writes or by anyone; only of a valid form."""
        due = self.cleaned_data["promised"]
        if due is None:
            return None
        is_anyones = self.cleaned_data["due_who"] == "anyone"
        return Promise(at=due.at, text=due.text, assignee_id=None if is_anyones else user_id)
