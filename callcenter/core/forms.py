"""Forms at the edge: cleaned data or a refusal."""

from typing import Any

from django.forms import BaseForm

from .errors import RuleError


def checked(form: BaseForm) -> dict[str, Any]:
    """The form's cleaned data, or RuleError with the first thing that is wrong."""
    if form.is_valid():
        return dict(form.cleaned_data)
    field, messages = next(iter(form.errors.items()))
    raise RuleError(str(messages[0]), field=field)
