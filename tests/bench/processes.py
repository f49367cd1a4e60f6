"""Our processes as an operator starts them, over a database of the benchmark."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from callcenter.embedded import valkey
from callcenter.embedded.places import find_place
from callcenter.embedded.processes import die_with_parent, free_port, port_is_taken

from .databases import Database

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
HEADERS = {"Host": "localhost"}
SESSION_COOKIE = "sessionid"  # as LOCAL names it


@contextlib.contextmanager
def running(*command: str, environment: dict[str, str], port: int = 0) -> Iterator[None]:
    """A process of ours until the end of the block; with `port`, once it answers there."""
    process = subprocess.Popen(  # noqa: S603 (ours)
        [sys.executable, *command],
        env=environment,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    try:
        until = time.monotonic() + PATIENCE
        while port and not port_is_taken(port):
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError(f"{command} does not answer")
            time.sleep(0.05)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def environment_of(database: Database, **more: str) -> dict[str, str]:
    """The environment of a process of ours over this database."""
    return os.environ | {
        "DATABASE_URL": database.url("DATABASE_URL"),
        "MIGRATE_DATABASE_URL": database.url("MIGRATE_DATABASE_URL"),
        "LOCAL": "1",  # plain http, and static files that nobody collected
        "BASE_URL": "http://localhost",
        "STREAMS_PER_PERSON": "5000",
        "STREAMS_AT_MOST": "5000",
        "SWEEP_SECONDS": "1",
        **more,
    }


@contextlib.contextmanager
def web(environment: dict[str, str]) -> Iterator[int]:
    """The web server with two workers; its port."""
    port = free_port()
    command = ("manage.py", "serve", f"--port={port}", "--workers=2", "--threads=4")
    with running(*command, environment=environment, port=port):
        yield port


@contextlib.contextmanager
def stream(environment: dict[str, str]) -> Iterator[int]:
    """The stream process; its port."""
    port = free_port()
    with running("manage.py", "stream", f"--port={port}", environment=environment, port=port):
        yield port


@contextlib.contextmanager
def worker(environment: dict[str, str]) -> Iterator[None]:
    """A worker, which has come up when somebody's task is done."""
    command = ("-m", "celery", "--app=callcenter", "--quiet", "worker", "--beat")
    more = ("--concurrency=1", "--loglevel=ERROR", "--without-gossip", "--without-mingle")
    with running(*command, *more, environment=environment):
        yield


@contextlib.contextmanager
def broker() -> Iterator[str]:
    """A Valkey of its own, without messages of earlier runs; its address."""
    place, name = find_place(), f"bench-valkey-{os.getpid()}"
    try:
        with valkey.running(place, name) as server:
            yield server.url
    finally:
        shutil.rmtree(place.root / name, ignore_errors=True)
        (place.root / f"{name}.log").unlink(missing_ok=True)


class Browser:
    """A connection that stays, with a login."""

    def __init__(self, port: int, cookies: str = "") -> None:
        self._connection = http.client.HTTPConnection("localhost", port, timeout=30)
        self._headers = HEADERS | ({"Cookie": cookies} if cookies else {})

    def get(self, path: str, **headers: str) -> bytes:
        """The body of an answer 200."""
        self._connection.request("GET", path, headers=self._headers | headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return body
