"""Child processes that die with us, and leftovers of those who were killed before us."""

import contextlib
import ctypes
import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Whether somebody listens on this port of the loopback interface."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes another program: ask for `number` when we die."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    parent = os.getpid()

    def before_exec() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def spawn(
    command: Sequence[str | Path],
    *,
    user: pwd.struct_passwd | None,
    log: IO[bytes] | int,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    on_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that a Ctrl-C reaches it only through us.

    Without `environment` it sees only PATH. When we die, whatever the cause, the system sends
    it `on_death` (Linux); elsewhere the next start ends what was left.
    """
    return subprocess.Popen(  # noqa: S603 (commands are ours)
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=environment or {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        start_new_session=True,
        preexec_fn=die_with_parent(on_death),
    )


def birth(pid: int) -> str:
    """What tells a process from a later one of the same id; "" when it is gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else f"{pid}:{fields[19]}"


def end(pid: int, born: str, *signals: signal.Signals, patience: float = 5.0) -> None:
    """Send one signal after the other until the process that was `born` so is gone."""
    for number in signals:
        if not born or birth(pid) != born:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        until = time.monotonic() + patience
        while birth(pid) == born and time.monotonic() < until:
            time.sleep(0.05)


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 10) -> None:
    """End a child of ours: one signal after the other until it has gone."""
    for number in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def remember(path: Path, pids: Sequence[int]) -> None:
    """Write down which processes are ours, for the start after a kill of everything."""
    path.write_text(json.dumps({str(pid): birth(pid) for pid in pids}))


def end_leftovers(path: Path) -> None:
    """End what a killed supervisor left behind; others that got the same id are spared."""
    if not path.exists():
        return
    with contextlib.suppress(ValueError):
        for pid, born in json.loads(path.read_text()).items():
            end(int(pid), born, signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
    path.unlink(missing_ok=True)
