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
