"""Time limits of the database, and who may go without."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LIMITS = ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout")


@contextmanager
def without_time_limits() -> Iterator[None]:
    """Let this connection's statements and transactions last; for an operator's commands.

    Pages and tasks keep the limits of their role. To be entered outside a transaction.
    """
    with connection.cursor() as cursor:
        for name in LIMITS:
            cursor.execute(f"SET {name} = 0")
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                for name in LIMITS:
                    cursor.execute(f"RESET {name}")
