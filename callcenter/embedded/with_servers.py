"""Runs a command with servers at hand: `with_servers [--safe] [--broker] -- COMMAND`.

The command gets the environment that the tests have. A DATABASE_URL that is set already is
left alone, and no PostgreSQL is started then.
"""

import contextlib
import os
import shutil
import subprocess
import sys

from . import valkey
from .places import LaunchError, find_place
from .postgres import APP, FAST, OWNER, SAFE, create_database, database_exists
from .postgres import running as postgres_running
from .pytest_plugin import TEST_ENVIRONMENT
from .supervisor import Stopped, stop_signals

DATABASE = "callcenter"


def main(arguments: list[str]) -> int:
    """The exit code of the command, or 1 when the servers did not start."""
    split = arguments.index("--")
    options, command = arguments[:split], arguments[split + 1 :]
    safe = "--safe" in options
    place = find_place()
    name = "bench" if safe else f"once-{os.getpid()}"
    with stop_signals(), contextlib.ExitStack() as stack:
        try:
            for key, value in TEST_ENVIRONMENT.items():
                os.environ.setdefault(key, value)
            if "DATABASE_URL" not in os.environ:
                if not safe:
                    stack.callback((place.root / f"{name}.log").unlink, missing_ok=True)
                    stack.callback(shutil.rmtree, place.root / name, ignore_errors=True)
                options_of_server = SAFE if safe else FAST
                server = stack.enter_context(postgres_running(place, name, options_of_server))
                if not database_exists(server, DATABASE):
                    create_database(server, DATABASE)
                os.environ["DATABASE_URL"] = server.url(APP, DATABASE)
                os.environ["MIGRATE_DATABASE_URL"] = server.url(OWNER, DATABASE)
            if "--broker" in options:
                broker = stack.enter_context(valkey.running(place, f"{name}-broker"))
                os.environ["BROKER_URL"] = broker.url
            return subprocess.run(command, check=False).returncode  # noqa: S603 (the caller's)
        except Stopped:
            return 130
        except LaunchError as error:
            sys.stderr.write(f"callcenter: {error}\n")
            return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
