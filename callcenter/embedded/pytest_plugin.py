"""Starts the tests' PostgreSQL before Django's settings are read, once for all workers.

With DATABASE_URL in the environment that server is used instead (MIGRATE_DATABASE_URL names the
owner's role there, which must be allowed to create databases).
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .places import Place, find_place, quick_place
from .postgres import APP, FAST, OWNER, running

TEST_ENVIRONMENT = {
    "DEBUG": "1",
    "SECRET_KEY": "only-for-tests-and-never-behind-a-public-address-0123456789",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "REQUIRE_MFA": "0",
    "SESSION_IDLE_MINUTES": "30",
    "API_REQUEST_LOG_SECONDS": "0",  # tests write the lines when they want to see them
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Give Django a server to talk to; stop it when pytest is done."""
    for name, value in TEST_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if "DATABASE_URL" not in os.environ:
        stack = contextlib.ExitStack()
        place = quick_place(find_place())
        _forget_the_dead(place)
        server = stack.enter_context(running(place, f"test-{os.getpid()}", FAST))
        early_config.add_cleanup(_cleanup(stack, place.root / f"test-{os.getpid()}"))
        os.environ["DATABASE_URL"] = server.url(APP, "callcenter")
        os.environ["MIGRATE_DATABASE_URL"] = server.url(OWNER, "postgres")
    return (yield)


def _forget_the_dead(place: Place) -> None:
    """Remove the clusters of test runs that were killed: in memory they would stay for long."""
    for cluster in place.root.glob("test-*"):
        if not Path(f"/proc/{cluster.name.removeprefix('test-')}").exists():
            shutil.rmtree(cluster, ignore_errors=True)


def _cleanup(stack: contextlib.ExitStack, cluster: Path) -> Callable[[], None]:
    """Stop the server and forget its cluster; the log of a start that failed stays."""

    def clean() -> None:
        stack.close()
        shutil.rmtree(cluster, ignore_errors=True)
        cluster.with_suffix(".log").unlink(missing_ok=True)

    return clean
