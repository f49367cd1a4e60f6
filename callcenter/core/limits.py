"""Time limits of the database, and who may go without."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

CANCELED = "57014"  # PostgreSQL gave a statement up
ENDED = ("25P03", "25P04")  # PostgreSQL ended an idle, or a too long, transaction
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


@contextmanager
def reading_within(milliseconds: int) -> Iterator[None]:
    """Give each statement in here so long; for reads that a page can do without.

    `gave_up` knows the error. What is written in here is rolled back.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true)", [f"{milliseconds}ms"]
            )
        yield
        transaction.set_rollback(True)  # the limit goes, also inside a transaction


def gave_up(error: OperationalError) -> bool:
    """Whether a statement was given up because its time was over."""
    return getattr(error.__cause__, "sqlstate", None) == CANCELED


def is_unavailable(error: BaseException | None) -> bool:
    """Whether the database was away, its pool full, or a time limit over: worth another try."""
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", None) in ENDED
    return isinstance(error, OperationalError | InterfaceError)
