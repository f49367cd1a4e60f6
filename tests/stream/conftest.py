"""A real stream process over `committed_db`, and clients that read it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from callcenter.accounts.models import User
from callcenter.embedded.processes import die_with_parent, free_port, port_is_taken
from tests.conftest import ROOT, environment_of

PATIENCE = 30.0


@dataclass
class StreamProcess:
    """`manage.py stream` on a port of its own, which can be killed and started again."""

    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the stream."""
        return f"http://localhost:{self.port}/stream/"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, str(ROOT / "manage.py"), "stream", f"--port={self.port}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (ours)
                command,
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        until = time.monotonic() + PATIENCE
        while not port_is_taken(self.port):
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, by a signal of choice."""
        if self.process is not None:
            os.killpg(self.process.pid, number)
            self.process.wait(PATIENCE)
            self.process = None


def stream_process(database: str, folder: Path, **settings_: str) -> StreamProcess:
    """One that is not started yet."""
    environment = environment_of(database) | {"BASE_URL": "http://localhost"} | settings_
    return StreamProcess(free_port(), environment, folder / "stream.log")


@pytest.fixture
def stream(committed_db: str, tmp_path: Path) -> Iterator[StreamProcess]:
    """A running stream process."""
    process = stream_process(committed_db, tmp_path)
    process.start()
    yield process
    process.stop(signal.SIGKILL)


def cookie_of(user: User, **values: Any) -> str:
    """The cookie of a login of this person, with these values in the session."""
    client = Client()
    client.force_login(user)
    session = client.session
    session.update(values)
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Listener:
    """A browser that reads a stream: its status, its headers, the words as they come."""

    def __init__(self, stream: StreamProcess, cookie: str = "", query: str = "", **more: str):
        self.socket = socket.create_connection(("localhost", stream.port), timeout=PATIENCE)
        headers = {"Host": f"localhost:{stream.port}", "Cookie": cookie} | more
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.socket.sendall(f"GET /stream/{query} HTTP/1.1\r\n{lines}\r\n".encode())
        self.buffer = b""
        head = self._until(b"\r\n\r\n").decode()
        status, *lines_ = head.split("\r\n")
        self.status = int(status.split()[1])
        self.headers = dict(line.lower().split(": ", 1) for line in lines_ if line)

    def word(self, patience: float = PATIENCE) -> tuple[str, str]:
        """The next event and its data; ("end", "") when the stream is over."""
        self.socket.settimeout(patience)
        while True:
            try:
                said = self._until(b"\n\n").decode()
            except EOFError:
                return ("end", "")
            lines = [line for line in said.split("\n") if ": " in line]
            found = dict(line.split(": ", 1) for line in lines)
            if "event" in found:
                return (found["event"], found.get("data", ""))

    def until(self, name: str, patience: float = PATIENCE) -> str:
        """The data of the next event of this name, whatever comes before."""
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            said, data = self.word(left)
            if said == name:
                return data
            assert said != "end", f"the stream ended before {name}"
        raise TimeoutError(name)

    def close(self) -> None:
        """Go away."""
        self.socket.close()

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            more = b"" if self.buffer.endswith(b"\r\n0\r\n\r\n") else self.socket.recv(65_536)
            if not more:
                raise EOFError
            self.buffer += more
        found, _, self.buffer = self.buffer.partition(mark)
        return found
