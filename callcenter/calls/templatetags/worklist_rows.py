"""Rows of the worklists: calls that wait, and callbacks that are promised."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from callcenter.calls.promises import CALL
from callcenter.calls.rows import address
from callcenter.core.markup import markup
from callcenter.core.templatetags.icons import icon, status
from callcenter.core.templatetags.times import left, when

type Row = dict[str, Any]

register = template.Library()

NOTHING = SafeString("")
PLACE = (
    '<td hx-disable><a class="strong" href="{}"{}><bdi>{}</bdi></a>'
    '<span class="sub-narrow"><bdi>{}</bdi></span></td>'
    '<td class="desk-only" hx-disable><bdi>{}</bdi>{}</td>'
)
WAITING = (
    '<tr><td class="c-due">{}</td>{}'
    '<td class="wide-only cut" hx-disable><bdi>{}</bdi>{}</td>'
    '<td class="wide-only">{}</td><td>{}</td></tr>'
)
TAKE_CALL = (
    '<form class="inline" method="post" action="{0}" hx-post="{0}" hx-target="#rows"'
    ' hx-swap="outerHTML" hx-sync="this:drop">{1}<input type="hidden" name="key" value="{2}">'
    '<input type="hidden" name="back" value="{3}">'
    '<button class="btn btn-quiet" type="submit" data-key="a">{4}{5}</button></form>'
)
CALLBACK = (
    '<tr{}><td class="c-due">{}</td>{}'
    '<td class="wide-only cut" hx-disable><bdi>{}</bdi></td><td class="wide-only">{}</td>'
    '<td class="c-acts">{}{}</td></tr>'
)
TAKE_CALLBACK = (
    '<form class="inline" method="post" action="{0}" hx-post="{0}" hx-target="#opened">{1}'
    '<input type="hidden" name="who_list" value="{2}">'
    '<button class="btn btn-quiet" type="submit" data-key="a" aria-label="{4}">{3}'
    '<span class="wide-only">{4}</span></button></form>'
)
END_CALLBACK = (
    '<a class="btn btn-quiet" href="{0}done" hx-get="{0}done" hx-target="#opened" data-key="d"'
    ' aria-label="{2}">{1}<span class="wide-only">{2}</span></a>'
    ' <a class="btn btn-quiet wide-only" href="{0}failed" hx-get="{0}failed" hx-target="#opened"'
    ' data-key="f">{3}</a>'
    ' <a class="btn btn-quiet wide-only" href="{0}cancelled" hx-get="{0}cancelled"'
    ' hx-target="#opened" data-key="o">{4}</a>'
)


@register.simple_tag(takes_context=True)
def waiting_rows(context: Context, rows: Iterable[Row], name: str) -> SafeString:
    """A <tr> for each call of the worklist `name` ("due", "finish", "unhandled")."""
    is_due = name == "due"
    first_answer = _("first answer")

    def line(row: Row) -> SafeString:
        answer = first_answer if is_due and row["first_answer_due_at"] else ""
        return markup(
            WAITING,
            _moment(context, row, answer) if is_due else _past(context, row),
            _place(row, row, address("calls:detail", row["pk"])),
            row["subject"] or row["main_reason"] or "",
            markup(' <span class="muted small">{}</span>', answer) if answer else "",
            status(row["status__name"], row["status_kind"]),
            _lacks(row) if name == "finish" else _holder(context, row, name),
        )

    return SafeString("".join(map(line, rows)))


def _moment(context: Context, row: Row, answer: str) -> SafeString:
    time = left(context, row["next_due"], row["contacted_zone"])
    return markup('{}<span class="sub-narrow">{}</span>', time, answer)


def _past(context: Context, row: Row) -> SafeString:
    time = when(context, row["contacted_at"], row["contacted_zone"])
    return markup('<span class="muted">{}</span>', time)


def _lacks(row: Row) -> SafeString:
    lacking = [_("place")] * (not row["property__name"]) + [_("reason")] * (not row["main_reason"])
    tags = (markup('<span class="tag soon">{}</span>', word) for word in lacking)
    return SafeString(" ".join(tags))


def _holder(context: Context, row: Row, name: str) -> SafeString:
    """Who has a call, or the button that takes it."""
    if row["assignee_id"] is not None:
        return _person(context, row)
    return markup(
        TAKE_CALL,
        address("calls:take", row["pk"]),
        _token(context),
        f"{context['key']}-{row['pk']}",
        name,
        icon("person"),
        _("Take"),
    )


@register.simple_tag(takes_context=True)
def callback_rows(context: Context, rows: Iterable[Row]) -> SafeString:
    """A <tr> for each promised callback, with what one does with it."""
    words = (icon("check-circle"), _("Done"), _("Failed"), _("Call off"))
    me, whose = context["me"], context["who_list"]

    def line(row: Row) -> SafeString:
        said = NOTHING
        if row["assignee_id"] == me:
            said = markup(
                ' data-callback-due="{}" data-callback="{}"', row["due_at"].isoformat(), row["pk"]
            )
        call = {key.removeprefix(CALL): value for key, value in row.items() if CALL in key}
        opened = f"{address('calls:callback', row['pk'])}?{urlencode({'who_list': whose})}&as="
        return markup(
            CALLBACK,
            said,
            left(context, row["due_at"], call["contacted_zone"], calm=True),
            _place(row, call, address("calls:detail", call["pk"])),
            call["subject"] or row["main_reason"] or "",
            _ringer(context, row),
            NOTHING if row["assignee_id"] else _take_callback(context, row, whose),
            markup(END_CALLBACK, opened, *words),
        )

    return SafeString("".join(map(line, rows)))


def _ringer(context: Context, row: Row) -> SafeString:
    if row["assignee_id"] is None:
        return markup('<span class="muted">{}</span>', _("anyone"))
    return _person(context, row)


def _take_callback(context: Context, row: Row, whose: str) -> SafeString:
    url = address("calls:callback_take", row["pk"])
    return markup(TAKE_CALLBACK, url, _token(context), whose, icon("person"), _("Take"))


def _place(row: Row, call: Row, url: str) -> SafeString:
    """Where it is and who called: in two cells, or on a narrow page in one."""
    phone = markup(' <span class="muted small">{}</span>', row["phone"]) if row["phone"] else ""
    place = row["place"] or _("No place")
    mark = NOTHING if row is call else SafeString(" data-place")
    return markup(PLACE, url, mark, place, call["call_from"], call["call_from"], phone)


def _person(context: Context, row: Row) -> SafeString:
    if row["assignee_id"] == context["me"]:
        return markup('<span class="tag mine">{}</span>', _("Mine"))
    return markup("<bdi>{}</bdi>", row["assignee__name"])


def _token(context: Context) -> SafeString:
    """Django's {% csrf_token %}."""
    token = context["csrf_token"]
    return markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
