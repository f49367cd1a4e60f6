"""Runs the demo's own processes side by side and ends them together."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from .places import CHECKOUT, LaunchError
from .processes import birth, end, port_is_taken, spawn, stop

MARK = "CALLCENTER_DEMO"
PATIENCE = 15.0  # seconds that a process gets to finish what it has begun


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into `Stopped`, once; later ones wait for the end."""

    def stopped(*_: int | FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stopped)
    yield


def end_leftovers(mark: str) -> None:
    """End processes of an earlier start of this checkout whose supervisor was killed.

    They are known by what only our processes have in their environment.
    """
    wanted = f"{MARK}={mark}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        pid = int(entry.name)
        if pid == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                end(pid, birth(pid), signal.SIGTERM, signal.SIGKILL)


def run_together(
    commands: Mapping[str, Sequence[str | Path]],
    *,
    environment: Mapping[str, str],
    mark: str,
    once_served: tuple[int, Callable[[], None]],
) -> None:
    """Run the commands until one ends or we are told to stop; then end all of them.

    Their output comes out line by line behind their names. `once_served` is a port and what to
    do when somebody listens there. LaunchError when a command ended by itself.
    """
    ended: queue.Queue[str] = queue.Queue()
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            running[name] = spawn(
                command,
                user=None,
                log=subprocess.PIPE,
                cwd=CHECKOUT,
                environment={**environment, MARK: mark},
            )
            threading.Thread(target=_relay, args=(name, running[name], ended), daemon=True).start()
        threading.Thread(target=_when_served, args=once_served, daemon=True).start()
        name = ended.get()
        raise LaunchError(f"{name} ended by itself, so everything was stopped; see above.")
    finally:
        for process in reversed(running.values()):
            process.send_signal(signal.SIGTERM) if process.poll() is None else None
        for process in reversed(running.values()):
            stop(process, signal.SIGTERM, patience=PATIENCE)
        end_leftovers(mark)


def _when_served(port: int, act: Callable[[], None]) -> None:
    """Wait until the port answers, then act."""
    while not port_is_taken(port):
        time.sleep(0.1)
    act()


def _relay(name: str, process: subprocess.Popen[bytes], ended: "queue.Queue[str]") -> None:
    """Print what a process says, and tell when it has ended."""
    assert process.stdout is not None  # noqa: S101 (spawned with a pipe)
    for line in process.stdout:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(f"{name:>6} | {line.decode(errors='replace')}")
            sys.stdout.flush()
    process.wait()
    ended.put(name)
