"""Small words of the pages of telephone calls."""

from datetime import date
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from callcenter.core.templatetags.times import duration
from callcenter.properties.models import Property

register = template.Library()


@register.filter
def percent(value: float) -> str:
    """12.5 as "12.50%", in the form that SVG reads, whatever the language."""
    return f"{value:.3f}%"


@register.filter
def pixels(value: float) -> str:
    """12.5 as "12.50", whatever the language."""
    return f"{value:.2f}"


@register.filter
def share(part: int, whole: int) -> str:
    """How many of a hundred: "93 %", or "-" of none."""
    return f"{100 * part / whole:.0f} %" if whole else "-"


@register.filter
def seconds(value: int | None) -> str:
    """ "0:08"; "-" where there is nothing to tell."""
    return "-" if value is None else duration(value)


@register.simple_tag
def day_rows(day: date, home: Property | None, **filters: object) -> str:
    """The address of the telephone calls of a day, narrowed by filters of the list."""
    query = {"since": day.isoformat(), "until": day.isoformat()}
    query |= {name: str(value) for name, value in filters.items()}
    if home is not None:
        query["property"] = str(home.pk)
    return f"{reverse('calls:phone')}?{urlencode(query)}"
