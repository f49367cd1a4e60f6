"""Forms at the edge: cleaned data or a refusal."""

from typing import Any

from django.forms import BaseForm, CharField, Textarea

from .errors import RuleError


def checked(form: BaseForm) -> dict[str, Any]:
    """The form's cleaned data, or RuleError with the first thing that is wrong."""
    if form.is_valid():
        return dict(form.cleaned_data)
    field, messages = next(iter(form.errors.items()))
    raise RuleError(str(messages[0]), field=field)


class WrittenField(CharField):
    """A text of several lines as somebody typed it, with line ends as "\\n".

    Browsers send "\\r\\n": without this a text that nobody touched would come back as another.
    """

    widget = Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"strip": False, "required": False} | kwargs)

    def to_python(self, value: Any) -> str:
        """The text with one kind of line end."""
        return str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
