"""What the one box answers: each hit says where it leads, escaped and marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from callcenter.calls.models import CallLog
from callcenter.core.phone_text import show_phone
from callcenter.properties.models import PhoneLabel

from .highlight import mark_key, mark_trail, mark_words
from .reading import Query

MOST_MARKED = 7  # digits from which a number leaves hardly a doubt


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: where it leads and what it says, already escaped and marked.

    `score` (0-100) orders the hits; `is_past` (moved out, number given up) puts one last.
    """

    kind: str
    icon: str
    score: float
    url: str
    title: SafeString
    detail: SafeString
    note: str = ""
    is_past: bool = False


def call_hit(call: CallLog) -> Hit:
    """A call by its number, with its place and status."""
    unit = str(call.unit) if call.unit else ""
    place = _place(unit, call.property.name if call.property else "")
    return Hit(
        kind="call",
        icon="journal-text",
        score=100,
        url=reverse("calls:detail", args=[call.pk]),
        title=format_html("<mark>#{}</mark> <bdi>{}</bdi>", call.pk, call.call_from),
        detail=format_html("<bdi>{}</bdi>", place or call.subject),
        note=call.status.name,
    )


def unit_hit(row: dict[str, Any], *, score: float, key: str, others: tuple[str, ...]) -> Hit:
    """A unit whose number begins with `key`, at a property that `others` may name."""
    number = mark_key(row["number"], key)
    title = format_html("<bdi>{}</bdi> {}", row["building"], number) if row["building"] else number
    return Hit(
        kind="unit",
        icon="door-open",
        score=score,
        url=f"{reverse('desk:new')}?unit={row['pk']}",
        title=title,
        detail=mark_words(row["property__name"], others),
    )


def property_hit(
    pk: int, name: str, *, score: float, query: Query, missing: Sequence[str] = ()
) -> Hit:
    """A property by the words of its name; `missing` are those that nothing there is called."""
    detail = _("Property")
    if missing:
        detail = _("Property; nothing there is called %(words)s") % {"words": " ".join(missing)}
    return Hit(
        kind="property",
        icon="buildings",
        score=score,
        url=f"{reverse('desk:new')}?property={pk}",
        title=mark_words(name, query.words),
        detail=format_html("{}", detail),
    )


def resident_hit(row: dict[str, Any], *, score: float, query: Query) -> Hit:
    """A person by name, with the place."""
    name = " ".join(row[f] for f in ("first_name", "middle_name", "last_name") if row[f])
    place = _place(_unit_name(row["unit__building"], row["unit__number"]), row["property__name"])
    return Hit(
        kind="resident",
        icon="person",
        score=score,
        url=f"{reverse('desk:new')}?resident={row['pk']}",
        title=mark_words(name, query.names),
        detail=mark_words(place, query.words),
        note=_("Moved out") if row["is_past"] else "",
        is_past=bool(row["is_past"]),
    )


def number_hit(row: dict[str, Any], *, query: Query, region: str) -> Hit:
    """A person by the last digits of a number."""
    names = (row[f"of_{part}_name"] for part in ("first", "middle", "last"))
    unit = _unit_name(row["of_unit__building"], row["of_unit__number"])
    digits = len(query.digits_reversed)
    number = mark_trail(show_phone(row["raw"], row["e164"], region=region), digits)
    moved = _("Moved out") if row["valid_to"] is None else _("Former number")
    return Hit(
        kind="number",
        icon="telephone-inbound",
        score=90 if digits >= MOST_MARKED else 75,
        url=f"{reverse('desk:new')}?resident={row['resident_id']}&number={row['pk']}",
        title=format_html("<bdi>{}</bdi>", " ".join(name for name in names if name)),
        detail=format_html(
            "{} {} <bdi>{}</bdi>",
            PhoneLabel(row["label"]).label,
            number,
            _place(unit, row["of_property__name"]),
        ),
        note=moved if row["is_past"] else "",
        is_past=bool(row["is_past"]),
    )


def _unit_name(building: str | None, number: str | None) -> str:
    return " ".join(part for part in (building, number) if part)


def _place(unit: str | None, home: str | None) -> str:
    """ "12B, Maple Court" as far as it is known."""
    return ", ".join(part for part in (unit, home) if part)
