"""Statements that are asked thousands of times an hour: parsed and planned once a connection.

Django sends a statement as one text with its values in it, which PostgreSQL parses and plans
anew each time. For the few statements of the busiest addresses that is most of their cost.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from psycopg import ClientCursor, Cursor


def fetch_all(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a constant statement with its named values (`%(name)s`), in this transaction.

    Values travel beside the statement. Raises Django's database errors, and is seen by whoever
    counts queries. Behind a pooler that cannot keep prepared statements, DATABASE_PREPARES=0
    leaves them out.
    """
    connection.ensure_connection()
    begun = time.monotonic()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement.encode(), values, prepare=True)
        rows = cursor.fetchall()
    if connection.queries_logged:
        taken = f"{time.monotonic() - begun:.3f}"
        said = ClientCursor(connection.connection).mogrify(statement.encode(), values)
        connection.queries_log.append({"sql": said, "time": taken})
    return rows


def fetch_chosen(
    statement: str, chosen: "QuerySet[Any, Any]", more: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """The rows of a constant statement whose `{chosen}` are the ids that a queryset selects.

    For a statement with many columns and joins, which Django would put together each time; who
    may see what is still said by the queryset. `more` are the values of the `%s` behind it.
    """
    try:
        ids, values = chosen.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.format(chosen=ids), [*values, *more])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class ConstantRows:
    """What a queryset of dicts tells of chosen rows, put together once (see `fetch_chosen`).

    Of the queryset all stays as it is, but for which rows: its columns, joins, order, and how
    their values become Python's. At most `limit` of the chosen ones are read.
    """

    def __init__(self, rows: "QuerySet[Any, dict[str, Any]]", limit: int) -> None:
        self._model: Any = rows.model
        query = rows.filter(pk__in=[_CHOSEN])[:limit].query
        compiler: Any = query.get_compiler("default")
        text, values = compiler.as_sql()
        place = values.index(_CHOSEN)
        parts = text.split("%s")
        self._text = "%s".join(parts[: place + 1]), "%s".join(parts[place + 1 :])
        self._values = values[:place], values[place + 1 :]
        self._names = list(query.selected or ())
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        self._converters = list(compiler.get_converters(fields).items())

    def of(self, chosen: "QuerySet[Any, Any]") -> list[dict[str, Any]]:
        """The rows whose ids `chosen` selects."""
        wanted = self._model.objects.filter(pk__in=chosen).values("pk")
        try:
            ids, values = wanted.query.sql_with_params()
        except EmptyResultSet:
            return []
        with connection.cursor() as cursor:
            cursor.execute(ids.join(self._text), [*self._values[0], *values, *self._values[1]])
            found = list(map(list, cursor.fetchall()))
        for place, (converters, expression) in self._converters:
            for row in found:
                for converter in converters:
                    row[place] = converter(row[place], expression, connection)
        return [dict(zip(self._names, row, strict=True)) for row in found]


_CHOSEN = -(2**62)  # stands in a statement where the chosen ids will
