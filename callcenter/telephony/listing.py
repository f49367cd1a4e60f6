"""What an upstream lists of its calls, page by page (wire/voipnow.md 11).

No page fails for one of its rows: what cannot be read is kept as it came, with the reason.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DataError, IntegrityError

from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .models import PhoneCall, UnreadRow, Upstream
from .reading import UnreadableError, id_of, kept
from .told import told_with
from .working import settle
from .writing import locked_call

GRACE = timedelta(seconds=5)  # in which a call that was just pushed may not be listed yet
OFTEN = timedelta(minutes=1)  # how often an unchanged live call is noted as heard of


@dataclass
class Taken:
    """What came of a page: how many rows of each kind, and the ids that it listed."""

    changed: int = 0
    unchanged: int = 0
    unread: int = 0
    ids: set[str] = field(default_factory=set)


def take_listing(
    *,
    upstream: Upstream,
    entries: Sequence[Any],
    is_history: bool,
    asked_at: datetime,
    actor: Principal,
) -> Taken:
    """Take one page of live calls, or of the history, that was asked for at `asked_at`.

    The same page again changes nothing. What the history says is final; a live list never
    changes it. Each row is a transaction of its own.
    """
    taken = Taken()
    known = _known(upstream, entries)
    seen: list[int] = []
    for raw in map(kept, entries):
        try:
            external_id = id_of(raw)
            taken.ids.add(external_id)
            before = known.get(external_id)
            if before is not None and _says_nothing_new(before, raw, is_history=is_history):
                seen.append(before.pk)
                continue
            _take(upstream, external_id, raw, is_history, asked_at, actor)
            taken.changed += 1
        except UnreadableError as error:
            taken.unread += _keep_unread(upstream, raw, str(error))
        except (DataError, IntegrityError):
            taken.unread += _keep_unread(upstream, raw, "The database does not take it.")
    taken.unchanged = len(seen)
    if not is_history:
        late = PhoneCall.objects.filter(pk__in=seen, heard_at__lt=asked_at - OFTEN)
        with write_transaction(actor):
            late.update(heard_at=asked_at)
    return taken


def _known(upstream: Upstream, entries: Sequence[Any]) -> dict[str, PhoneCall]:
    """The calls of this page that are here, by their id there."""
    ids = {str(one.get("id")).strip() for one in entries if isinstance(one, Mapping)}
    of = {"organization_id": upstream.organization_id, "source": upstream.source}
    rows = PhoneCall.objects.filter(**of, external_id__in=[kept(one) for one in ids])
    return {row.external_id: row for row in rows}


def _says_nothing_new(call: PhoneCall, raw: Mapping[str, Any], *, is_history: bool) -> bool:
    is_same = call.told is not None and call.told["object"] == raw
    if is_history:
        return is_same and call.is_told_final
    return call.is_told_final or (is_same and call.gone_at is None)


def _take(
    upstream: Upstream,
    external_id: str,
    raw: Mapping[str, Any],
    is_history: bool,  # noqa: FBT001 (handed on)
    asked_at: datetime,
    actor: Principal,
) -> None:
    with write_transaction(actor):
        call = locked_call(upstream, external_id, first_heard=asked_at)
        if _says_nothing_new(call, raw, is_history=is_history):
            return
        learnt: dict[str, Any] = {
            "told": told_with(call.told, raw, at=asked_at),
            "is_told_final": is_history,
        }
        if not is_history:
            learnt["heard_at"] = max(call.heard_at, asked_at)
            if call.gone_at and asked_at > call.gone_at:
                learnt |= {"gone_at": None, "gone_as": None}  # it is listed again
        settle(call, upstream, actor=actor, **learnt)


def _keep_unread(upstream: Upstream, raw: Any, reason: str) -> int:
    said = json.dumps(raw, sort_keys=True, default=str).encode()
    row = UnreadRow(
        organization_id=upstream.organization_id,
        upstream=upstream,
        digest=hashlib.sha256(said).digest(),
        raw=raw,
        reason=reason,
    )
    UnreadRow.objects.bulk_create([row], ignore_conflicts=True)
    return 1


def end_unlisted(
    *, upstream: Upstream, listed: Collection[str], asked_at: datetime, actor: Principal
) -> int:
    """End the live calls that a complete and successful live list does not name; how many.

    What they came to is told later by the history, unless they were answered. Calls of which
    something was heard just before `asked_at`, or later, are left for the next list.
    """
    rows = PhoneCall.objects.filter(
        organization_id=upstream.organization_id,
        upstream=upstream,
        ended_at=None,
        heard_at__lte=asked_at - GRACE,
    )
    gone = rows.exclude(external_id__in=listed).order_by("pk").values_list("pk", flat=True)
    return sum(_end(pk, upstream, asked_at, actor) for pk in list(gone))


def _end(pk: int, upstream: Upstream, asked_at: datetime, actor: Principal) -> bool:
    with write_transaction(actor):
        call = PhoneCall.objects.select_for_update(no_key=True).get(pk=pk)
        if call.ended_at or call.heard_at > asked_at - GRACE:
            return False
        settle(call, upstream, actor=actor, gone_at=asked_at, gone_as=None)
    return True
