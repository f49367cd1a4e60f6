"""Lists, single rows and counts (wire/oneuptime.md 7, 8, 9 and 11)."""

import hashlib
import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from msgspec import json

from callcenter.accounts.models import Wire
from callcenter.api.call import Call
from callcenter.api.replies import JSON

from . import query, select
from .bodies import read_members
from .columns import Table
from .lists import check_sort, ordered, read_part
from .refusals import GROUP, RefusalError
from .sheets import sheet


def is_typed(call: Call) -> bool:
    """Whether the answer has the form of the servers in use."""
    assert call.caller is not None  # noqa: S101 (operations come after the key)
    return call.caller.wire == Wire.DEPLOYED


def wants_sheet(call: Call) -> bool:
    """Whether the answer is to be CSV."""
    return call.query.text("output-type").lower() == "csv"


def visible(table: Table, call: Call) -> QuerySet[Any, Any]:
    """The rows that the key sees."""
    assert table.model is not None  # noqa: S101 (a resource)
    rows: QuerySet[Any, Any] = table.model.objects.visible_to(call.principal)  # type: ignore[attr-defined]
    return rows


def get_list(call: Call, table: Table) -> HttpResponse:
    """A page of rows, and how many match."""
    members = read_members(call)
    if members.get("groupBy"):
        raise RefusalError(GROUP)
    part = read_part(call, members, is_typed=is_typed(call))
    selection, found = _asked(members, table)
    rows = visible(table, call).alias(**found.aliases).filter(found.condition)
    page = ordered(rows, members.get("sort"), table)[part.skip : part.skip + part.limit]
    data = select.told(page, selection, is_typed=is_typed(call))
    if wants_sheet(call):
        return sheet(data, selection)
    is_whole = len(data) < part.limit and (data or not part.skip)
    count = part.skip + len(data) if is_whole else rows.count()
    said: dict[str, Any] = {"count": count, "limit": part.said_limit, "skip": part.said_skip}
    if is_typed(call):
        ends = {name: said[name] for name in ("count", "skip", "limit")}
        return answer(call, {"data": data} | ends)
    return answer(call, said | {"data": data})


def get_item(call: Call, table: Table, pk: uuid.UUID) -> HttpResponse:
    """One row, {} when it is absent."""
    asked = _object(read_members(call), "select")
    _check_select(asked, table)
    select.check_relations(asked, table)
    selection = select.read_select(asked, table)
    rows = visible(table, call).filter(pk=pk)
    data = select.told(rows, selection, is_typed=is_typed(call))
    return sheet(data, selection) if wants_sheet(call) else answer(call, data[0] if data else {})


def count(call: Call, table: Table) -> HttpResponse:
    """How many rows match."""
    asked = _object(read_members(call), "query")
    query.check_columns(asked, table)
    query.check_relations(asked, table)
    found = query.read_query(asked, table)
    rows = visible(table, call).alias(**found.aliases).filter(found.condition)
    return answer(call, {"count": rows.count()})


def answer(call: Call, said: Any) -> HttpResponse:
    """The answer as JSON; to a GET with a weak tag, and 304 for who has the same already."""
    body = json.encode(said)
    response = HttpResponse(body, content_type=JSON)
    if call.request.method in ("GET", "HEAD"):
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        known = call.request.headers.get("If-None-Match", "")
        if known.strip() == "*" or tag[2:] in known:
            response = HttpResponse(status=304)
        response.headers["ETag"] = tag
    return response


def _asked(members: dict[str, Any], table: Table) -> tuple[select.Selection, query.Narrowing]:
    """Select and query, judged in the order of the contract."""
    narrowing, wanted = _object(members, "query"), _object(members, "select")
    query.check_columns(narrowing, table)
    _check_select(wanted, table)
    query.check_relations(narrowing, table)
    select.check_relations(wanted, table)
    check_sort(members.get("sort"), table)
    return select.read_select(wanted, table), query.read_query(narrowing, table)


def _check_select(wanted: Any, table: Table) -> None:
    refusal = select.unknown_columns(wanted, table)
    if refusal is not None:
        raise refusal


def _object(members: dict[str, Any], name: str) -> Any:
    """A member that is an object; {} for what is empty. Others are judged as column 0."""
    said = members.get(name)
    return said if isinstance(said, dict | list | str) and said else {}
