"""The columns that the list of calls can show: which there are, and what each says of a row.

Cells are written here and not by a template: a list shows hundreds of them, and people choose
which. `says` is the cell as plain text, for exports; a list and its export cannot disagree.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callcenter.core.markup import markup
from callcenter.core.templatetags.icons import icon, status
from callcenter.core.templatetags.times import duration, zone_named

from .models import StatusKind

type Row = dict[str, Any]
type Says = Callable[[Row], str]
type InFile = tuple[tuple[Promise, Says], ...]

DUES = ("first_answer_due_at", "resolve_due_at")


@dataclass(frozen=True)
class Times:
    """How a page writes times: when a call was, and what is left until a moment of it."""

    when: Callable[[Row], SafeString]
    left: Callable[[Row, datetime], SafeString]


@dataclass(frozen=True)
class Column:
    """One column. `css` is the class of its head, and `reads` what its rows need beside the rest.

    A phone shows those that are not `is_wide`. Without `cell` the text stands there as it is.
    `in_file` are the columns that stand for it in a file, where they are others than itself.
    """

    key: str
    label: Promise
    says: Says
    css: str = ""
    is_wide: bool = True
    is_usual: bool = True
    reads: tuple[str, ...] = ()
    cell: Callable[[Row, Times], SafeString] | None = None
    in_file: InFile = ()

    @property
    def head_class(self) -> str:
        """The classes of its head."""
        return f"{self.css} wide-only" if self.is_wide else self.css

    @property
    def written(self) -> InFile:
        """The heads and texts of its columns in a file."""
        return self.in_file or ((self.label, self.says),)

    def shown(self, row: Row, times: Times) -> SafeString:
        """Its cell of this row."""
        if self.cell is not None:
            return self.cell(row, times)
        return markup('<td class="wide-only">{}</td>', self.says(row))


def _number(row: Row, _times: Times) -> SafeString:
    return markup('<td class="wide-only muted num-id">{}</td>', row["number"])


def _when(row: Row, times: Times) -> SafeString:
    return markup('<td class="c-when muted">{}</td>', times.when(row))


def _place(row: Row, _times: Times) -> SafeString:
    below = ", ".join(filter(None, (row["call_from"], row["reason"])))
    return markup(
        '<td><a class="strong" href="{}">{}</a>'
        '<span class="sub-narrow">{}<bdi>{}</bdi></span></td>',
        row["url"],
        row["place"] or _("No place"),
        _urgency(row),
        below,
    )


def _said(row: Row, _times: Times) -> SafeString:
    return markup('<td class="wide-only"><bdi>{}</bdi></td>', row["call_from"])


def _subject(row: Row, _times: Times) -> SafeString:
    return markup('<td class="wide-only"><bdi>{}</bdi></td>', row["subject"])


def _phone(row: Row, _times: Times) -> SafeString:
    return markup('<td class="wide-only muted small">{}</td>', row["phone"])


def _urgency(row: Row) -> SafeString:
    if not row["is_emergency"]:
        return SafeString("")
    return markup(
        '<span class="tag late">{}{}</span> ', icon("exclamation-triangle-fill"), _("Emergency")
    )


def _reason(row: Row, _times: Times) -> SafeString:
    more = SafeString("")
    if row["more_reasons"]:
        more = markup(' <span class="muted">+{}</span>', row["more_reasons"])
    return markup('<td class="wide-only">{}{}{}</td>', _urgency(row), row["reason"], more)


def _status(row: Row, _times: Times) -> SafeString:
    return markup("<td>{}</td>", status(row["status__name"], row["status_kind"]))


def _talk(row: Row, _times: Times) -> SafeString:
    return markup('<td class="wide-only num">{}</td>', _talk_said(row))


def _talk_said(row: Row) -> str:
    seconds = row["duration_seconds"]
    return "" if seconds is None else duration(seconds)


def _comments(row: Row, _times: Times) -> SafeString:
    return markup('<td class="wide-only num">{}</td>', row["comments_said"] or "")


def _reasons_said(row: Row) -> str:
    return ", ".join(said["name"] for said in row["reasons_said"])


def _direction_said(row: Row) -> str:
    return _("Outbound") if row["direction"] == "outbound" else _("Inbound")


def next_due(row: Row) -> datetime | None:
    """When the next of the clocks of a call ends; None when none runs."""
    if row["status_kind"] == StatusKind.CLOSED or row["clock_paused_at"] is not None:
        return None
    return min((due for name in DUES if (due := row[name]) is not None), default=None)


def _is_paused(row: Row) -> bool:
    return (
        row["status_kind"] != StatusKind.CLOSED
        and row["clock_paused_at"] is not None
        and any(row[name] is not None for name in DUES)
    )


def _due(row: Row, times: Times) -> SafeString:
    said = SafeString("")
    if _is_paused(row):
        why = _("The clock stands still while we wait for the resident")
        mark = icon("pause-circle")
        said = markup('<span class="clock" title="{}">{}{}</span>', why, mark, _("Paused"))
    elif (due := next_due(row)) is not None:
        said = times.left(row, due)
    return markup('<td class="wide-only">{}</td>', said)


def _due_said(row: Row) -> str:
    due = next_due(row)
    return "" if due is None else in_file(due.astimezone(UTC))


def _clock_said(row: Row) -> str:
    """Which clock ends next, or that it stands still."""
    due = next_due(row)
    if due is None:
        return _("Paused") if _is_paused(row) else ""
    return _("First answer") if due == row["first_answer_due_at"] else _("Resolution")


def in_file(moment: datetime) -> str:
    """A moment as files have it: "2026-11-24 18:30:00", on the clock that it is on."""
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _local(row: Row) -> datetime:
    moment: datetime = row["contacted_at"]
    return moment.astimezone(zone_named(row["contacted_zone"]))


COLUMNS = (
    Column("id", gettext_lazy("Call"), lambda row: str(row["pk"]), css="c-id", cell=_number),
    Column(
        "when",
        gettext_lazy("When"),
        lambda row: str(row["contacted_at"]),
        css="c-when",
        is_wide=False,
        cell=_when,
        in_file=(
            (gettext_lazy("When (UTC)"), lambda row: in_file(row["contacted_at"].astimezone(UTC))),
            (gettext_lazy("When (property time)"), lambda row: in_file(_local(row))),
            (gettext_lazy("Time zone"), lambda row: str(row["contacted_zone"])),
        ),
    ),
    Column(
        "place",
        gettext_lazy("Place"),
        itemgetter("place"),
        css="c-place",
        is_wide=False,
        cell=_place,
    ),
    Column("from", gettext_lazy("Call from"), itemgetter("call_from"), css="c-from", cell=_said),
    Column("phone", gettext_lazy("Number"), itemgetter("phone"), css="c-tel", cell=_phone),
    Column("reason", gettext_lazy("Reason"), _reasons_said, cell=_reason),
    Column(
        "subject", gettext_lazy("Subject"), itemgetter("subject"), is_usual=False, cell=_subject
    ),
    Column(
        "status",
        gettext_lazy("Status"),
        itemgetter("status__name"),
        css="c-status",
        is_wide=False,
        cell=_status,
    ),
    Column(
        "due",
        gettext_lazy("Due"),
        _due_said,
        css="c-due",
        is_usual=False,
        reads=(*DUES, "clock_paused_at"),
        cell=_due,
        in_file=((gettext_lazy("Due (UTC)"), _due_said), (gettext_lazy("Clock"), _clock_said)),
    ),
    Column(
        "assignee",
        gettext_lazy("Assigned"),
        lambda row: row["assignee__name"] or "",
        css="c-who",
        is_usual=False,
        reads=("assignee__name",),
    ),
    Column("by", gettext_lazy("Taken by"), itemgetter("taken_by_name"), css="c-by"),
    Column("direction", gettext_lazy("Direction"), _direction_said, css="c-way", is_usual=False),
    Column(
        "talk",
        gettext_lazy("Talk time"),
        _talk_said,
        css="c-num num",
        is_usual=False,
        reads=("duration_seconds",),
        cell=_talk,
    ),
    Column(
        "comments",
        gettext_lazy("Comments"),
        lambda row: str(row["comments_said"]),
        css="c-num num",
        is_usual=False,
        reads=("comments_said",),
        cell=_comments,
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
USUAL = [column for column in COLUMNS if column.is_usual]
NEEDED = "place"  # holds the way to the call


def columns_of(keys: Iterable[str]) -> list[Column]:
    """The columns of these keys, each once and in this order; the usual ones for none.

    Keys that nobody knows (any more) are passed over, and the place is always there.
    """
    chosen = [BY_KEY[key] for key in dict.fromkeys(keys) if key in BY_KEY]
    if not chosen:
        return USUAL
    if BY_KEY[NEEDED] not in chosen:
        chosen.insert(0, BY_KEY[NEEDED])
    return chosen
