"""What an edit changed, in words: the text of a history row of kind edit."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Direction

LABELS = {
    "property": gettext_lazy("Property"),
    "unit": gettext_lazy("Unit"),
    "resident": gettext_lazy("Resident"),
    "call_from": gettext_lazy("Call from"),
    "reasons": gettext_lazy("Reasons"),
    "subject": gettext_lazy("Subject"),
    "notes": gettext_lazy("Notes"),
    "direction": gettext_lazy("Direction"),
    "contacted_at": gettext_lazy("Time of the call"),
    "contacted_zone": gettext_lazy("Time zone"),
}


def describe_changes(differences: Mapping[str, tuple[Any, Any]], *, zone: str = "UTC") -> str:
    """One line for each field: "Subject: “before” → “after”"; times on the clock of `zone`."""
    lines = [
        _("%(field)s: %(before)s → %(after)s")
        % {"field": LABELS[name], "before": _said(before, zone), "after": _said(after, zone)}
        for name, (before, after) in _in_words(differences)
        if name in LABELS
    ]
    return "\n".join(lines)


def _in_words(
    differences: Mapping[str, tuple[Any, Any]],
) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The differences, with choices that came from the database as plain words made choices."""
    for name, (before, after) in differences.items():
        if name == "direction":
            yield name, (Direction(before), Direction(after))
        else:
            yield name, (before, after)


def _said(value: Any, zone: str) -> str:
    if value is None or value in ("", []):
        return _("nothing")
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %Z")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    label = getattr(value, "label", None)
    return str(label) if label else f"“{value}”"
