"""Applying call logs of another system: new ones by COPY, known ones field by field."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from callcenter.calls.models import (
    CallLog,
    CallLogReason,
    Comment,
    CommentKind,
    Direction,
    StatusKind,
    TimeFlag,
    Visibility,
)

from .ledger import Chunk, Waiting, copy_rows, fingerprint, is_ours, next_ids, update_rows
from .references import References, find_references
from .times import read_clock

# What is taken or kept together: a place is not half an agent's and half the file's.
GROUPS: dict[str, tuple[str, ...]] = {
    "place": ("property_id", "unit_id", "resident_id"),
    "call_from": ("call_from",),
    "status": ("status_id", "status_kind"),
    "subject": ("subject",),
    "notes": ("notes",),
    "taken_by": ("taken_by_name",),
    "time": ("contacted_at", "contacted_zone", "contacted_text", "contacted_flag"),
}
COLUMNS = {
    "property_id": "bigint",
    "unit_id": "bigint",
    "resident_id": "bigint",
    "call_from": "text",
    "status_id": "bigint",
    "status_kind": "text",
    "subject": "text",
    "notes": "text",
    "taken_by_name": "text",
    "contacted_at": "timestamptz",
    "contacted_zone": "text",
    "contacted_text": "text",
    "contacted_flag": "text",
}
WORDS = {
    "place": _("place"),
    "call_from": _("call from"),
    "subject": _("subject"),
    "taken_by": _("taken by"),
    "time": _("time of the call"),
    "reasons": _("reasons"),
}
FIXED: tuple[str, ...] = (
    *("id", "organization_id", "direction", "phone_raw", "phone_e164", "phone_digits_reversed"),
    *("version", "closed_at", "source", "external_id", "withdrawn_reason"),
)
HISTORY: tuple[str, ...] = (
    *("organization_id", "call_log_id", "text", "author_id", "author_name", "status_id"),
    *("status_name", "kind", "visibility", "created_at", "time_is_assumed", "raw_time"),
)


def apply_call_logs(chunk: Chunk) -> None:
    """Create or update the calls of a chunk; each line ends in `chunk.ended`."""
    if not chunk.lines:
        return
    references = find_references(chunk)
    new = [line for line in chunk.lines if line.natural_key not in chunk.known]
    _create(chunk, new, references)
    known = [line for line in chunk.lines if line.natural_key in chunk.known]
    if known:
        _update(chunk, known, references)


def _fields(chunk: Chunk, line: Waiting, references: References) -> dict[str, Any]:
    """The columns of a call log that the line gives a value."""
    data = line.data
    home, unit, resident = references.place(data)
    status = references.statuses[data["status"]]
    source, organization = chunk.run.source, chunk.principal.organization
    zone = home.time_zone if home else source.time_zone or organization.time_zone
    flag = TimeFlag.EXACT
    if "at" in data:
        moment = datetime.fromisoformat(data["at"])
    else:
        moment, flag = read_clock(datetime.fromisoformat(data["local"]), zone)
    return {
        "property_id": home.pk if home else None,
        "unit_id": unit.pk if unit else None,
        "resident_id": resident.pk if resident else None,
        "call_from": data["call_from"],
        "status_id": status.pk,
        "status_kind": status.kind,
        "subject": data.get("subject", ""),
        "notes": data.get("notes", ""),
        "taken_by_name": data.get("taken_by_name", ""),
        "contacted_at": moment.astimezone(UTC),
        "contacted_zone": zone,
        "contacted_text": data["contacted_text"],
        "contacted_flag": flag,
    }


def _group(fields: dict[str, Any], name: str) -> list[Any]:
    return [fields[column] for column in GROUPS[name]]


def _reason_ids(line: Waiting, references: References) -> list[int]:
    return [references.reasons[reason].pk for reason in line.data.get("reasons", ())]


def _comment_marks(line: Waiting) -> list[str]:
    return [_comment_mark(comment) for comment in line.data.get("comments", ())]


def _comment_mark(comment: dict[str, Any]) -> str:
    """What tells a line's comments apart: position, text and user."""
    return fingerprint([comment["n"], comment["text"], comment["user"]])


def _create(chunk: Chunk, lines: list[Waiting], references: References) -> None:
    now, organization = timezone.now(), chunk.run.organization_id
    calls, reasons, history = [], [], []
    for line, pk in zip(lines, next_ids(CallLog, len(lines)), strict=True):
        fields = _fields(chunk, line, references)
        closed = now if fields["status_kind"] == StatusKind.CLOSED else None
        fixed = (pk, organization, Direction.INBOUND, "", "", "", 1, closed)
        calls.append((*fixed, chunk.source_key, line.data["external_id"], "", *fields.values()))
        reason_ids = _reason_ids(line, references)
        reasons += [(organization, pk, reason, n) for n, reason in enumerate(reason_ids)]
        marks = _comment_marks(line)
        history += _history(chunk, line, pk, fields, references)
        values: dict[str, Any] = {name: fingerprint(_group(fields, name)) for name in GROUPS}
        values |= {"reasons": fingerprint(reason_ids), "comments": marks}
        chunk.created(line, pk, values)
    copy_rows(CallLog, (*FIXED, *COLUMNS), calls)
    _copy_reasons(reasons)
    copy_rows(Comment, HISTORY, history)


def _copy_reasons(rows: list[tuple[int, int, int, int]]) -> None:
    copy_rows(CallLogReason, ("organization_id", "call_log_id", "reason_id", "position"), rows)


def _history(
    chunk: Chunk,
    line: Waiting,
    call_log_id: int,
    fields: dict[str, Any],
    references: References,
    known: Collection[str] = (),
) -> list[tuple[Any, ...]]:
    """Rows of history for those comments of the line whose mark is not `known`, in order."""
    now, rows = timezone.now(), []
    status_id, zone = fields["status_id"], fields["contacted_zone"]
    for comment in line.data.get("comments", ()):
        if known and _comment_mark(comment) in known:
            continue
        moment = now
        if "at" in comment:
            moment = datetime.fromisoformat(comment["at"])
        elif "local" in comment:
            moment = read_clock(datetime.fromisoformat(comment["local"]), zone)[0]
        name = comment["status"] or references.status_name(status_id)
        status = references.status_names.get(name, status_id)
        assumed = "at" not in comment
        words = (comment["text"], None, comment["user"], status, name)
        kind = (CommentKind.IMPORT, Visibility.INTERNAL, moment, assumed, comment["raw"])
        rows.append((chunk.run.organization_id, call_log_id, *words, *kind))
    return rows


def _update(chunk: Chunk, lines: list[Waiting], references: References) -> None:
    ids = [chunk.known[line.natural_key].object_id for line in lines]
    # as in the actions: the call's row first, so that histories stand in one order
    rows = CallLog.objects.filter(organization_id=chunk.run.organization_id, pk__in=ids)
    calls = rows.order_by("pk").select_for_update(no_key=True).in_bulk()
    links: dict[int, list[int]] = {}
    found = CallLogReason.objects.filter(call_log_id__in=ids).order_by("call_log_id", "position")
    for call_log_id, reason_id in found.values_list("call_log_id", "reason_id"):
        links.setdefault(call_log_id, []).append(reason_id)
    changes = [
        _compare(chunk, line, calls[pk], links.get(pk, []), references)
        for line, pk in zip(lines, ids, strict=True)
    ]
    _write(chunk, [change for change in changes if change is not None], references)


class _Change:
    """A known call that the file gives something new."""

    def __init__(self, call: CallLog, fields: dict[str, Any]) -> None:
        self.call = call
        self.fields = fields
        self.history: list[tuple[Any, ...]] = []
        self.reasons: list[int] | None = None
        self.before: dict[str, Any] = {}


def _compare(
    chunk: Chunk, line: Waiting, call: CallLog, links: list[int], references: References
) -> _Change | None:
    """What of the line is new; a group that a person changed is kept and named (inv 10)."""
    recorded = chunk.known[line.natural_key].values
    wanted = _fields(chunk, line, references)
    current = {column: getattr(call, column) for column in COLUMNS}
    change, kept = _Change(call, dict(current)), []
    values = dict(recorded)
    for name, columns in GROUPS.items():
        new, old = _group(wanted, name), _group(current, name)
        if new == old:
            values[name] = fingerprint(new)
        elif is_ours(old, recorded.get(name), blank=not any(old)):
            change.fields |= {column: wanted[column] for column in columns}
            change.before[name] = old
            values[name] = fingerprint(new)
        elif fingerprint(new) != recorded.get(name):
            kept.append(name)
    reason_ids = _reason_ids(line, references)
    if reason_ids != links and is_ours(links, recorded.get("reasons"), blank=not links):
        change.reasons, change.before["reasons"] = reason_ids, links
        values["reasons"] = fingerprint(reason_ids)
    elif reason_ids != links and fingerprint(reason_ids) != recorded.get("reasons"):
        kept.append("reasons")
    known = recorded.get("comments", [])
    fresh = [mark for mark in _comment_marks(line) if mark not in known]
    change.history = _history(chunk, line, call.pk, change.fields, references, known)
    values["comments"] = [*known, *fresh]
    if fresh:
        change.before["comments"] = len(known)
    changed = bool(change.before)
    before = change.before if changed else None
    chunk.settled(line, call.pk, values, before=before, kept_fields=kept)
    return change if changed else None


def _write(chunk: Chunk, changes: list[_Change], references: References) -> None:
    now, rows, history = timezone.now(), [], []
    for change in changes:
        call = change.call
        closed_at = call.closed_at
        if "status" in change.before:
            closed_at = now if change.fields["status_kind"] == StatusKind.CLOSED else None
        moved = {"version": call.version + 1, "updated_at": now, "closed_at": closed_at}
        rows.append({"id": call.pk, **change.fields, **moved})
        history += change.history + _own_rows(chunk, change, now, references)
    types = COLUMNS | {"version": "integer", "updated_at": "timestamptz"}
    update_rows(CallLog, types | {"closed_at": "timestamptz"}, rows)
    renewed = {c.call.pk: c.reasons for c in changes if c.reasons is not None}
    CallLogReason.objects.filter(call_log_id__in=renewed).delete()
    organization = chunk.run.organization_id
    _copy_reasons(
        [
            (organization, pk, reason, n)
            for pk, ids in renewed.items()
            for n, reason in enumerate(ids)
        ]
    )
    copy_rows(Comment, HISTORY, history)


def _own_rows(
    chunk: Chunk, change: _Change, now: datetime, references: References
) -> list[tuple[Any, ...]]:
    """What the import itself did: a new status, and the other fields in words."""
    status_id = change.fields["status_id"]
    actor = (chunk.principal.user_id, chunk.principal.user_name)
    where = (chunk.run.organization_id, change.call.pk)
    rows = []

    def row(text: str, kind: CommentKind) -> None:
        told = (
            status_id,
            references.status_name(status_id),
            kind,
            Visibility.INTERNAL,
            now,
            False,
            "",
        )
        rows.append((*where, text, *actor, *told))

    if "status" in change.before:
        row("", CommentKind.STATUS)
    others = [name for name in change.before if name not in ("status", "comments", "notes")]
    if others:
        words = ", ".join(str(WORDS[name]) for name in others)
        row(gettext("Changed by an import: %(fields)s") % {"fields": words}, CommentKind.EDIT)
    return rows
