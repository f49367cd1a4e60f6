"""The web server of production and demo: granian over WSGI, after every check has passed."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from callcenter.core.checks import refuse_unsafe_start


class Command(BaseCommand):
    """Serves callcenter; refuses to start when a check, of the database too, finds an error."""

    help = "Serve callcenter over HTTP, after all system checks have passed."
    requires_system_checks: list[str] = []  # all of them run below, the database's too

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--workers", type=int, default=1, help="processes")
        parser.add_argument("--threads", type=int, default=4, help="requests at once per process")

    def handle(self, *_: Any, **options: Any) -> None:
        refuse_unsafe_start()
        connections.close_all()
        # This process becomes granian, so that its children inherit neither settings that were
        # loaded without a pool nor an open connection.
        command = [sys.executable, "-m", "granian", "--interface=wsgi", "--no-ws"]
        command += [f"--host={options['address']}", f"--port={options['port']}"]
        command += [f"--workers={options['workers']}", "--respawn-failed-workers"]
        command += [f"--blocking-threads={options['threads']}", "--workers-kill-timeout=30"]
        command += ["--log-level=warning", f"--working-dir={settings.BASE_DIR}"]
        command += ["callcenter.wsgi:application"]
        environment = {"DATABASE_POOL": str(options["threads"]), **os.environ}
        os.execve(sys.executable, command, environment)  # noqa: S606 (no shell, ours)
