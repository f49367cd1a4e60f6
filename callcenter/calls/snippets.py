"""The place in a text where words were found: escaped first, then marked (B-11)."""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .models.words import END, MARK

_FOUND = re.compile(f"{MARK}([^{MARK}{END}]*){END}")
_LEFT = re.compile(f"[{MARK}{END}]")


def snippet(here: str, in_comment: str) -> SafeString:
    """Where it stands in the call's own texts, else in a comment; "" when it is in neither.

    Both are headlines of the database, with private signs around what was found. Such signs that
    a text brought itself make no mark, or a mark around what was never looked for, but no tag.
    """
    if MARK in here:
        return format_html('<span class="muted">{}</span> <bdi>{}</bdi>', _("Notes"), _marked(here))
    if MARK in in_comment:
        return format_html(
            '<span class="muted">{}</span> <bdi>{}</bdi>', _("Comment"), _marked(in_comment)
        )
    return SafeString("")


def _marked(headline: str) -> SafeString:
    marked = _FOUND.sub(r"<mark>\1</mark>", escape(headline))
    return SafeString(_LEFT.sub("", marked))
