"""The `data` of a create or an update, judged column by column (wire/oneuptime.md 6 and 11)."""

from dataclasses import dataclass, field
from typing import Any

from .columns import Column, Relation, Table, Verb
from .refusals import CREATE_FORM, NOTHING, UPDATE_FORM, RefusalError, invalid
from .tables import BY_TITLE
from .values import as_uuid, bare, read

DROPPED = ("_id", "createdAt", "updatedAt")  # of an update, before anything is judged
UNCOUNTED = ("version",)


@dataclass
class Payload:
    """What is written: values by the names of our actions, and what was sent for what."""

    fields: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, Any] = field(default_factory=dict)

    def taken(self, *names: str) -> dict[str, Any]:
        """Some of the fields, taken out."""
        return {name: self.fields.pop(name) for name in names if name in self.fields}


def for_create(members: dict[str, Any], table: Table) -> Payload:
    """What a create says. Unknown columns are dropped. RefusalError."""
    data = members.get("data")
    if isinstance(data, list):
        raise RefusalError(CREATE_FORM)
    data = data if isinstance(data, dict) else {}
    payload = Payload(sent=data)
    given = {c.name: _given(c, data, table) for c in table.columns if isinstance(c, Column)}
    for column in table.columns:
        if isinstance(column, Column) and column.is_required and given[column.name] in (None, ""):
            raise RefusalError(f"{column.name} is required")
    for column in table.writable(Verb.CREATE):
        if isinstance(column, Relation):
            _check_relation(column, data.get(column.name))
            continue
        value = _fit(column, given[column.name])
        if value is None:
            # an explicit null stays null where the column may be empty
            is_null = column.is_nullable and column.name in data
            value = None if is_null else column.default
        if column.field and (value is not None or column.is_nullable):
            payload.fields[column.field] = value
    payload.fields["wished_id"] = _wished(data)
    return payload


def for_update(members: dict[str, Any], table: Table) -> Payload:
    """What an update says. RefusalError."""
    data = members.get("data")
    if not isinstance(data, dict):
        raise RefusalError(UPDATE_FORM)
    named = {name: said for name, said in data.items() if name not in DROPPED}
    if not named:
        raise RefusalError(NOTHING)
    _check_updatable(named, table)
    payload = Payload(sent=data)
    for column in table.writable(Verb.UPDATE):
        if isinstance(column, Relation):
            _check_relation(column, named.get(column.name))
            continue
        relation = _relation_of(column, table)
        if column.name in named or (relation is not None and relation.name in named):
            value = _changed(column, _given(column, named, table))
            if column.field:
                payload.fields[column.field] = value
    return payload


def _check_updatable(named: dict[str, Any], table: Table) -> None:
    """RefusalError for a name that is no column, or none that an update may name."""
    allowed = {column.name for column in table.writable(Verb.UPDATE)}
    for name in named:
        if name not in table.all_names:
            raise RefusalError(f"TableColumnMetadata not found for {name} column")
        if name not in allowed and name not in UNCOUNTED:
            said = f"User is not allowed to update on {name} column of {table.title}"
            raise RefusalError(said)


def _changed(column: Column, raw: Any) -> Any:
    """The value that an update gives to a column. RefusalError."""
    value = _fit(column, raw)
    if value is None and not column.is_nullable:
        raise RefusalError(f"{column.name} cannot be null")
    if column.is_required and not str(value).strip():
        raise RefusalError(f"{column.name} is required")
    return value


def _relation_of(column: Column, table: Table) -> Relation | None:
    """The relation that may stand for a column with a key."""
    found = table.all_names.get(column.name.removesuffix("Id"))
    return found if isinstance(found, Relation) and found.column == column.name else None


def _given(column: Column, data: dict[str, Any], table: Table) -> Any:
    """What is said of a column, bare; by its relation where that stands for it."""
    said = bare(data.get(column.name))
    relation = _relation_of(column, table)
    if said is None and relation is not None and isinstance(data.get(relation.name), dict):
        return bare(data[relation.name].get("_id"))
    return said


def _check_relation(relation: Relation, said: Any) -> None:
    """RefusalError for what is neither an object nor null, nor a list where many are meant."""
    if relation.target not in BY_TITLE or said is None:
        return
    if not isinstance(said, list if relation.is_list else dict):
        raise invalid(relation.name)


def _fit(column: Column, raw: Any) -> Any:
    """The value, short enough for its column."""
    value = read(column, raw)
    if column.longest and isinstance(value, str) and len(value) > column.longest:
        raise RefusalError(f"{column.name} length cannot be more than {column.longest} characters")
    return value


def _wished(data: dict[str, Any]) -> Any:
    """The id that the client chose, if any."""
    said = next((bare(data[name]) for name in ("_id", "id") if data.get(name)), None)
    if said is None:
        return None
    found = as_uuid(said)
    if found is None:
        raise invalid("_id", said)
    return found
