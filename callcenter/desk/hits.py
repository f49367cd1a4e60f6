"""What the one box answers: each hit says where it leads, escaped and marked."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from callcenter.calls.models import CallLog
from callcenter.calls.rows import place_said
from callcenter.core.markup import markup
from callcenter.core.phone_text import show_phone
from callcenter.properties.models import PhoneLabel

from .explaining import Explanation
from .highlight import mark_key, mark_like, mark_trail
from .reading import Query
from .reason_words import SaidReason

GIVEN_UP = 0.88  # the score of a number that was somebody's


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: where it leads and what it says, already escaped and marked.

    `score` (0 to 1) orders the hits; `is_past` says moved out, or number given up. `reason` is the
    name of the reason that is chosen with it.
    """

    kind: str
    icon: str
    score: float
    url: str
    title: SafeString
    detail: SafeString
    note: str = ""
    is_past: bool = False
    reason: str = ""


def call_hit(call: CallLog) -> Hit:
    """A call by its number, with its place and status."""
    place = ", ".join(str(part) for part in (call.unit, call.property) if part)
    return Hit(
        kind="call",
        icon="journal-text",
        score=1,
        url=reverse("calls:detail", args=[call.pk]),
        title=markup("<mark>#{}</mark> <bdi>{}</bdi>", call.pk, call.call_from),
        detail=markup("<bdi>{}</bdi>", place or call.subject),
        note=call.status.name,
    )


def unit_hit(row: dict[str, Any], *, said: Explanation, key: str) -> Hit:
    """A unit whose number begins with `key`, at a property that the words of `said` may name."""
    building = mark_like(row["building"], said.words)
    number = mark_key(row["number"], key)
    return Hit(
        kind="unit",
        icon="door-open",
        score=said.score,
        url=_new(said.reason, unit=row["pk"]),
        title=markup("{} {}", building, number) if row["building"] else number,
        detail=mark_like(row["property__name"], said.words),
        reason=said.reason.name if said.reason else "",
    )


def property_hit(pk: int, name: str, *, said: Explanation) -> Hit:
    """A property by the words of its name, with those that nothing there is called."""
    detail = _("Property")
    if said.missing:
        words = " ".join(said.missing)
        detail = _("Property; nothing there is called %(words)s") % {"words": words}
    return Hit(
        kind="property",
        icon="buildings",
        score=said.score,
        url=_new(said.reason, property=pk),
        title=mark_like(name, said.words),
        detail=markup("{}", detail),
        reason=said.reason.name if said.reason else "",
    )


def resident_hit(row: dict[str, Any], *, said: Explanation, score: float, query: Query) -> Hit:
    """A person by name, with the place."""
    name = " ".join(row[f] for f in ("first_name", "middle_name", "last_name") if row[f])
    return Hit(
        kind="resident",
        icon="person",
        score=score,
        url=_new(said.reason, resident=row["pk"]),
        title=mark_like(name, query.names),
        detail=mark_like(place_said(row), said.words),
        note=_("Moved out") if row["is_past"] else "",
        is_past=bool(row["is_past"]),
        reason=said.reason.name if said.reason else "",
    )


def number_hit(row: dict[str, Any], *, query: Query, region: str) -> Hit:
    """A person by the last digits of a number."""
    names = (row[f"of_{part}_name"] for part in ("first", "middle", "last"))
    digits = len(query.digits_reversed)
    number = mark_trail(show_phone(row["raw"], row["e164"], region=region), digits)
    moved = _("Moved out") if row["valid_to"] is None else _("Former number")
    return Hit(
        kind="number",
        icon="telephone-inbound",
        score=GIVEN_UP if row["is_past"] else 1,
        url=_new(None, resident=row["resident_id"], number=row["pk"]),
        title=markup("<bdi>{}</bdi>", " ".join(name for name in names if name)),
        detail=markup(
            "{} {} <bdi>{}</bdi>",
            PhoneLabel(row["label"]).label,
            number,
            place_said(row, of="of_"),
        ),
        note=moved if row["is_past"] else "",
        is_past=bool(row["is_past"]),
    )


def reason_hit(reason: SaidReason, *, score: float) -> Hit:
    """A reason alone: a call about it, from whomever."""
    return Hit(
        kind="reason",
        icon="tag",
        score=score,
        url=_new(reason),
        title=markup("{}", reason.name),
        detail=markup("{}", _("Reason; log a call about it")),
        reason=reason.name,
    )


def _new(reason: SaidReason | None, **ids: int) -> str:
    """The log form about this place or person, with the reason chosen."""
    chosen = ids | ({"reason": reason.pk} if reason else {})
    return f"{_form()}?{urlencode(chosen)}"


@cache  # every hit leads there
def _form() -> str:
    return reverse("desk:new")
