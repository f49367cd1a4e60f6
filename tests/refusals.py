"""Saying that PostgreSQL itself refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import Error, connection, transaction


@contextmanager
def refused(*, by: str) -> Iterator[None]:
    """The database says no and names `by`; the transaction goes on."""
    with pytest.raises(Error, match=by), transaction.atomic():  # noqa: PT012 (deferred ones, too)
        yield
        connection.check_constraints()


def sql(statement: str, *parameters: Any) -> None:
    """Run a statement past the models."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
