"""Long lists to choose from: written once, for as long as they stay the same."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()
CHOSEN, OTHER = SafeString(" selected"), SafeString("")


@register.simple_tag
def options(pairs: Iterable[tuple[int, str]], chosen: Any = None) -> SafeString:
    """An <option> for each (key, name); the one whose key is `chosen` is selected."""
    known = tuple(pairs)
    keys = {str(key) for key, _name in known}
    return _options(known, str(chosen) if str(chosen) in keys else "")


@register.simple_tag
def named_options(names: Iterable[str]) -> SafeString:
    """An <option> for each name, for the list that a field proposes from."""
    return _named_options(tuple(names))


@lru_cache(maxsize=512)  # of the words alone, so that nothing in it can grow old
def _options(pairs: tuple[tuple[int, str], ...], chosen: str) -> SafeString:
    rows = ((key, CHOSEN if str(key) == chosen else OTHER, name) for key, name in pairs)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@lru_cache(maxsize=512)
def _named_options(names: tuple[str, ...]) -> SafeString:
    return format_html_join("", '<option value="{}"></option>', ((name,) for name in names))
