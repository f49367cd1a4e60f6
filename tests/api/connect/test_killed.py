"""A web server that is killed at any moment: what was acknowledged is there, and there once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from callcenter.calls.chain import verify
from callcenter.calls.models import CallLog, Comment
from callcenter.embedded.processes import die_with_parent, free_port
from tests.conftest import ROOT, environment_of

from .house import House

KILLS, CLIENTS, EACH = 8, 4, 40
PATIENCE = 30  # seconds until a killed server must have come back
type Server = subprocess.Popen[bytes]


def serve(database: str, port: int) -> Server:
    """Our server as in production, but for plain http."""
    return subprocess.Popen(  # noqa: S603 (ours)
        [sys.executable, "manage.py", "serve", f"--port={port}"],
        env=environment_of(database) | {"LOCAL": "1", "API_REQUESTS_PER_MINUTE": "1000000"},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )


def kill(server: Server) -> None:
    os.killpg(server.pid, signal.SIGKILL)
    server.wait(30)


@dataclass
class Running:
    """Where the server is, and the process that serves there at the moment."""

    port: int
    process: Server


@pytest.fixture
def server(committed_house: House, committed_db: str) -> Iterator[Running]:
    port = free_port()
    running = Running(port, serve(committed_db, port))
    yield running
    kill(running.process)


def insist(request: urllib.request.Request) -> tuple[int, bytes]:
    """The answer to a request that is sent again with its key until there is one."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 (loopback)
                return answer.status, answer.read()
        except (OSError, urllib.error.URLError) as error:
            refused = isinstance(error, urllib.error.HTTPError) and error.code != 503
            if refused or time.monotonic() > until:
                raise
            time.sleep(0.05)


@pytest.mark.slow
def test_i0_b46_nothing_is_lost_or_doubled_when_the_server_is_killed(
    committed_house: House, committed_db: str, server: Running
) -> None:
    before = CallLog.objects.count()

    def work(client: int) -> list[str]:
        """Log calls one after the other, each asked for twice; the names of their callers."""
        names = []
        for n in range(EACH):
            name = f"caller {client}-{n}"
            request = urllib.request.Request(
                f"http://127.0.0.1:{server.port}/api/calllogs",
                data=json.dumps({"CallFrom": name, "NewComments": name}).encode(),
                headers={
                    "Authorization": f"Bearer {committed_house.keys['owner']}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": name.replace(" ", "-"),
                },
            )
            first, again = insist(request), insist(request)
            assert first == again
            assert first[0] == 201
            names.append(name)
        return names

    luck, kills = random.Random(1), 0  # noqa: S311 (not for secrets)
    with ThreadPoolExecutor(CLIENTS) as pool:
        working = [pool.submit(work, client) for client in range(CLIENTS)]
        while not all(one.done() for one in working) and kills < KILLS:
            time.sleep(luck.uniform(1.5, 3))
            kill(server.process)
            kills += 1
            server.process = serve(committed_db, server.port)
        names = sorted(name for one in working for name in one.result())
    assert kills >= 2
    assert len(names) == CLIENTS * EACH == CallLog.objects.count() - before
    logged = CallLog.objects.filter(call_from__in=names).values_list("call_from", flat=True)
    assert sorted(logged) == names
    said = Comment.objects.filter(text__in=names).values_list("text", flat=True)
    assert sorted(map(str, said)) == names
    assert verify(committed_house.organization).broken == 0
