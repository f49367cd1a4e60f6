"""Create, update and delete, each through the actions of `escalations` (wire/oneuptime.md 11)."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from msgspec import json

from callcenter.api.call import Call
from callcenter.api.replies import Reply, replay, write_once
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError

from . import targets
from .bodies import read_members
from .columns import Column, Kind, Table
from .payloads import Payload, for_create, for_update
from .reads import is_typed, visible, wants_sheet
from .refusals import RefusalError
from .select import Selection, echoed, told
from .sheets import CSV, HEADERS, text_of

BLAMED = {
    "escalation": "Incoming Call Log",
    "rule": "Incoming Call Policy Escalation Rule",
    "responder": "User",
    "created_by": "User",
    "policy": "Incoming Call Policy",
    "schedule": "On-Call Schedule",
}
ALWAYS_TYPED = ("projectId", "createdAt", "updatedAt")


def create(call: Call, table: Table) -> HttpResponse:
    """A new row; the answer has every plain column."""
    if answered := replay(call):
        return answered
    payload = for_create(read_members(call), table)

    def effect() -> Reply:
        pk = _refused(table, lambda: targets.CREATES[table.title](payload, call.principal))
        return _created(call, table, payload, pk)

    return write_once(call, effect)


def update(call: Call, table: Table, pk: uuid.UUID) -> HttpResponse:
    """Change what is named; the answer is empty."""
    if answered := replay(call):
        return answered
    payload = for_update(read_members(call), table)

    def effect() -> Reply:
        try:
            _refused(table, lambda: targets.UPDATES[table.title](pk, payload, call.principal))
        except NotFoundError:
            raise RefusalError(
                f"Unable to update this {table.title.lower()}. It either does not exist, has been"
                " deleted, or you do not have permission to update it.",
                422,
            ) from None
        return Reply(200, "{}")

    return write_once(call, effect)


def delete(call: Call, table: Table, pk: uuid.UUID) -> HttpResponse:
    """Withdraw a row; the answer is empty, also when there is none."""
    if answered := replay(call):
        return answered

    def effect() -> Reply:
        try:
            targets.DELETES[table.title](pk, call.principal)
        except NotFoundError:
            if table.title == "Incoming Call Policy Escalation Rule":
                raise RefusalError(f"{table.model_name} with this id not found") from None
        return Reply(200, "{}")

    return write_once(call, effect)


def _refused[Row](table: Table, action: Callable[[], Row]) -> Row:
    """What the action returns; what it refuses in the words of the dialect."""
    try:
        return action()
    except (RefusalError, NotFoundError, StaleError, NotAllowedError):
        raise
    except RuleError as error:
        raise _told(table, error) from error


def _told(table: Table, error: RuleError) -> RefusalError:
    field = error.field or ""
    if field == "id":
        return RefusalError(f"{table.title} with this _id already exists.")
    if field in BLAMED:
        return RefusalError(
            f"This request references {BLAMED[field]} that does not exist. Please check the"
            " request and try again."
        )
    if field == "ended_at":
        return RefusalError("endedAt cannot be before startedAt")
    for column in table.plain.values():
        if column.field == field and column.is_required:
            return RefusalError(f"{column.name} is required")
    return RefusalError(str(error))


def _created(call: Call, table: Table, payload: Payload, pk: uuid.UUID) -> Reply:
    """The answer to a create: in the form in which it was sent, where servers do so."""
    rows = visible(table, call).filter(pk=pk)
    selection = Selection.all_plain(table)
    row = told(rows, selection, is_typed=False)[0]
    if is_typed(call):
        row = _echo(row, table, payload.sent)
    if wants_sheet(call):
        return Reply(200, text_of([row], selection), HEADERS, CSV)
    return Reply(200, json.encode(row).decode())


def _echo(row: dict[str, Any], table: Table, sent: dict[str, Any]) -> dict[str, Any]:
    """The row with typed values where the client sent such, and the relations that it sent."""
    said: dict[str, Any] = {}
    for name, value in row.items():
        column = table.plain[name]
        if name in ALWAYS_TYPED:
            said[name] = {"_type": str(column.kind.value), "value": value}
        else:
            said[name] = echoed(sent.get(name), value) if _is_echoed(column) else value
    return said | {
        name: sent[name] for name in table.relations if isinstance(sent.get(name), dict | list)
    }


def _is_echoed(column: Column) -> bool:
    return column.kind in (Kind.OBJECT_ID, Kind.DATE, Kind.PHONE)
