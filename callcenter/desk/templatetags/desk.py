"""Small words of the desk's templates."""

from datetime import datetime
from typing import Any

from django import template

from callcenter.core.phone_text import show_phone
from callcenter.properties.models import PhoneLabel, Resident

register = template.Library()


@register.filter
def city(zone: str) -> str:
    """ "New York" for America/New_York."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@register.filter
def same(value: object, other: object) -> bool:
    """Whether a form's value, typed or initial, is this id."""
    return str(value) == str(other)


@register.filter
def number(phone: dict[str, Any], region: str) -> str:
    """The number as people in `region` write it, with its extension."""
    shown = show_phone(phone["raw"], phone["e164"], region=region)
    extension = phone["extension"]
    return f"{shown} x{extension}" if phone["e164"] and extension else shown


@register.filter
def label_of(phone: dict[str, Any]) -> str:
    """What kind of number it is, in a word within a sentence."""
    return str(PhoneLabel(phone["label"]).label).lower()


@register.filter
def has_left(person: Resident, now: datetime) -> bool:
    """Whether the person moved out before today."""
    return person.move_out is not None and person.move_out < now.date()
