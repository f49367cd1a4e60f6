"""`make demo` in a clone of its own: started, killed in every way, started again."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.embedded.processes import birth, free_port
from callcenter.embedded.supervisor import MARK
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
PATIENCE = 300  # seconds; on a busy machine the first start takes two minutes


class Demo:
    """One start of the demo of a clone."""

    def __init__(self, clone: Path, port: int) -> None:
        environment = os.environ | {
            "PORT": str(port),
            "DEMO_DATA": "--units 24 --logs 60",
            "DEMO_CALLS": "0",
        }
        for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BROKER_URL", "DEBUG"):
            environment.pop(name, None)
        self.url = f"http://localhost:{port}"
        self.clone = clone
        self.process = subprocess.Popen(
            [".venv/bin/python", "-m", "callcenter.embedded"],
            cwd=clone,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_served(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/health/ready/", timeout=2)  # noqa: S310
                return
            time.sleep(0.2)
        raise AssertionError(self.end())

    def end(self, number: int = signal.SIGINT) -> str:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return said

    def logins(self) -> object:
        return json.loads((self.clone / ".data" / "demo.json").read_text())["users"]


def remains(clone: Path) -> list[str]:
    """Command lines of processes of this clone's demo that still run."""
    root = os.path.realpath(clone / ".data").encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            marked = MARK.encode() + b"=" + root in (entry / "environ").read_bytes()
            if birth(int(entry.name)) and (marked or root in command):
                found.append(command.decode(errors="replace"))
    return found


def nothing_remains(clone: Path) -> None:
    until = time.monotonic() + 20
    while remains(clone) and time.monotonic() < until:
        time.sleep(0.2)
    assert remains(clone) == []


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """A clone in a folder with a long path, with our virtual environment."""
    home = tmp_path / ("a long name of a folder " * 4).strip() / "callcenter"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(home)], check=True)  # noqa: S603, S607
    (home / ".venv").symlink_to((ROOT / ".venv").resolve())
    yield home
    subprocess.run(
        [".venv/bin/python", "-m", "callcenter.embedded.reset"],
        cwd=home,
        check=True,
    )


def test_the_demo_starts_stops_and_goes_on_with_its_data(clone: Path) -> None:
    port = free_port()
    demo = Demo(clone, port)
    demo.wait_until_served()
    logins = demo.logins()
    assert (clone / ".data" / "demo.json").stat().st_mode & 0o777 == 0o600
    second = Demo(clone, free_port())
    assert "running already" in second.process.communicate(timeout=PATIENCE)[0]
    assert "Stopped." in demo.end()
    nothing_remains(clone)
    again = Demo(clone, port)
    again.wait_until_served()
    assert again.logins() == logins
    again.end(signal.SIGTERM)
    nothing_remains(clone)


def test_after_a_kill_of_the_supervisor_nothing_remains_and_it_starts_again(clone: Path) -> None:
    demo = Demo(clone, free_port())
    demo.wait_until_served()
    demo.end(signal.SIGKILL)
    nothing_remains(clone)
    again = Demo(clone, free_port())
    again.wait_until_served()
    again.end()
    nothing_remains(clone)


@pytest.mark.parametrize("victim", ["postgres", "valkey-server", "celery", "granian"])
def test_after_a_kill_of_a_part_everything_stops_and_it_starts_again(
    clone: Path, victim: str
) -> None:
    demo = Demo(clone, free_port())
    demo.wait_until_served()
    logins = demo.logins()
    pids = subprocess.run(["pgrep", "-f", victim], capture_output=True, text=True, check=True)  # noqa: S603, S607
    root = os.path.realpath(clone / ".data").encode()
    for pid in pids.stdout.split():
        with contextlib.suppress(OSError):
            files = Path("/proc", pid)
            if root in (files / "cmdline").read_bytes() + (files / "environ").read_bytes():
                os.kill(int(pid), signal.SIGKILL)
    time.sleep(1)
    demo.end()
    nothing_remains(clone)
    again = Demo(clone, free_port())
    again.wait_until_served()
    assert again.logins() == logins
    again.end()
    nothing_remains(clone)


def test_a_taken_port_is_said_with_the_way_out(clone: Path) -> None:
    port = free_port()
    with subprocess.Popen(  # noqa: S603 (ours)
        [".venv/bin/python", "-m", "http.server", "--bind", "127.0.0.1", str(port)],
        cwd=clone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as other:
        time.sleep(1)
        demo = Demo(clone, port)
        said, _ = demo.process.communicate(timeout=PATIENCE)
        other.terminate()
    assert demo.process.returncode == 1
    assert f"Port {port} is taken. Choose another: make demo PORT={port + 1}" in said
