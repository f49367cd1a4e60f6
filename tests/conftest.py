"""What all tests share.

- `db` (or the mark `django_db`): a database of this worker, cloned from a template that was
  migrated once as callcenter_owner; the tests run as callcenter, in a transaction rolled back.
- `committed_db`: a fresh clone for tests that need real commits, several connections or another
  process; dropped afterwards. Never a flush: the database refuses to truncate evidence.
- `site`: this process' own web server over `committed_db`; with it `page` is a real Chromium.
- `broker` and `worker`: a real Valkey and a real Celery worker over `committed_db`.
"""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from django.test import client as test_client
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from callcenter.celery import app as celery_app
from callcenter.embedded import chromium, valkey
from callcenter.embedded.places import find_place
from callcenter.embedded.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
QUICK = 2  # seconds until the sweeper publishes again what nobody took
_serial = itertools.count(1)


def of_database(url: str, name: str) -> str:
    """The same server's address for another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def as_owner(statement: str, *names: str) -> None:
    """Run a statement about whole databases as the role that owns them."""
    maintenance = of_database(os.environ["MIGRATE_DATABASE_URL"], "postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        words = sql.SQL(statement).format(*map(sql.Identifier, names))
        connection.execute(words)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hash passwords fast: tests make many people, and none is worth an attack."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def _files_of_calls(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the files that tests attach to calls with the tests."""
    settings.ATTACHMENT_DIRECTORY = tmp_path_factory.mktemp("attachments")


@pytest.fixture(scope="session", autouse=True)
def _contexts_of_whole_templates() -> Iterator[None]:
    """Keep for `answer.context` what a view gave its template, and no copy for each of the
    hundreds of parts that a page includes.
    """
    keep = vars(test_client)["store_rendered_templates"]

    def keep_whole(store: Any, template: Any, context: Any, **told: Any) -> None:
        if context.template is template:
            keep(store, template=template, context=context, **told)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(test_client, "store_rendered_templates", keep_whole)
        yield


@pytest.fixture(scope="session")
def template(testrun_uid: str) -> str:
    """The name of the migrated database that all others are copies of."""
    name = f"test_{testrun_uid[:12]}_template"
    maintenance = of_database(os.environ["MIGRATE_DATABASE_URL"], "postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # workers take turns
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            as_owner("CREATE DATABASE {}", f"{name}_new")
            migrate(f"{name}_new")
            as_owner("ALTER DATABASE {} RENAME TO {}", f"{name}_new", name)
    return name


def migrate(database: str) -> None:
    """Run the migrations as an operator would."""
    subprocess.run(  # noqa: S603 (ours)
        [sys.executable, ROOT / "manage.py", "migrate", "--verbosity=0"],
        env=environment_of(database),
        cwd=ROOT,
        check=True,
    )


def environment_of(database: str) -> dict[str, str]:
    """The environment in which another process uses this database."""
    return os.environ | {
        "DATABASE_URL": of_database(os.environ["DATABASE_URL"], database),
        "MIGRATE_DATABASE_URL": of_database(os.environ["MIGRATE_DATABASE_URL"], database),
    }


def use_database(name: str) -> None:
    """Point Django at another database, in this thread and in those that start later."""
    connections.close_all()
    connections.databases["default"]["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(
    template: str, worker_id: str, testrun_uid: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """This worker's clone of the template."""
    name = f"test_{testrun_uid[:12]}_{worker_id}"
    as_owner("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    use_database(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    as_owner("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def committed_from(template: str) -> str:
    """The name of the database that `committed_db` is a copy of."""
    return template


@pytest.fixture
def committed_db(
    django_db_setup: None, committed_from: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A fresh database with real commits; its name."""
    mine = settings.DATABASES["default"]["NAME"]
    name = f"{mine}_{next(_serial)}"
    as_owner("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, committed_from)
    with django_db_blocker.unblock():
        use_database(name)
        try:
            yield name
        finally:
            use_database(mine)
            as_owner("DROP DATABASE {} WITH (FORCE)", name)


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing: the tests' output is for tests."""


@pytest.fixture
def site(committed_db: str) -> Iterator[str]:
    """The address of a web server in this process over `committed_db`."""
    server = ThreadedWSGIServer(("localhost", 0), _QuietHandler, allow_reuse_address=False)
    server.daemon_threads = True
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium or another one that is here, without a word to the outside."""
    flags = ["disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
    flags += ["disable-component-update", "disable-sync", "disable-dev-shm-usage"]
    if os.geteuid() == 0:
        flags.append("no-sandbox")
    return {"executable_path": chromium.ensure(), "args": [f"--{flag}" for flag in flags]}


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[valkey.Valkey]:
    """A real Valkey of this test alone; what this process publishes goes there."""
    place = find_place()
    name = f"broker-{os.getpid()}-{next(_serial)}"
    with valkey.running(place, name) as server:
        monkeypatch.setattr(celery_app.conf, "broker_url", server.url)
        yield server
    shutil.rmtree(place.root / name, ignore_errors=True)
    (place.root / f"{name}.log").unlink(missing_ok=True)


class WorkerProcess:
    """A real Celery worker with its beat, which can be killed and started again."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; whoever needs its work waits for the effect."""
        command = [sys.executable, "-m", "celery", "--app=callcenter", "worker", "--beat"]
        command += ["--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (ours)
                command,
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def children(self) -> list[int]:
        """The ids of the processes that do the work."""
        assert self.process is not None
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for path in threads for pid in path.read_text().split()]

    def kill(self) -> None:
        """SIGKILL for all of it, as a power cut or the kernel would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)


@pytest.fixture
def worker(
    committed_db: str,
    broker: valkey.Valkey,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[WorkerProcess]:
    """A running Celery worker over `committed_db` and `broker`, with a quick sweeper."""
    monkeypatch.setattr(settings, "IMPORT_DIRECTORY", tmp_path / "imports")
    monkeypatch.setattr(settings, "OUTBOX_PATIENCE", timedelta(seconds=QUICK))
    environment = environment_of(committed_db) | {
        "BROKER_URL": broker.url,
        "IMPORT_DIRECTORY": str(tmp_path / "imports"),
        "OUTBOX_PATIENCE_SECONDS": str(QUICK),
        "SWEEP_SECONDS": "0.5",
    }
    process = WorkerProcess(environment, tmp_path / "worker.log")
    process.start()
    yield process
    process.kill()


@pytest.fixture
def htmx() -> Client:
    """A client whose requests are htmx's; sign in with `force_login`."""
    return Client(headers={"hx-request": "true"})
