"""Statements that are asked thousands of times an hour: parsed and planned once a connection.

Django sends a statement as one text with its values in it, which PostgreSQL parses and plans
anew each time. For the few statements of the busiest addresses that is most of their cost.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.db import connection
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
