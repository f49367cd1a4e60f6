"""What the tests of all dialects share."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection


@pytest.fixture
def unhurried(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No limits of pace, and all requests of a test in its one transaction, however long."""
    for name in ("API_REQUESTS_PER_MINUTE", "API_KEY_TRIES_PER_ADDRESS"):
        monkeypatch.setattr(settings, name, 10**6)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_timeout = 0")
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
