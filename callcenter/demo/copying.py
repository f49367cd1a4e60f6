"""COPY into a model's table, as the app's role: constraints and triggers all apply."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, models

NO_VALUE = models.NOT_PROVIDED


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` ids of the table that nobody else gets, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],  # noqa: SLF001 (Django's own API)
        )
        return [row[0] for row in cursor]


def copy_rows(model: type[models.Model], fields: tuple[str, ...], rows: Iterable[Any]) -> None:
    """COPY tuples of `fields` (attnames); what is not named gets Django's or the database's
    default.
    """
    given, constants = _columns(model, fields)
    names = ", ".join(connection.ops.quote_name(column) for column in given)
    statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"  # noqa: SLF001
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        write: Callable[[Any], None] = copy.write_row
        for row in rows:
            write(tuple(row) + constants)


def copy_tuples[T: tuple[Any, ...]](
    model: type[models.Model], row_type: type[T], rows: Iterable[T]
) -> None:
    """COPY named tuples whose members are the model's attnames."""
    copy_rows(model, row_type._fields, rows)  # type: ignore[attr-defined]


def _columns(
    model: type[models.Model], fields: tuple[str, ...]
) -> tuple[list[str], tuple[Any, ...]]:
    """The columns to name, those of `fields` first, and the values of the others."""
    by_name: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001
    columns = [by_name[name].column for name in fields]
    constants: list[Any] = []
    for name, field in by_name.items():
        if name in fields or field.primary_key or field.generated:
            continue
        if field.db_default is not NO_VALUE or field.null:
            continue
        columns.append(field.column)
        constants.append(field.get_default())
    return columns, tuple(constants)
