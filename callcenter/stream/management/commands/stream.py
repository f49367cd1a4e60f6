"""The server of live streams: granian over ASGI, one process, after every check has passed."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from callcenter.core.checks import refuse_unsafe_start
from callcenter.stream.answering import ADMITTING


class Command(BaseCommand):
    """Serves the streams; refuses to start when a check, of the database too, finds an error."""

    help = "Serve live streams of hints over HTTP, after all system checks have passed."
    requires_system_checks: list[str] = []  # all of them run below, the database's too

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8001, help="port to listen on")

    def handle(self, *_: Any, **options: Any) -> None:
        refuse_unsafe_start()
        connections.close_all()
        most = str(settings.STREAMS_AT_MOST + 100)
        command = [sys.executable, "-m", "granian", "--interface=asgi", "--no-ws", "--http=1"]
        command += [f"--host={options['address']}", f"--port={options['port']}"]
        command += ["--workers=1", "--respawn-failed-workers", "--workers-kill-timeout=3"]
        command += [f"--backpressure={most}", "--backlog=2048"]
        command += ["--log-level=warning", f"--working-dir={settings.BASE_DIR}"]
        command += ["callcenter.stream.asgi:application"]
        environment = os.environ | {"DATABASE_POOL": str(ADMITTING)}
        os.execve(sys.executable, command, environment)  # noqa: S606 (no shell, ours)
