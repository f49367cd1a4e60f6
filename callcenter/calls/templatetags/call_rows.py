"""Rows of the list of calls, in the columns that the person chose."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from callcenter.calls.list_columns import NEEDED, Column, Row, Times
from callcenter.core.markup import markup
from callcenter.core.templatetags.times import left, when

register = template.Library()

BOX = (
    '<tr{}><td class="c-box"><input class="form-check-input" type="checkbox" name="call"'
    ' value="{}.{}" form="bulk" aria-label="{}"{}></td>{}</tr>{}'
)

KEPT = f'<input type="hidden" name="column" value="{NEEDED}">'  # a disabled box is not sent
CHOICE = (
    '<div class="row-flex" data-column><label class="row-flex grow"><input type="checkbox"'
    ' class="form-check-input" name="column" value="{}"{}>{}</label>{}<button type="button"'
    ' class="btn btn-quiet" data-up hidden aria-label="{}">↑</button></div>'
)


@register.simple_tag(takes_context=True)
def call_rows(
    context: Context, rows: Iterable[Row], columns: Sequence[Column], picked: Any = ()
) -> SafeString:
    """A <tr> for each row, with a box to pick it; `picked` are the ids whose box is ticked."""
    label = _("Select call %s")

    times = Times(
        when=lambda row: when(context, row["contacted_at"], row["contacted_zone"]),
        left=lambda row, moment: left(context, moment, row["contacted_zone"]),
    )

    def line(row: Row) -> SafeString:
        cells = SafeString("").join(column.shown(row, times) for column in columns)
        is_picked = row["pk"] in picked
        return markup(
            BOX,
            SafeString(' class="sel"') if is_picked else "",
            row["number"],
            row["version"],
            label % row["number"],
            SafeString(" checked") if is_picked else "",
            SafeString(cells),
            _snippet(row, len(columns) + 1),
        )

    return SafeString("".join(map(line, rows)))


@register.simple_tag
def column_choices(choosable: Iterable[tuple[Column, bool]]) -> SafeString:
    """A line for each (column, is shown): a box to choose it, a button that moves it up."""
    up = _("Move %s up")

    def line(column: Column, *, is_shown: bool) -> SafeString:
        is_always = column.key == NEEDED
        state = (" checked" if is_shown else "") + (" disabled" if is_always else "")
        sent = SafeString(KEPT if is_always else "")
        label = str(column.label)
        return markup(CHOICE, column.key, SafeString(state), label, sent, up % label)

    lines = (line(column, is_shown=is_shown) for column, is_shown in choosable)
    return SafeString("".join(lines))


def _snippet(row: Row, width: int) -> SafeString:
    """Where the words that were looked for stand, in a line of its own below the row."""
    found = row.get("snippet")
    if not found:
        return SafeString("")
    return markup('<tr class="found"><td colspan="{}">{}</td></tr>', width, found)
