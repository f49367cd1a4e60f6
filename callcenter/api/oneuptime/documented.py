"""What documents say of each operation (wire/oneuptime.md 4 to 11)."""

from functools import cache
from typing import Any

from callcenter.api.describing import Answer, Body, Docs, Parameter, Shape

from . import schemas
from .columns import Table, Verb
from .problems import ABSENT, ALWAYS, NOT_FOUND, REUSED

ROW = "5d0c3c1e-98a2-4c55-8d1f-6a1f4c1f0a01"
CALL = "b7a1c8f0-2f0e-4d8e-9a55-0d6f3f1c2e10"
WHOLE = {"type": "integer", "minimum": 0}
CSV = Parameter(
    "output-type", {"type": "string", "enum": ["csv"]}, "`csv` answers with a sheet instead."
)
LIMIT = Parameter(
    "limit",
    WHOLE | {"maximum": 10_000},
    "How many rows; 10 unless given. 101 to 10,000 is read as 100 unless the credential is told as"
    " deployed servers do.",
    example=10,
)
SKIP = Parameter("skip", WHOLE | {"maximum": 2**31}, "How many rows to leave out first.")
ONCE = Parameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "A repetition with the same key and body is answered the same, for 24 hours.",
    "header",
)
EXAMPLES: dict[str, dict[str, Any]] = {
    "incoming-call-log-item": {"status": "NoAnswer"},
    "incoming-call-log": {"status": "Completed"},
    "incoming-call-policy": {"name": "Nights"},
    "incoming-call-policy-escalation-rule": {"order": 1},
}
NEW: dict[str, dict[str, Any]] = {
    "incoming-call-log-item": {"incomingCallLogId": CALL, "status": "Ringing"},
    "incoming-call-policy": {"name": "Nights"},
    "incoming-call-policy-escalation-rule": {"incomingCallPolicyId": CALL, "userId": ROW},
}


@cache
def _shapes(table: Table) -> dict[str, Shape]:
    """Each shape once, because documents tell equal names by identity."""
    made = {
        "row": schemas.row(table),
        "page": schemas.page(table),
        "get_list": schemas.list_request(table),
        "get_item": schemas.item_request(table),
        "count": schemas.count_request(table),
    }
    for verb in (Verb.CREATE, Verb.UPDATE):
        if verb in table.verbs:
            made[verb] = schemas.write_request(table, verb)
    return made


def docs(table: Table, operation: str, method: str, alias: str = "") -> Docs | None:
    """The words of one method of one address; None where nobody may do that."""
    make = MAKERS[operation]
    if operation not in ("get_list", "get_item", "count") and operation not in table.verbs:
        return None
    return make(table, f"{method.lower()}_{alias or operation}_{table.slug.replace('-', '_')}")


def _list(table: Table, name: str) -> Docs:
    shapes, example = _shapes(table), EXAMPLES[table.slug]
    select = dict.fromkeys(example, True)
    said = {"count": 1, "limit": 10, "skip": 0, "data": [{"_id": ROW} | example]}
    return Docs(
        f"List {table.title}",
        table.title,
        Answer("The rows, and how many match.", (shapes["page"],), said, texts=("text/csv",)),
        ALWAYS,
        "Without `select` only `_id` comes. The newest rows come first unless `sort` says else.",
        (LIMIT, SKIP, CSV),
        Body(shapes["get_list"], {"select": select, "query": example}, is_required=False),
        name,
    )


def _item(table: Table, name: str) -> Docs:
    shapes, example = _shapes(table), EXAMPLES[table.slug]
    return Docs(
        f"Get one {table.title}",
        table.title,
        Answer(
            "The row, or the empty object when it is absent.",
            (shapes["row"], schemas.NOTHING),
            {"_id": ROW} | example,
            texts=("text/csv",),
        ),
        ALWAYS,
        "",
        (CSV,),
        Body(shapes["get_item"], {"select": dict.fromkeys(example, True)}, is_required=False),
        name,
    )


def _count(table: Table, name: str) -> Docs:
    return Docs(
        f"Count {table.title}",
        table.title,
        Answer("How many rows match.", (schemas.COUNT,), {"count": 3}),
        ALWAYS,
        "",
        (),
        Body(_shapes(table)["count"], {"query": EXAMPLES[table.slug]}, is_required=False),
        name,
    )


def _create(table: Table, name: str) -> Docs:
    shapes = _shapes(table)
    said = {"_id": ROW} | NEW[table.slug] | {"version": 1}
    return Docs(
        f"Create {table.title}",
        table.title,
        Answer("The new row with every plain column.", (shapes["row"],), said, texts=("text/csv",)),
        (*ALWAYS, REUSED),
        "Columns that are not known are dropped. `_id` may be chosen when it was never used.",
        (CSV, ONCE),
        Body(shapes[Verb.CREATE], {"data": NEW[table.slug]}),
        name,
    )


def _update(table: Table, name: str) -> Docs:
    return Docs(
        f"Update {table.title}",
        table.title,
        Answer("It is changed.", (schemas.NOTHING,), {}),
        (*ALWAYS, ABSENT, REUSED, *([NOT_FOUND] if name.startswith("get_") else [])),
        "null clears a column that may be empty. The version grows by one.",
        (ONCE,),
        Body(_shapes(table)[Verb.UPDATE], {"data": EXAMPLES[table.slug]}),
        name,
    )


def _delete(table: Table, name: str) -> Docs:
    return Docs(
        f"Delete {table.title}",
        table.title,
        Answer("It is gone, or was never there.", (schemas.NOTHING,), {}),
        (*ALWAYS, REUSED, *([NOT_FOUND] if name.startswith("get_") else [])),
        "The product keeps the row as evidence, but no list or count ever shows it again.",
        (ONCE,),
        None,
        name,
    )


MAKERS = {
    "get_list": _list,
    "get_item": _item,
    "count": _count,
    "create": _create,
    "update": _update,
    "delete": _delete,
}
