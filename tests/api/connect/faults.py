"""Real faults of a database, made and taken back."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from tests.conftest import of_database


def owners(database: str) -> psycopg.Connection[Any]:
    """A connection of the role that owns the tables, each statement on its own."""
    return psycopg.connect(
        of_database(os.environ["MIGRATE_DATABASE_URL"], database), autocommit=True
    )


@contextmanager
def as_tables_owner(database: str, do: str, undo: str) -> Iterator[None]:
    """Between two statements of the tables' owner; `{role}` is the app's."""
    role = sql.Identifier(settings.APP_DATABASE_ROLE)
    with owners(database) as owner:
        owner.execute(sql.SQL(do).format(role=role))
        try:
            yield
        finally:
            owner.execute(sql.SQL(undo).format(role=role))


@contextmanager
def _reached(**changes: Any) -> Iterator[None]:
    """Connect in another way for a while."""
    usual = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(changes)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(usual)


@contextmanager
def database_away() -> Iterator[None]:
    """Nobody listens where the database was."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but it never listens
        with _reached(HOST="127.0.0.1", PORT=taken.getsockname()[1]):
            yield


@contextmanager
def pool_full() -> Iterator[None]:
    """The one connection of the pool is with somebody else."""
    pool = {"min_size": 1, "max_size": 1, "timeout": 0.2}
    with _reached(OPTIONS={"pool": pool}):
        mine = connection.copy("default")
        mine.ensure_connection()
        try:
            yield
        finally:
            mine.close()
            mine.close_pool()  # type: ignore[attr-defined]


@contextmanager
def locked_row(
    pk: object, limit: str = "lock_timeout", *, table: str = "calls_calllog"
) -> Iterator[None]:
    """Somebody holds a row, and `limit` says that waiting is worth a moment only."""
    held = sql.SQL("SELECT 1 FROM {} WHERE id = %s FOR UPDATE").format(sql.Identifier(table))
    with owners(connection.settings_dict["NAME"]) as owner, owner.transaction():
        owner.execute(held, [pk])
        with _reached(OPTIONS={"options": f"-c {limit}=200ms"}):
            yield
