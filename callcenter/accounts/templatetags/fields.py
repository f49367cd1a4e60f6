"""One way to show a field: label, control, help and errors, tied together for screen readers."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select

register = template.Library()


def _class_of(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | CheckboxSelectMultiple | RadioSelect):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"


@register.inclusion_tag("accounts/_field.html")
def field(field: BoundField) -> dict[str, Any]:
    """The field with its label; Django names help and errors in aria-describedby."""
    attrs = field.field.widget.attrs
    attrs.pop("placeholder", None)  # allauth repeats the label there
    attrs["class"] = _class_of(field)
    return {
        "field": field,
        "is_group": isinstance(field.field.widget, CheckboxSelectMultiple | RadioSelect),
        "is_check": isinstance(field.field.widget, CheckboxInput),
    }


@register.inclusion_tag("accounts/_fields.html")
def fields(form: Any) -> dict[str, Any]:
    """All of a form: what is wrong with the whole, the hidden fields and the visible ones."""
    return {"form": form}
