"""Databases of 100k and 1M calls, made once and kept in the cluster."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-24T15:30:00+00:00"
SEED = 1
WRITTEN = ("calls_comment", "calls_calllogreason", "calls_callback", "calls_calllog")
EVENTS = ("calls_calllogauditevent",)


@dataclass(frozen=True)
class Database:
    """A database with so many calls of the demo organisation, ten for each unit.

    `units` is for one with another number of units, 0 for the usual.
    """

    logs: int
    units: int = 0

    @property
    def name(self) -> str:
        """Its name in the cluster."""
        of = f"{self.units}_" if self.units else ""
        return f"bench_{self.logs}_{of}{SEED}"

    @property
    def label(self) -> str:
        """100k, 1M."""
        return f"{self.logs // 1_000_000}M" if self.logs >= 1_000_000 else f"{self.logs // 1000}k"

    def url(self, variable: str) -> str:
        """The address of this database for the role of DATABASE_URL or MIGRATE_DATABASE_URL."""
        return of_database(variable, self.name)

    def prepare(self) -> None:
        """Make it when it is missing, and bring its schema up to date."""
        if not self._exists():
            fresh = f"{self.name}_new"
            _as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", fresh)
            _as_owner("CREATE DATABASE {}", fresh)
            _manage(fresh, "migrate", "--verbosity=0")
            self.fill(fresh)
            _as_owner("ALTER DATABASE {} RENAME TO {}", fresh, self.name)
            with psycopg.connect(self.url("MIGRATE_DATABASE_URL"), autocommit=True) as owner:
                owner.execute("VACUUM (FREEZE, ANALYZE)")
        _manage(self.name, "migrate", "--verbosity=0")

    def fill(self, fresh: str) -> None:
        """Load a migrated database of this name, which nobody uses yet."""
        units, logs = f"--units={self.units or self.logs // 10}", f"--logs={self.logs}"
        _manage(fresh, "demo_data", units, logs, "--heavy", f"--seed={SEED}", f"--now={NOW}")

    def use(self) -> None:
        """Point Django at it, over one connection that stays."""
        connections.close_all()
        settings = connections["default"].settings_dict
        settings["NAME"] = self.name
        settings["CONN_MAX_AGE"] = None

    def marks(self) -> dict[str, int]:
        """The newest id of each table that the benchmark writes to."""
        with psycopg.connect(self.url("MIGRATE_DATABASE_URL")) as owner:
            return {table: _newest(owner, table) for table in (*WRITTEN, *EVENTS)}

    def restore(self, marks: dict[str, int]) -> None:
        """Remove what came after `marks`, as only the owner of the tables can."""
        with psycopg.connect(self.url("MIGRATE_DATABASE_URL")) as owner:
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table, newest in marks.items():
                name, key = sql.Identifier(table), _key(table)
                owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
                owner.execute(sql.SQL("DELETE FROM {} WHERE {} > %s").format(name, key), [newest])
            for table in marks:
                name = sql.Identifier(table)
                owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))

    def _exists(self) -> bool:
        with psycopg.connect(of_database("MIGRATE_DATABASE_URL", "postgres")) as owner:
            found = owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
            return found.fetchone() is not None


def of_database(variable: str, name: str) -> str:
    """The address in the environment variable, for another database of that server."""
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{name}"))


def _as_owner(statement: str, *names: str) -> None:
    """Run a statement about whole databases."""
    with psycopg.connect(of_database("MIGRATE_DATABASE_URL", "postgres"), autocommit=True) as owner:
        owner.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _manage(database: str, *arguments: str) -> None:
    """Run a management command over a database."""
    variables = ("DATABASE_URL", "MIGRATE_DATABASE_URL")
    environment = os.environ | {name: of_database(name, database) for name in variables}
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)  # noqa: S603 (ours)


def _key(table: str) -> sql.Identifier:
    return sql.Identifier("pgh_id" if table in EVENTS else "id")


def _newest(owner: psycopg.Connection, table: str) -> int:
    statement = sql.SQL("SELECT coalesce(max({}), 0) FROM {}")
    found = owner.execute(statement.format(_key(table), sql.Identifier(table))).fetchone()
    return int(found[0]) if found else 0
