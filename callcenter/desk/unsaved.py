"""What somebody began and has not saved, as the desk offers it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from callcenter.calls.drafts import unsaved_of
from callcenter.properties.principals import Principal

PLACES = {"u": "unit", "r": "resident", "p": "property"}
MOST = 5


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A draft: what it is about ("" for no place), where one goes on, and how it is discarded.

    `kind` is "new" for a call, "comment" or "notes" for words on a call that there is.
    """

    kind: str
    label: str
    url: str
    discard: str
    saved_at: datetime


def unsaved_work(principal: Principal) -> list[Unsaved]:
    """The newest drafts of the principal, in one statement."""
    found = []
    for draft in unsaved_of(principal)[:MOST]:
        discard = reverse("desk:draft", args=[draft.key])
        opened = urlencode({"opened": f"{draft.writer}.{draft.revision}"})
        kind, url = _where(draft.key)
        label: str = draft.label  # type: ignore[attr-defined]
        found.append(Unsaved(kind, label, url, f"{discard}?{opened}", draft.updated_at))
    return found


def _where(key: str) -> tuple[str, str]:
    """The kind of a draft, and the page whose form gives it back."""
    subject, _colon, rest = key.partition(":")
    if subject == "call":
        number, _colon, form = rest.partition(":")
        return form, reverse("calls:detail", args=[int(number)])
    query = f"?{PLACES[rest[0]]}={rest[1:]}" if rest else ""
    return "new", reverse("desk:new") + query
