"""JSON Schemas of what is sent and answered, made of the columns (wire/oneuptime.md 7 to 11)."""

from typing import Any

from callcenter.api.describing import Schema, Shape

from .columns import Column, Kind, Table, Verb
from .tables import BY_TITLE

NO_NUL = r"^[^\x00]*$"
UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"
# of this century: a moment anywhere near the ends of time has no UTC with some offsets
SENT_MOMENT = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
)
PHONE = r"^\+?\(?[0-9]{3}\)?[-. ]?[0-9]{3}[-. ]?[0-9]{4,7}$"
INT4 = {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
NULL: Schema = {"type": "null"}
ONE_VALUE = ("EqualTo", "NotEqual", "EqualToOrNull", "GreaterThan", "GreaterThanOrEqual",
    "LessThan", "LessThanOrEqual", "GreaterThanOrNull", "LessThanOrNull")  # fmt: skip
MANY_VALUES = ("Includes", "IncludesAll", "IncludesNone")
PATTERNS = ("Search", "StartsWith", "EndsWith", "NotContains")
NO_VALUE = ("IsNull", "NotNull")
TOLD: dict[Kind, Schema] = {
    Kind.KEY: {"type": "string", "pattern": UUID},
    Kind.OBJECT_ID: {"type": "string", "pattern": UUID},
    Kind.DATE: {"type": "string", "pattern": MOMENT},
    Kind.NUMBER: INT4,
    Kind.BOOLEAN: {"type": "boolean"},
}
SENT: dict[Kind, Schema] = TOLD | {
    Kind.DATE: {"type": "string", "pattern": SENT_MOMENT},
    Kind.PHONE: {"type": "string", "pattern": PHONE},
}
TEXT: Schema = {"type": "string"}
SENT_TEXT: Schema = {"type": "string", "pattern": NO_NUL}


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    said: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return said | {"required": required} if required else said


def _typed(kind: Kind, value: Schema) -> Schema:
    return _object({"_type": {"const": str(kind.value)}, "value": value}, ["_type", "value"])


def _told(column: Column) -> Schema:
    """A value as it is answered, in both forms."""
    bare = TOLD.get(column.kind, TEXT)
    forms = [bare, _typed(column.kind, bare)] if column.kind.is_typed else [bare]
    return {"description": column.description, "anyOf": [*forms, NULL]}


def _sent(column: Column) -> Schema:
    """A value as it may be sent, in both forms."""
    bare = SENT.get(column.kind, SENT_TEXT)
    if column.longest and column.kind.is_text:
        bare = bare | {"maxLength": column.longest}
    if column.is_required and column.kind is Kind.TEXT:
        bare = bare | {"minLength": 1, "pattern": r"^[!-~][^\x00]*$"}
    forms = [bare, _typed(column.kind, bare)] if column.kind.is_typed else [bare]
    if column.is_nullable:
        forms.append(NULL)
    return {"description": column.description, "anyOf": forms}


def row(table: Table) -> Shape:
    """A row; what was not selected is left out, but for `_id`."""
    properties: Schema = {}
    for name, column in table.by_name.items():
        if isinstance(column, Column):
            properties[name] = _told(column)
            continue
        target = BY_TITLE[column.target].plain.values()
        one = _object({inner.name: _told(inner) for inner in target}, ["_id"])
        said = (
            {"type": "array", "maxItems": 0, "items": {}}
            if column.is_list
            else {"anyOf": [one, NULL]}
        )
        properties[name] = {"description": column.description, **said}
    return Shape(table.model_name, _object(properties, ["_id"]))


def page(table: Table) -> Shape:
    """The answer to get-list."""
    number: Schema = {"anyOf": [{"type": "integer", "minimum": 0}, NULL]}
    rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{table.model_name}"}}
    members = {"count": {"type": "integer", "minimum": 0}, "limit": number, "skip": number}
    names = [*members, "data"]
    return Shape(f"{table.model_name}List", _object(members | {"data": rows}, names))


def _select(table: Table) -> Schema:
    properties: Schema = {}
    for name, column in table.by_name.items():
        if isinstance(column, Column):
            properties[name] = {"type": "boolean"}
            continue
        target = BY_TITLE[column.target].plain.values()
        inner = {one.name: {"type": "boolean"} for one in target if one.through}
        properties[name] = {"anyOf": [{"type": "boolean"}, _object(inner)]}
    return _object(properties)


def _query(table: Table) -> Schema:
    properties = {name: _condition(column) for name, column in table.plain.items()}
    return _object(properties)


def _condition(column: Column) -> Schema:
    value = SENT.get(column.kind, SENT_TEXT)
    forms = [value, NULL, {"type": "array", "items": value}]
    for words, said in (
        (ONE_VALUE, value),
        (MANY_VALUES, {"type": "array", "items": value}),
        (PATTERNS, SENT_TEXT),
    ):
        forms.append(_object({"_type": {"enum": [*words]}, "value": said}, ["_type", "value"]))
    forms.append(_object({"_type": {"enum": [*NO_VALUE]}}, ["_type"]))
    ends = {"startValue": value, "endValue": value}
    forms.append(_object({"_type": {"const": "InBetween"}, **ends}, ["_type", *ends]))
    return {"anyOf": forms}


def _sort(table: Table) -> Schema:
    return _object({name: {"enum": ["ASC", "DESC", 1, -1]} for name in table.plain})


def list_request(table: Table) -> Shape:
    """What get-list is sent."""
    members = {"select": _select(table), "query": _query(table), "sort": _sort(table)}
    return Shape(f"{table.model_name}ListRequest", _object(members))


def item_request(table: Table) -> Shape:
    """What get-item is sent."""
    return Shape(f"{table.model_name}GetRequest", _object({"select": _select(table)}))


def count_request(table: Table) -> Shape:
    """What count is sent."""
    return Shape(f"{table.model_name}CountRequest", _object({"query": _query(table)}))


def write_request(table: Table, verb: Verb) -> Shape:
    """What create and update are sent."""
    columns = [one for one in table.writable(verb) if isinstance(one, Column)]
    required = [one.name for one in columns if one.is_required and verb is Verb.CREATE]
    data: dict[str, Any] = _object({one.name: _sent(one) for one in columns}, required)
    if verb is Verb.UPDATE:
        data["minProperties"] = 1
    name = f"{table.model_name}{verb.capitalize()}Request"
    return Shape(name, _object({"data": data}, ["data"]))


COUNT = Shape("Count", _object({"count": {"type": "integer", "minimum": 0}}, ["count"]))
NOTHING = Shape("Nothing", {**_object({}), "description": "The empty object."})
