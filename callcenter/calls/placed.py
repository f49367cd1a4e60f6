"""Calls of one unit, property or resident, and their history, by statements prepared once.

The other lists of calls are querysets. These are what other systems ask most, and where the
statements are short their compilation and planning cost more than the rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, NamedTuple

from callcenter.core.prepared import fetch_all
from callcenter.properties.principals import Principal

type Parent = Literal["unit_id", "property_id", "resident_id"]


class ToldCall(NamedTuple):
    """What is told of a call. `reason_ids`: the main one first, the others ascending.

    `time_zone` is its property's, None for a call without one.
    """

    pk: int
    property_id: int | None
    unit_id: int | None
    resident_id: int | None
    call_from: str
    status_id: int
    subject: str
    notes: str
    reason_ids: list[int]
    taken_by_name: str
    contacted_at: Any
    time_zone: str | None


class ToldComment(NamedTuple):
    """A row of the history: text and author are "" once erased; `at` is UTC."""

    text: str
    at: Any
    author_name: str
    status_name: str


ROWS = """
SELECT log.id, log.property_id, log.unit_id, log.resident_id, log.call_from, log.status_id,
       log.subject, log.notes,
       ARRAY(SELECT link.reason_id FROM calls_calllogreason link WHERE link.call_log_id = log.id
             ORDER BY link.position > 0, link.reason_id),
       log.taken_by_name, log.contacted_at, place.time_zone
FROM calls_calllog log JOIN properties_property place ON place.id = log.property_id
"""
COUNT = "SELECT count(*), coalesce(max(log.id), 0) FROM calls_calllog log"
HISTORY = """
SELECT told.call_log_id, coalesce(told.text, ''), told.created_at,
       coalesce(told.author_name, ''), told.status_name
FROM calls_comment told
WHERE told.call_log_id = ANY(%(ids)s) AND told.kind IN ('comment', 'status', 'import')
  AND NOT EXISTS (SELECT FROM calls_commentwithdrawal gone WHERE gone.comment_id = told.id)
ORDER BY told.call_log_id, told.seq
"""


@dataclass(frozen=True)
class PlacedCalls:
    """The calls of a place that a principal sees, newest first or (`ascends`) oldest first.

    The same rows as `CallLog.objects.visible_to(principal)` has for this place: with a property,
    only links and withdrawals decide. `statuses` None is all; `newest` bounds the ids.
    """

    principal: Principal
    parent: Parent
    pk: int
    statuses: frozenset[int] | None = None
    ascends: bool = False
    newest: int | None = None

    def count(self) -> int:
        """How many there are."""
        return int(fetch_all(COUNT + self._where(), self._values())[0][0])

    def until_now(self) -> "tuple[int, PlacedCalls]":
        """How many there are at this moment, and the list without those that come later."""
        total, newest = fetch_all(COUNT + self._where(), self._values())[0]
        return int(total), replace(self, newest=newest)

    def part(self, start: int, size: int) -> list[ToldCall]:
        """`size` rows from number `start` (from 0) on."""
        statement = ROWS + self._where() + self._order() + " LIMIT %(size)s OFFSET %(start)s"
        return self._told(statement, start=start, size=size)

    def beyond(self, values: Sequence[Any], size: int) -> list[ToldCall]:
        """`size` rows after the one of this (contacted_at, id)."""
        sign = ">" if self.ascends else "<"
        place = f" AND (log.contacted_at, log.id) {sign} (%(at)s, %(id)s)"
        statement = ROWS + self._where() + place + self._order() + " LIMIT %(size)s"
        return self._told(statement, at=values[0], id=values[1], size=size)

    def _told(self, statement: str, **values: Any) -> list[ToldCall]:
        return [ToldCall(*row) for row in fetch_all(statement, self._values() | values)]

    def _where(self) -> str:
        return _where(
            self.parent,
            is_linked=self.principal.property_ids is not None,
            has_statuses=self.statuses is not None,
            is_bounded=self.newest is not None,
        )

    def _order(self) -> str:
        way = "ASC" if self.ascends else "DESC"
        return f" ORDER BY log.contacted_at {way}, log.id {way}"

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {"org": self.principal.organization_id, "pk": self.pk}
        if self.principal.property_ids is not None:
            values["seen"] = list(self.principal.property_ids)
        if self.statuses is not None:
            values["statuses"] = list(self.statuses)
        if self.newest is not None:
            values["newest"] = self.newest
        return values


@cache
def _where(parent: Parent, *, is_linked: bool, has_statuses: bool, is_bounded: bool) -> str:
    """The condition in one of its few forms: each is a constant, so that it is prepared once."""
    said = " WHERE log.organization_id = %(org)s AND log.withdrawn_at IS NULL"
    said += f" AND log.{parent} = %(pk)s"
    if is_linked:
        said += " AND log.property_id = ANY(%(seen)s::bigint[])"
    if has_statuses:
        said += " AND log.status_id = ANY(%(statuses)s::bigint[])"
    if is_bounded:
        said += " AND log.id <= %(newest)s"
    return said


def told_history(call_log_ids: list[int]) -> dict[int, list[ToldComment]]:
    """By call: what is told of its history, oldest first; of calls that the reader may see.

    Comments, moves and imported rows; no edits, no folds, nothing withdrawn.
    """
    found: dict[int, list[ToldComment]] = defaultdict(list)
    if call_log_ids:
        for call_log_id, *row in fetch_all(HISTORY, {"ids": call_log_ids}):
            found[call_log_id].append(ToldComment(*row))
    return found
