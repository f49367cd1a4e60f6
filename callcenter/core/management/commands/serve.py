"""The web server of production and demo: granian over WSGI, after every check has passed."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from callcenter.core.checks import refuse_unsafe_start


class Command(BaseCommand):
    """Serves callcenter; refuses to start when a check, of the database too, finds an error."""

    help = "Serve callcenter over HTTP, after all system checks have passed."
    requires_system_checks: list[str] = []  # all of them run below, the database's too

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--workers", type=int, default=1, help="processes")
        parser.add_argument("--threads", type=int, default=8, help="requests at once per process")

    def handle(self, *_: Any, **options: Any) -> None:
        refuse_unsafe_start()
        connections.close_all()  # a server process must not inherit an open connection
        Server(
            "callcenter.wsgi:application",
            address=options["address"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=options["threads"],
            workers_kill_timeout=30,
            respawn_failed_workers=True,
            websockets=False,
            log_level=LogLevels.warning,
            working_dir=settings.BASE_DIR,
        ).serve()
