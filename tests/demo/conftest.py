"""A database with the demo organisation in it, loaded once for a module's tests."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from callcenter.demo.loading import Size, load_demo
from tests.conftest import as_owner, use_database

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
SIZE = Size(units=1_400, logs=6_000)


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, Any]]:
    """What `load_demo` returned; the database stays for the module, with real commits."""
    with demo_database(template, django_db_blocker, SIZE, seed=7) as loaded:
        yield loaded


@contextlib.contextmanager
def demo_database(
    template: str, blocker: DjangoDbBlocker, size: Size, *, seed: int
) -> Iterator[dict[str, Any]]:
    """A database of its own with the demo in it, used by Django until the end."""
    mine = settings.DATABASES["default"]["NAME"]
    name = f"{mine}_demo"
    as_owner("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    with blocker.unblock():
        use_database(name)
        try:
            loaded = load_demo(now=NOW, size=size, seed=seed)
            assert loaded is not None
            yield loaded
        finally:
            use_database(mine)
            as_owner("DROP DATABASE {} WITH (FORCE)", name)
