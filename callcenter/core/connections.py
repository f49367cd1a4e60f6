"""The database connection of the present request."""

from django.db import connection


def let_connection_go() -> None:
    """Give the connection back before an answer whose reader may be slow (design.md 7).

    The next query opens one again. Within a transaction nothing happens.
    """
    if not connection.in_atomic_block:
        connection.close()
