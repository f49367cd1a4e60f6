"""`make demo`: servers, migrations, the demo organisation, then web, stream, worker and beat."""

import contextlib
import fcntl
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from . import valkey
from .places import CHECKOUT, LaunchError, Place, find_place
from .postgres import APP, OWNER, Postgres, create_database, database_exists
from .postgres import running as postgres_running
from .processes import free_port, port_is_taken
from .supervisor import Stopped, end_leftovers, run_together, stop_signals

DATABASE = "callcenter"
DEFAULT_PORT = 8000
USUAL_CALLS = "1.5"  # made-up telephone calls a minute; DEMO_CALLS=0 for none


def main() -> int:
    """Serve the demo until Ctrl-C; 0 when it was stopped, 1 when it could not go on."""
    with stop_signals():
        try:
            serve_demo(find_place(), port=int(os.environ.get("PORT", DEFAULT_PORT)))
        except Stopped:
            sys.stdout.write("\nStopped. Your data is kept; `make demo` goes on with it.\n")
        except LaunchError as error:
            sys.stderr.write(f"callcenter: {error}\n")
            return 1
    return 0


def serve_demo(place: Place, port: int) -> None:
    """Start everything in turn; LaunchError says what stands in the way."""
    mark = str(place.root)
    with only_one(place), contextlib.ExitStack() as stack:
        end_leftovers(mark)
        if port_is_taken(port):
            raise LaunchError(f"Port {port} is taken. Choose another: make demo PORT={port + 1}")
        say("Starting PostgreSQL and Valkey ...")
        server = stack.enter_context(postgres_running(place, "postgres"))
        broker = stack.enter_context(valkey.running(place, "valkey"))
        if not database_exists(server, DATABASE):
            create_database(server, DATABASE)
        stream_port = free_port() if port_is_taken(port + 1) else port + 1
        environment = environment_of(place, server, broker, port)
        environment["STREAM_URL"] = f"http://localhost:{stream_port}/stream/"
        say("Preparing the database ...")
        manage("migrate", "--verbosity=0", environment=environment)
        known = logins(place, environment)
        python = sys.executable
        celery = [python, "-m", "celery", "--app=callcenter", "--quiet"]
        schedule = f"--schedule={place.root / 'beat'}"
        run_together(
            {
                "web": [python, "manage.py", "serve", f"--port={port}"],
                "stream": [python, "manage.py", "stream", f"--port={stream_port}"],
                "worker": [*celery, "worker", "--concurrency=1", "--loglevel=WARNING"],
                "beat": [*celery, "beat", schedule, "--loglevel=WARNING"],
                **telephones(os.environ.get("DEMO_CALLS", USUAL_CALLS)),
            },
            environment=environment,
            mark=mark,
            once_served=(port, lambda: announce(place, port, known)),
        )


def telephones(rate: str) -> dict[str, list[str]]:
    """The telephone system that does not exist, ringing so many times a minute; none for 0."""
    try:
        calls = float(rate)
    except ValueError as error:
        raise LaunchError(f"DEMO_CALLS is a number of calls a minute, not {rate!r}.") from error
    if not calls > 0:
        return {}
    return {"phone": [sys.executable, "manage.py", "fake_pbx", "--forever", f"--rate={calls}"]}


@contextlib.contextmanager
def only_one(place: Place) -> Iterator[None]:
    """Keep a second demo of this checkout from starting beside the first."""
    with (place.root / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LaunchError("A demo of this checkout is running already.") from error
        yield


def environment_of(
    place: Place, server: Postgres, broker: valkey.Valkey, port: int
) -> dict[str, str]:
    """The settings of the demo: everything as in production but for plain http on this machine."""
    return os.environ | {
        "DEBUG": "0",
        "LOCAL": "1",
        "SECRET_KEY": place.secret("django"),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": f"http://localhost:{port}",
        "DATABASE_URL": server.url(APP, DATABASE),
        "MIGRATE_DATABASE_URL": server.url(OWNER, DATABASE),
        "BROKER_URL": broker.url,
        "IMPORT_DIRECTORY": str(place.root / "imports"),
        "ATTACHMENT_DIRECTORY": str(place.root / "attachments"),
        "PYTHONUNBUFFERED": "1",
        # the demo of root is root's: Celery need not say so at every start
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


def manage(*arguments: str, environment: dict[str, str]) -> None:
    """Run a management command; LaunchError when it fails."""
    command = [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, check=False)  # noqa: S603
    if done.returncode != 0:
        raise LaunchError(f"manage.py {arguments[0]} failed; see above.")


def logins(place: Place, environment: dict[str, str]) -> dict[str, Any]:
    """The demo's log-ins, loading the demo organisation when it is not there.

    When the file with them was lost, the people of the demo get new passwords and credentials.
    """
    path = place.root / "demo.json"
    wishes = shlex.split(os.environ.get("DEMO_DATA", ""))  # "--units 10000 --logs 1000000"
    manage("demo_data", f"--accounts={path}", *wishes, environment=environment)
    known: dict[str, Any] = json.loads(path.read_text())
    return {"users": known["users"], "credentials": known.get("credentials", [])}


def announce(place: Place, port: int, known: dict[str, Any]) -> None:
    """Print the address and the log-ins, and write them to demo.json for programs."""
    known = {"url": f"http://localhost:{port}", **known}
    place.write_private("demo.json", json.dumps(known, indent=2) + "\n")
    say(f"\n  {known['url']}\n")
    for user in known["users"]:
        say(f"  {user['role']:<8}{user['email']:<36}{user['password']}")
    for line in keys_table(known["credentials"], known["url"]):
        say(line)
    say("\n  The same stands in .data/demo.json. Ctrl-C stops everything.\n")


def keys_table(credentials: list[dict[str, str]], url: str) -> list[str]:
    """The credentials in columns, with a line to try the first one; nothing without any."""
    if not credentials:
        return []
    form = "  {role:<8}{wire:<12}{client_id:<38}{secret}"
    head = {"role": "role", "wire": "answers", "client_id": "client id", "secret": "API secret"}
    newest = f"{url}/api/calllogs?page=1&pageSize=3"
    first = f'curl -H "Authorization: Bearer {credentials[0]["secret"]}" "{newest}"'
    rows = [form.format(**credential) for credential in (head, *credentials)]
    return ["", *rows, "", f"  {first}"]


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
