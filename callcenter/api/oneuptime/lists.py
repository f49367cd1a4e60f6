"""Which part of a list, in which order (wire/oneuptime.md 7)."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OrderBy, QuerySet

from callcenter.api.call import Call

from .columns import Table
from .refusals import NEGATIVE, SORT_FORM, TOO_MANY_ROWS, RefusalError

DEFAULT, DOCUMENTED, MOST = 10, 100, 10_000
FARTHEST = 2**62
LEADING = re.compile(r"\s*([+-]?[0-9]{1,18})", re.ASCII)


@dataclass(frozen=True)
class Part:
    """The rows that are asked for, and how the answer repeats what was asked."""

    limit: int
    skip: int
    said_limit: int | None
    said_skip: int | None


def read_part(call: Call, members: dict[str, Any], *, is_typed: bool) -> Part:
    """Limit and skip of the address, else of the body. RefusalError beyond the bounds."""
    asked = [call.query.text(name) for name in ("limit", "skip")]
    texts = [text or members.get(name) for text, name in zip(asked, ("limit", "skip"), strict=True)]
    limit, skip = (_leading(text) for text in texts)
    if (limit or 0) < 0 or (skip or 0) < 0:
        raise RefusalError(NEGATIVE)
    limit, skip = limit or DEFAULT, min(skip or 0, FARTHEST)
    if limit > MOST:
        raise RefusalError(TOO_MANY_ROWS)
    if not is_typed:
        limit = min(limit, DOCUMENTED)
        return Part(limit, skip, limit, skip)
    said_limit = _leading(asked[0]) if asked[0] else DEFAULT
    return Part(limit, skip, said_limit, _leading(asked[1]) if asked[1] else 0)


def _leading(said: Any) -> int | None:
    """The whole number that a text or number begins with."""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return None
    found = LEADING.match(str(said))
    return int(found[1]) if found else None


def check_sort(raw: Any, table: Table) -> None:
    """RefusalError unless `raw` is an object of plain columns."""
    if raw is not None and not isinstance(raw, dict):
        raise RefusalError(SORT_FORM)
    for name in raw or ():
        if name not in table.plain:
            raise RefusalError(
                f'Invalid sort clause. Cannot sort on "{name}". Here are the columns you can sort'
                f" on instead: {', '.join(table.plain)}"
            )


def ordered(rows: QuerySet[Any, Any], raw: Any, table: Table) -> QuerySet[Any, Any]:
    """The rows in the order of a checked sort; ties by `_id` in the direction of the first key."""
    keys = [(table.plain[name], _descends(said)) for name, said in (raw or {}).items()]
    keys = keys or [(table.plain["createdAt"], True)]
    if all(column.name != "_id" for column, _ in keys):
        keys.append((table.plain["_id"], keys[0][1]))
    extra = {c.alias: c.expression for c, _ in keys if c.expression is not None}
    # PostgreSQL's own places of nulls: last ascending, first descending
    orders = [OrderBy(F(column.source), descending=descends) for column, descends in keys]
    found: QuerySet[Any, Any] = rows.alias(**extra).order_by(*orders)
    return found


def _descends(said: Any) -> bool:
    return str(said).strip().lower() == "desc" or said in (-1, "-1")
