"""What the actions share: the lock on a call's row, its next row of history, its next version."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.prepared import fetch_all
from callcenter.properties.principals import Principal

from .models import (
    CallLog,
    CallLogReason,
    Comment,
    CommentKind,
    Reason,
    Status,
    Visibility,
)

MAX_TEXT = 50_000


BUMP = """
UPDATE calls_calllog SET version = version + 1, updated_at = statement_timestamp()
WHERE id = %(pk)s RETURNING version
"""


def clean_text(text: str, *, limit: int, field: str) -> str:
    """The text as typed; RuleError when it is too long or holds what no database keeps (B-18)."""
    if len(text) > limit:
        said = _("This is longer than %(limit)d characters.") % {"limit": limit}
        raise RuleError(said, field=field)
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise RuleError(_("This holds a character that cannot be kept."), field=field)
    return text


def lock_call(call_log_id: int, actor: Principal, seen_version: int | None = None) -> CallLog:
    """The call, locked until the end of the transaction, as the actor may see it now (C02).

    NotFoundError when it is absent or not visible; StaleError when `seen_version` is another
    one than the call's. None means that the last write wins.
    """
    return _locked(call_log_id, actor, seen_version, LOCK_ONE)


def lock_to_move(call_log_id: int, actor: Principal, seen_version: int | None = None) -> CallLog:
    """As `lock_call`, with the call that it is folded into, which a move may take it out of.

    Both are locked in the order of their ids, as folding does it, so that the two cannot block
    each other.
    """
    return _locked(call_log_id, actor, seen_version, LOCK_WITH_HEAD)


LOCK_ONE = "log.id = %(pk)s"
LOCK_WITH_HEAD = """log.id IN (%(pk)s, (
    SELECT one.folded_into_id FROM calls_calllog one
    WHERE one.organization_id = %(org)s AND one.id = %(pk)s
))"""


def _locked(call_log_id: int, actor: Principal, seen_version: int | None, which: str) -> CallLog:
    statement, names, status_names = _lock_statement(which)
    rows = fetch_all(statement, {"org": actor.organization_id, "pk": call_log_id})
    place = names.index("id")
    row = next((row for row in rows if row[place] == call_log_id), None)
    log = CallLog.from_db("default", names, row[: len(names)]) if row else None
    if row is None or log is None or not _is_visible(log, actor):
        raise NotFoundError(_("There is no such call."))
    log.status = Status.from_db("default", status_names, row[len(names) :])
    if seen_version is not None and log.version != seen_version:
        raise StaleError(_("Somebody else changed this call in the meantime."))
    return log


def _is_visible(log: CallLog, actor: Principal) -> bool:
    """Whether `visible_to` has this locked call: by its property, or asked when it has none."""
    if actor.property_ids is None or log.property_id in actor.property_ids:
        return True
    if log.property_id is not None:
        return False
    return CallLog.objects.visible_to(actor).filter(pk=log.pk).exists()


@cache
def _lock_statement(which: str) -> tuple[str, list[str], list[str]]:
    """The statement that locks `which` calls, with the names of their columns and statuses'.

    Every write begins with it, so it is prepared once; a queryset of so many columns costs
    more to compile than to run.
    """
    names = [f.attname for f in CallLog._meta.concrete_fields if f.attname != "search"]  # noqa: SLF001
    of_status = [f.attname for f in Status._meta.concrete_fields]  # noqa: SLF001
    columns = ", ".join(
        [f'log."{name}"' for name in names] + [f'st."{name}"' for name in of_status]
    )
    statement = f"""
        SELECT {columns} FROM calls_calllog log JOIN calls_status st ON st.id = log.status_id
        WHERE log.organization_id = %(org)s AND {which} AND log.withdrawn_at IS NULL
        ORDER BY log.id FOR NO KEY UPDATE OF log
    """  # noqa: S608 (constants)
    return statement, names, of_status


def append_row(
    log: CallLog,
    *,
    actor: Principal,
    text: str,
    kind: CommentKind = CommentKind.COMMENT,
    visibility: Visibility = Visibility.INTERNAL,
) -> Comment:
    """The next row of the history, with the status of `log` as it is in memory.

    The database gives it its number, digest and hash (trigger `calls_comment_chain`).
    """
    statement, names = _append_statement()
    values = {
        "organization": log.organization_id,
        "call_log": log.pk,
        "text": text,
        "author": actor.user_id,
        "author_name": actor.user_name,
        "status": log.status_id,
        "status_name": log.status.name,
        "kind": kind,
        "visibility": visibility,
    }
    return Comment.from_db("default", names, fetch_all(statement, values)[0])


@cache
def _append_statement() -> tuple[str, list[str]]:
    """The statement that appends a row and gives it back, with the names of its columns."""
    names = [f.attname for f in Comment._meta.concrete_fields]  # noqa: SLF001
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f"""
        INSERT INTO calls_comment (organization_id, call_log_id, text, author_id, author_name,
            status_id, status_name, kind, visibility, time_is_assumed, raw_time)
        VALUES (%(organization)s, %(call_log)s, %(text)s, %(author)s, %(author_name)s,
            %(status)s, %(status_name)s, %(kind)s, %(visibility)s, false, '')
        RETURNING {columns}
    """  # noqa: S608 (constants)
    return statement, names


def bump(log: CallLog, **changes: Any) -> CallLog:
    """Write `changes` to a locked call and make its version one higher (inv 5)."""
    if changes:
        moved = {"version": F("version") + 1, "updated_at": Now()}
        CallLog.objects.filter(pk=log.pk).update(**moved, **changes)
    else:
        fetch_all(BUMP, {"pk": log.pk})
    log.version += 1
    return log


def reasons_named(reason_ids: Sequence[int], actor: Principal) -> list[Reason]:
    """The reasons of these ids, in this order, each once; RuleError for one that is not there."""
    wanted = list(dict.fromkeys(reason_ids))
    if not wanted:
        return []
    found = Reason.objects.visible_to(actor).in_bulk(wanted)
    if len(found) < len(wanted):
        raise RuleError(_("There is no such reason."), field="reasons")
    return [found[pk] for pk in wanted]


def reasons_of(log: CallLog) -> list[Reason]:
    """The reasons of a call, the main one first."""
    links = log.reason_links.select_related("reason").order_by("position")
    return [link.reason for link in links]


def set_reasons(log: CallLog, reasons: Sequence[Reason]) -> None:
    """Give a call these reasons, the first as the main one."""
    CallLogReason.objects.bulk_create(
        CallLogReason(
            organization_id=log.organization_id, call_log=log, reason=reason, position=position
        )
        for position, reason in enumerate(reasons)
    )


def status_named(status_id: int | None, actor: Principal) -> Status:
    """The enabled status of this id, or the initial one for None; RuleError when there is none."""
    usable = Status.objects.visible_to(actor).filter(is_enabled=True)
    chosen = usable.filter(is_initial=True) if status_id is None else usable.filter(pk=status_id)
    status = chosen.first()
    if status is None:
        raise RuleError(_("There is no such status."), field="status")
    return status
